import type { Coverage, Direction } from "./device.js";
import type { Diagnostic } from "./diagnostic.js";
import type { Packet } from "./flow.js";
import type { SourceRef } from "./source-ref.js";
import type { Disposition } from "./verdict.js";

/** The line that decides about some packets on one side. */
export interface SideDecision {
  readonly disposition: Disposition;
  readonly at: SourceRef;
  /** Absent: the default. */
  readonly ace?: string;
}

/** Packets that fare differently before and after, because of one line on each side. */
export interface Change {
  readonly kind: "opened" | "closed";
  /** Readable set. */
  readonly packets: readonly string[];
  readonly witness: Packet;
  readonly before: SideDecision;
  readonly after: SideDecision;
}

/** How the packets of one direction fare before and after. */
export interface DirectionDifference {
  readonly direction: Direction;
  /** `equal`, proved for every packet; `different`, shown by packets; `undecided`, only conditions outside the packets tell. */
  readonly result: "equal" | "different" | "undecided";
  readonly changes: readonly Change[];
  /** For `undecided`: packets that may fare differently, as a readable set; empty where it is too complex to say. */
  readonly open: readonly string[];
}

/** Two devices compared, or one that only one side has. */
export interface DeviceDifference {
  readonly before?: string;
  readonly after?: string;
  readonly directions: readonly DirectionDifference[];
}

export interface Difference {
  readonly result: "equal" | "different" | "undecided";
  /** Which packets were compared, e.g. "packets that begin connections". */
  readonly compared: string;
  readonly devices: readonly DeviceDifference[];
  readonly coverage: readonly Coverage[];
  readonly diagnostics: readonly Diagnostic[];
  /** Lines of every input by its name. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}
