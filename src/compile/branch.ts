/** What may become of packets at a device: the answer type of the pass functions, and how to read it. */
import type { Direction } from "../model/device.js";
import type { Translation } from "../model/nat.js";
import type { Decision, Disposition, Doubt, Leg } from "../model/verdict.js";
import { PacketSet } from "../sets/packet-set.js";
import type { Relation } from "./compile-nat.js";

/**
 * One possible fate of some packets. The branches of a pass cover its input: every packet is in at least one; a packet in
 * exactly one has that fate for certain; a packet in several has one of those fates, and their doubts say what decides.
 */
export interface Branch {
  readonly leg: Leg;
  readonly direction: Direction;
  /** The flows concerned, as their first packets when they enter the device. */
  readonly flows: PacketSet;
  /** The judged packets (first, later or reply) as they enter the device. On the first leg the same as `flows`. */
  readonly before: PacketSet;
  /** The judged packets as they leave, or as they were when they were stopped. */
  readonly after: PacketSet;
  readonly disposition: Disposition;
  /** One entry for each stage that was reached. */
  readonly decisions: readonly Decision[];
  readonly doubts: readonly Doubt[];
  /** How `after` came from `before`, in order. */
  readonly steps: readonly Step[];
  /** What the device does to every packet of these connections, in order. */
  readonly translations: readonly AppliedTranslation[];
  /** True iff the device does not track these connections, so that it sees their replies as packets of no connection. */
  readonly isUntracked: boolean;
}

/** One change of the packets of a branch on their way. */
export interface Step {
  readonly relation: Relation;
  readonly before: PacketSet;
}

/** A translation as the first packets of some flows met it. */
export interface AppliedTranslation extends Step {
  readonly translation: Translation;
  /** Position of the stage in the direction's order. */
  readonly stage: number;
}

/** The packets, as they entered, that may have become one of `packets`. */
export function traceBack(steps: readonly Step[], packets: PacketSet): PacketSet {
  return steps.reduceRight((later, { relation, before }) => relation.origin(later, before), packets);
}

/** The flows of a first-leg branch whose packets may leave the device as one of `after`. */
export function flowsBehind(branch: Branch, after: PacketSet): PacketSet {
  return branch.flows.intersect(traceBack(branch.steps, after.intersect(branch.after)));
}

/** Flows that are accepted whatever the doubts turn out to be. */
export function surelyAccepted(branches: readonly Branch[]): PacketSet {
  return possiblyAccepted(branches).subtract(
    PacketSet.unionOf(branches.filter((branch) => branch.disposition !== "accept").map((branch) => branch.flows)),
  );
}

/** Flows that are accepted for some outcome of the doubts. */
export function possiblyAccepted(branches: readonly Branch[]): PacketSet {
  return PacketSet.unionOf(branches.filter((branch) => branch.disposition === "accept").map((branch) => branch.flows));
}

/** The packets as which some flows of a first-leg branch may leave the device. */
export function flowsAhead(branch: Branch, flows: PacketSet): PacketSet {
  const image = branch.steps.reduce(
    (packets, { relation, before }) => relation.image(packets.intersect(before)),
    flows.intersect(branch.flows),
  );
  return image.intersect(branch.after);
}
