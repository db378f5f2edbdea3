import type { Acl } from "./acl.js";
import type { AddressRange } from "./address.js";
import type { AllowListWriter, Insertion, PatchedText } from "./allow-list.js";
import type { Coverage, DefinedSet, Device } from "./device.js";
import type { Parsed } from "./diagnostic.js";
import type { ProxyPolicy } from "./proxy.js";
import type { ProxySettings } from "./proxy-settings.js";
import type { RequestInsertion, RequestListWriter } from "./request-list.js";
import type { SettingsListWriter } from "./settings-list.js";

/** How sure a vendor's reader is that a text is one of its exports. */
export type Detection = "certain" | "possible" | "no";

/** What the exports of one device convert to: it filters packets, decides requests, or chooses a way for its own. */
export interface Conversion {
  readonly devices: readonly Device[];
  readonly proxies: readonly ProxyPolicy[];
  /** How clients choose their way, where the exports say so. */
  readonly settings?: readonly ProxySettings[];
  readonly coverage: readonly Coverage[];
}

/** What converting may need from outside the exports: all of it stated by the user, none guessed. */
export interface ConvertOptions {
  /** Name for the device where the exports give none. */
  readonly deviceName: string;
  /**
   * Exact content of names the exports use and do not define, by lower-case name: a service tag, an application security
   * group, `localsubnet`. A name that is absent stays a bound.
   */
  readonly definedSets?: ReadonlyMap<string, readonly AddressRange[]>;
  /** Facts about the device by name, e.g. `active-profile` with the value `domain`; a reader's README lists those it asks. */
  readonly facts?: ReadonlyMap<string, string>;
}

/** How a word of a format is read, for the documentation. */
export interface Feature {
  /** As a rule has it: `-m tcp --dport`, `ct state`. */
  readonly name: string;
  /** `bounded`: the rule may match or not, or do anything, and the answer says so where it matters. */
  readonly fidelity: "exact" | "bounded" | "harmless";
  readonly note: string;
}

/**
 * The contract of a vendor folder. `Config` is one parsed file in the vendor's own words; it keeps the physical line of
 * everything, so that `convert` can account for each line exactly once.
 */
export interface Vendor<Config = unknown> {
  /** Folder name, e.g. "iptables"; what `--as` takes. */
  readonly id: string;
  readonly title: string;
  /** Pages of the vendor that define the format. */
  readonly docs: readonly string[];
  /** One line a user can paste to obtain the export. */
  readonly exportCommand: string;
  detect(text: string, file: string): Detection;
  /** Never throws; a line it cannot read costs that line. */
  parse(text: string, file: string): Parsed<Config>;
  /** All files of one device at once. */
  convert(configs: readonly Config[], options: ConvertOptions): Parsed<Conversion>;
  /** How each word of its rules is read, as the code has it; a word that is not listed is bounded. */
  features?(): readonly Feature[];
  /** Text of an acl in the vendor's words; what the format cannot say comes out as diagnostics. */
  render?(acl: Acl, sets: readonly DefinedSet[]): Parsed<string>;
  /** Absent: allow-lists cannot be written in this format. */
  readonly allowLists?: AllowListWriter;
  /** Absent: what a proxy has to accept cannot be written in this format. */
  readonly requestLists?: RequestListWriter;
  /** Absent: what a client asks its proxies for cannot be written in this format. */
  readonly settingsLists?: SettingsListWriter;
  /** An export with aces put in; undefined: not in this form of export. */
  insertAces?(text: string, insertion: Insertion): PatchedText | undefined;
  /** A configuration with accepting rules put in before the line that refuses their requests; undefined: not in this form. */
  insertRequests?(text: string, insertion: RequestInsertion): PatchedText | undefined;
  /** How many packets an export says came to the rule of one of its lines; undefined: it does not tell. */
  countedPackets?(line: string): number | undefined;
}
