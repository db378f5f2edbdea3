/** Finds the packets that one device accepts and another does not. */

import { type Branch, possiblyAccepted, surelyAccepted } from "../compile/branch.js";
import { compareAcls } from "../compile/compare-acls.js";
import type { CompiledDevice } from "../compile/compile-device.js";
import { passFirst } from "../compile/pass-device.js";
import type { Direction } from "../model/device.js";
import type { Bounds } from "../sets/bounds.js";
import type { Budget } from "../sets/budget.js";
import type { PacketSet } from "../sets/packet-set.js";

/** A device and the way packets take through it. */
export interface Way {
  readonly compiled: CompiledDevice;
  readonly direction: Direction;
}

/** Packets accepted on one side only. */
export interface Fates {
  readonly opened: Bounds;
  readonly closed: Bounds;
}

/** Where each side is one acl without jumps, whole acls are compared at once; undefined iff that cannot be done. */
export function fatesByDiagrams(before: Way, after: Way, packets: PacketSet, budget: Budget): Fates | undefined {
  const [first, second] = [before, after].map(({ compiled: { device, acls }, direction }) => {
    const [stage, ...more] = device.stages[direction];
    return stage === undefined || more.length > 0 || stage.kind !== "filter" ? undefined : acls.get(stage.acl);
  });
  if (first === undefined || second === undefined) return undefined;
  const found = compareAcls(first, second, budget);
  if (found === undefined) return undefined;
  const within = ({ surely, possibly }: Bounds) => ({
    surely: surely.intersect(packets),
    possibly: possibly.intersect(packets),
  });
  return { opened: within(found.opened), closed: within(found.closed) };
}

/** What becomes of packets on a way. */
export function branchesOf({ compiled, direction }: Way, packets: PacketSet, budget: Budget): Branch[] {
  return passFirst(compiled, direction, packets, budget);
}

export function fatesOfBranches(before: readonly Branch[], after: readonly Branch[]): Fates {
  const [a, b] = [before, after].map(acceptedOf) as [Bounds, Bounds];
  return {
    opened: { surely: b.surely.subtract(a.possibly), possibly: b.possibly.subtract(a.surely) },
    closed: { surely: a.surely.subtract(b.possibly), possibly: a.possibly.subtract(b.surely) },
  };
}

export function acceptedOf(branches: readonly Branch[]): Bounds {
  return { surely: surelyAccepted(branches), possibly: possiblyAccepted(branches) };
}
