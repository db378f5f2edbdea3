import type { AllowList, WrittenText } from "./allow-list.js";
import type { Diagnostic } from "./diagnostic.js";
import type { RequestList } from "./request-list.js";
import type { SettingsList } from "./settings-list.js";

/** A change of one export that makes refuted requirements proved and changes nothing else. */
export interface Repair {
  readonly device: string;
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly commands: readonly string[];
  /** Requirements it is for. */
  readonly requirements: readonly string[];
}

/** What a run of the repair found: changes that were proved, and what no rule repairs. */
export interface RepairAnalysis {
  readonly repairs: readonly Repair[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What one device, proxy or client is to be given in the words of its target, read back and proved to be exactly what is needed. */
export interface WrittenDevice {
  readonly device: string;
  readonly target: string;
  readonly texts: readonly WrittenText[];
}

/** Everything one run of the generator found out. */
export interface AllowAnalysis {
  readonly topology: string;
  readonly lists: readonly AllowList[];
  readonly requests: readonly RequestList[];
  /** Only where a target for clients is asked for. */
  readonly settings: readonly SettingsList[];
  readonly written: readonly WrittenDevice[];
  /** Requirements that no list can make provable, or lists that could not be written. */
  readonly diagnostics: readonly Diagnostic[];
}
