/** Windows Firewall in its own words, as one exported file gives it. */
import type { LineLedger } from "../../syntax/line-ledger.js";

export type Profile = "domain" | "private" | "public";

export const PROFILES: readonly Profile[] = ["domain", "private", "public"];

/** What the forms of export tell about a rule, under one name each. */
export type Field =
  | "enabled"
  | "direction"
  | "profiles"
  | "local-address"
  | "remote-address"
  | "protocol"
  | "local-port"
  | "remote-port"
  | "icmp"
  | "program"
  | "service"
  | "interface-type"
  | "security"
  | "action"
  | "description"
  | "idle";

/** A rule as its form of export lists it: canonical fields, values in canonical words where they are known. */
export interface RuleFields {
  readonly name: string;
  readonly line: number;
  readonly values: ReadonlyMap<Field, readonly string[]>;
  /** Why the rule may match less than its fields say: what the form leaves out, or what nobody here knows. */
  readonly conditions: readonly string[];
}

/** A firewall rule; undefined: the export does not say, or in words nobody here knows. */
export interface WindowsRule {
  readonly name: string;
  readonly line: number;
  readonly isEnabled: boolean | undefined;
  readonly direction: "in" | "out" | undefined;
  readonly action: "allow" | "block" | "bypass" | undefined;
  readonly profiles: readonly Profile[] | undefined;
  /** Lists of texts; empty: any. */
  readonly localAddresses: readonly string[];
  readonly remoteAddresses: readonly string[];
  readonly protocol: string;
  readonly localPorts: readonly string[];
  readonly remotePorts: readonly string[];
  /** `type:code` or `type`; empty: any. */
  readonly icmp: readonly string[];
  /** The program and service it is limited to. */
  readonly program: string | undefined;
  readonly service: string | undefined;
  readonly conditions: readonly string[];
}

/** Condition of the machine's own rules where a profile may ask those of group policy alone. */
export const SET_ASIDE = "a profile may set the machine's own rules aside";

/** What happens where no rule decides. */
export type Default = "allow" | "block";

/** `unread`: there is a setting, in words nobody here knows. */
export type Unread = "unread";

/** The settings of a profile; undefined: not set here, so that the one before holds, or what is usual. */
export interface ProfileSettings {
  readonly profile: Profile;
  readonly isOn: boolean | Unread | undefined;
  /** Whether everything inbound is blocked, whatever the rules and the default say. */
  readonly isShielded: boolean | Unread | undefined;
  readonly inbound: Default | Unread | undefined;
  readonly outbound: Default | Unread | undefined;
  readonly line: number;
}

/** A place after which there may be other rules than those that are read. */
export interface Gap {
  readonly line: number;
  readonly reason: string;
}

/** The gap of a file that ends inside the rule or element at `line`; undefined: it does not. */
export function breakOff(line: number | undefined): readonly Gap[] {
  return line === undefined ? [] : [{ line, reason: "the file breaks off here: the rules after it are missing" }];
}

/** What one file contributes. */
export interface WindowsFile {
  readonly file: string;
  readonly rules: readonly WindowsRule[];
  readonly settings: readonly ProfileSettings[];
  /** Profiles the export shows to be in use; empty: it does not say. */
  readonly activeProfiles: readonly Profile[];
  /** Places where the file breaks off or does something that is not followed: there may be rules nobody sees. */
  readonly gaps: readonly Gap[];
  readonly ledger: LineLedger;
}
