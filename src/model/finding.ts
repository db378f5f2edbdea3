import type { Coverage } from "./device.js";
import type { Diagnostic } from "./diagnostic.js";
import type { Packet } from "./flow.js";
import type { SourceRef } from "./source-ref.js";

/** How much a finding matters: `error`, a hole; `warning`, a mistake; `info`, worth knowing. */
export type FindingSeverity = "error" | "warning" | "info";

/** Severities, gravest first. */
export const FINDING_SEVERITIES: readonly FindingSeverity[] = ["error", "warning", "info"];

/** A line that a finding rests on, and what it has to do with it. */
export interface Evidence {
  readonly at: SourceRef;
  /** Lower case, no final period, e.g. "drops them all". */
  readonly note: string;
}

/** One thing an audit found out about one rule or other structure; at most one for each check and subject. */
export interface Finding {
  /** Id of the check, e.g. "shadowed-ace"; `docs/checks/<check>.md` explains it. */
  readonly check: string;
  readonly severity: FindingSeverity;
  readonly subject: SourceRef;
  /** Name of the device, where one export holds several. */
  readonly device: string;
  /** Why, in one sentence without the final period. */
  readonly message: string;
  readonly evidence: readonly Evidence[];
  /** Packets concerned, as a readable set; empty where no set is meant. */
  readonly packets: readonly string[];
  /** One of them. */
  readonly witness?: Packet;
  /** Packets that a narrower rule in its place would have to accept, as a readable set. */
  readonly enough?: readonly string[];
  /** What to do. */
  readonly help: string;
}

/** A finding with what tells it from all others of the run, and still tells it when lines move. */
export interface IdentifiedFinding extends Finding {
  readonly fingerprint: string;
}

/** What is known of a check without running it. */
export interface CheckDescription {
  readonly id: string;
  readonly title: string;
  readonly severity: FindingSeverity;
}

/** Everything an audit found out. */
export interface AuditReport {
  /** Gravest first, then in the order of the lines. */
  readonly findings: readonly IdentifiedFinding[];
  /** The checks that ran. */
  readonly checks: readonly CheckDescription[];
  /** Findings not shown, by why. */
  readonly suppressed: { readonly excepted: number; readonly known: number; readonly minor: number };
  readonly coverage: readonly Coverage[];
  readonly diagnostics: readonly Diagnostic[];
  /** True iff a check gave up because the rules are too complex, so that findings may be missing. */
  readonly isIncomplete: boolean;
  /** Lines of every input, to quote the ones a SourceRef points at. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

/** A finding of a kind that a user has accepted. */
export interface AuditException {
  /** Id of the check; absent: every check. */
  readonly check?: string;
  /** File name, or its last part; absent: every file. */
  readonly file?: string;
  readonly line?: number;
  /** Text that the line of the finding holds. */
  readonly rule?: string;
  readonly reason: string;
  readonly owner: string;
  /** The last day on which it holds, `YYYY-MM-DD`. */
  readonly expires?: string;
  readonly at: SourceRef;
}

/** A service that must not be reachable from everywhere. */
export interface SensitiveService {
  readonly name: string;
  readonly protocol: number;
  readonly ports: readonly { readonly first: number; readonly last: number }[];
}

/** What every rule that decides has to have. */
export interface DocumentationPolicy {
  readonly comment: boolean;
  /** Pattern that the comment of a rule holds, e.g. a ticket or an owner. */
  readonly owner?: RegExp;
  /** Rules whose packets have to be logged. */
  readonly log?: "accept" | "drop" | "all";
}

/** What a user wants an audit to look at. */
export interface AuditConfig {
  /** By check: off, or with another severity. */
  readonly checks: ReadonlyMap<string, FindingSeverity | "off">;
  readonly exceptions: readonly AuditException[];
  /** Instead of the shipped list. */
  readonly sensitiveServices?: readonly SensitiveService[];
  /** Absent: nothing is asked for. */
  readonly documentation?: DocumentationPolicy;
}
