import type { Direction } from "./device.js";
import type { Diagnostic } from "./diagnostic.js";
import type { Packet } from "./flow.js";
import type { ConnectionState } from "./matches.js";
import type { Decision, Disposition, Doubt, Leg, PathDescription } from "./verdict.js";

/** What is known about the fate of one packet: `undecided` where unmodelled conditions decide. */
export type PacketVerdict = Disposition | "undecided";

/** Which packet to follow: one of a service between two components, or one written out in the packet notation. */
export type TraceQuery =
  | {
      readonly kind: "service";
      readonly from: string;
      readonly to: string;
      readonly protocol: number;
      /** Absent for protocols without ports. */
      readonly destinationPort?: number;
      readonly sourcePort?: number;
      readonly state: ConnectionState;
    }
  | {
      readonly kind: "packet";
      /** Absent: the components that hold the packet's addresses. */
      readonly from?: string;
      readonly to?: string;
      /** JSON in the packet notation of `flowproof test`. */
      readonly text: string;
    };

/** What one device does to one packet of the conversation, stage by stage. */
export interface TraceHop {
  readonly device: string;
  readonly direction: Direction;
  readonly leg: Leg;
  readonly verdict: PacketVerdict;
  /** One entry for each stage the packet reached, in order. */
  readonly decisions: readonly Decision[];
  readonly before: Packet;
  /** The packet as it leaves; differs from `before` where the device translates; absent iff it never leaves. */
  readonly after?: Packet;
  readonly doubts: readonly Doubt[];
}

/** One path the packet can take, with the hops as far as it comes: the first packet, then the reply if it arrives. */
export interface TracedPath {
  readonly path: PathDescription;
  /** The packet as the source sends it on this path: to a mapped endpoint where the path needs one. */
  readonly packet: Packet;
  readonly verdict: PacketVerdict;
  readonly hops: readonly TraceHop[];
  /** Why it ended where no device ended it, e.g. a private address on the internet. */
  readonly explanation?: string;
}

/** What happens to one packet on every path between two components. No paths: nothing connects them. */
export interface Trace {
  readonly from: string;
  readonly to: string;
  readonly paths: readonly TracedPath[];
  readonly assumptions: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** Lines of every input, to quote the ones a SourceRef points at. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}
