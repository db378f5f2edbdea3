import type { AddressRange } from "./address.js";
import type { Coverage, Direction } from "./device.js";
import type { Diagnostic } from "./diagnostic.js";
import type { Packet } from "./flow.js";
import type { Service } from "./service.js";
import type { SourceRef } from "./source-ref.js";
import type { Disposition, Verdict } from "./verdict.js";

/** The line that decides about some packets on one side. */
export interface SideDecision {
  readonly disposition: Disposition;
  readonly at: SourceRef;
  /** Absent: the default. */
  readonly ace?: string;
  /** Of packets that are sent on differently: as what they leave, as a readable set. */
  readonly becomes?: readonly string[];
}

/** Packets that fare differently before and after, because of one line on each side. */
export interface Change {
  readonly kind: "opened" | "closed" | "altered";
  /** Readable set. */
  readonly packets: readonly string[];
  readonly witness: Packet;
  readonly before: SideDecision;
  readonly after: SideDecision;
}

/** How the packets of one direction fare before and after; opened, closed, or accepted on both sides and altered otherwise. */
export interface DirectionDifference {
  readonly direction: Direction;
  /** The direction after the change that it is compared with. */
  readonly directionAfter: Direction;
  /** `equal`, proved for every packet; `different`, shown by packets; `undecided`, only conditions outside the packets tell. */
  readonly result: "equal" | "different" | "undecided";
  readonly changes: readonly Change[];
  /** For `equal`: what both sides leave open in the same words, and is taken to turn out alike; absent: nothing is. */
  readonly assuming?: readonly string[];
  /** For `undecided`: packets that may fare differently, as a readable set; empty where it is too complex to say. */
  readonly open: readonly string[];
}

/** Packets that a change is meant to open or close. */
export interface Expectation {
  readonly kind: "allow" | "deny";
  readonly direction?: Direction;
  readonly sources: readonly AddressRange[];
  readonly destinations: readonly AddressRange[];
  readonly services: readonly Service[];
  /** Interfaces by which the packets enter and leave; absent: whichever. */
  readonly ingress?: string;
  readonly egress?: string;
  readonly at: SourceRef;
}

/** What a change is meant to do, and nothing else. */
export interface ExpectedChange {
  readonly name: string;
  readonly expectations: readonly Expectation[];
}

/** Something that is not as a step of the check demands: shown by packets, or open. */
export interface StepFailure {
  readonly expectation: SourceRef;
  readonly packets: readonly string[];
  readonly witness?: Packet;
  /** The line that decides about the witness. */
  readonly decision?: SideDecision;
}

/**
 * - `not yet`: what is to be allowed is not allowed before, and what is to be denied is;
 * - `now`: afterwards all of it is, with its replies; - `nothing else`: every other packet fares as before.
 */
export interface ChangeStep {
  readonly step: "not yet" | "now" | "nothing else";
  readonly result: "proved" | "refuted" | "undecided";
  readonly failures: readonly StepFailure[];
}

/** A requirement of a topology whose verdict the change changes. */
export interface VerdictChange {
  readonly requirement: string;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly before: Verdict["kind"];
  readonly after: Verdict["kind"];
  /** Where it is decided after the change, or where it stands in its catalogue. */
  readonly at: SourceRef;
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
  /** With a topology. */
  readonly requirements?: { readonly changed: readonly VerdictChange[]; readonly same: number };
  /** With an expected change; `devices` then holds what else changes. */
  readonly expected?: { readonly name: string; readonly steps: readonly ChangeStep[] };
  readonly coverage: readonly Coverage[];
  readonly diagnostics: readonly Diagnostic[];
  /** Lines of every input by its name. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}
