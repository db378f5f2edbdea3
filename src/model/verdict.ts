import type { Packet } from "./flow.js";
import type { ProxyRequest } from "./proxy.js";
import type { FlowRequirement } from "./requirement.js";
import type { SourceRef } from "./source-ref.js";
import type { PathKind } from "./topology.js";

/** Why something is not certain: an unmodelled condition, an unresolved operand, a missing fact, or the work budget. */
export interface Doubt {
  readonly condition: string;
  readonly at: SourceRef;
}

/** The ace that decided at one stage; `ace` absent: the acl's default. */
export interface Decision {
  readonly hook: string;
  readonly acl: string;
  readonly ace?: string;
  readonly disposition: Disposition;
  readonly at: SourceRef;
}

/** What finally happens to a flow at a device. */
export type Disposition = "accept" | "drop" | "reject";

/** Which part of the conversation a hop judges. */
export type Leg = "first" | "later" | "reply";

/** One step on a path, as judged for some packets. */
export interface Hop {
  readonly device: string;
  readonly leg: Leg;
  readonly disposition: Disposition;
  readonly decisions: readonly Decision[];
  /** Readable form of the packets as they enter and leave. */
  readonly before: string;
  readonly after: string;
  readonly doubts: readonly Doubt[];
}

/** A way from source to destination through the topology. */
export interface PathDescription {
  readonly kind: PathKind;
  /** Names of networks, links and devices in order. */
  readonly nodes: readonly string[];
}

/** One requirement between one pair of components. */
export interface RequirementInstance {
  readonly requirement: FlowRequirement;
  readonly from: string;
  readonly to: string;
}

/** A rule that would have let the refused packets through if one thing about it were different. */
export interface NearMiss {
  readonly ace: string;
  /** What keeps it from doing so, e.g. "it is for another destination port". */
  readonly difference: string;
  readonly at: SourceRef;
}

export interface ProvedPath {
  readonly path: PathDescription;
  readonly hops: readonly Hop[];
}

export type RefutedReason = "no-binding" | "no-path" | "blocked" | "misdelivered" | "not-routable" | "reachable";

/** The answer for one requirement instance. */
export type Verdict = RequirementInstance &
  (
    | { readonly kind: "proved"; readonly paths: readonly ProvedPath[]; readonly assumptions: readonly string[] }
    | {
        readonly kind: "refuted";
        readonly reason: RefutedReason;
        /** One sentence for people. */
        readonly explanation: string;
        readonly path?: PathDescription;
        readonly witness?: Witness;
        readonly hops: readonly Hop[];
        /** The line that decides. */
        readonly decidedBy?: Decision;
        /** Where to look for the mistake, likeliest first. */
        readonly nearMisses: readonly NearMiss[];
        /** Readable set of the packets that fail. */
        readonly failing: readonly string[];
        /** Share of the requirement's packets that fails, 0 to 1. */
        readonly failingShare: number;
        readonly assumptions: readonly string[];
      }
    | {
        readonly kind: "undecided";
        readonly because: readonly Doubt[];
        readonly explanation: string;
        readonly path?: PathDescription;
        readonly hops: readonly Hop[];
        readonly assumptions: readonly string[];
      }
  );

/** A concrete packet (or proxy request) that shows a refutation. */
export type Witness =
  | { readonly kind: "packet"; readonly leg: Leg; readonly packet: Packet }
  | { readonly kind: "request"; readonly request: ProxyRequest };

/** The answer for one prerequisite. */
export interface PrerequisiteResult {
  readonly id: string;
  readonly title: string;
  readonly component?: string;
  readonly outcome: "met" | "not-met" | "unchecked";
  readonly severity: "error" | "warning";
  readonly explanation: string;
  readonly at?: SourceRef;
}
