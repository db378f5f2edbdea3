/** What is known of a set of packets that a device decides and the model may not fully understand. */
import { PacketSet } from "./packet-set.js";

/** surely ⊆ truth ⊆ possibly; equal iff the set is fully understood. */
export interface Bounds {
  readonly surely: PacketSet;
  readonly possibly: PacketSet;
}

/** A set that is fully understood. */
export function exactly(set: PacketSet): Bounds {
  return { surely: set, possibly: set };
}

/** Some unknown part of a set, perhaps none of it, perhaps all. */
export function someOf(set: PacketSet): Bounds {
  return { surely: PacketSet.none, possibly: set };
}

/** True iff nothing about the set is in doubt. */
export function isExact({ surely, possibly }: Bounds): boolean {
  return surely === possibly || surely.equals(possibly);
}

export function uniteBounds(all: readonly Bounds[]): Bounds {
  const surely = PacketSet.unionOf(all.map((one) => one.surely));
  if (all.every((one) => one.surely === one.possibly)) return exactly(surely);
  return { surely, possibly: PacketSet.unionOf(all.map((one) => one.possibly)) };
}

export function intersectBounds(a: Bounds, b: Bounds): Bounds {
  const possibly = a.possibly.intersect(b.possibly);
  if (a.surely === a.possibly && b.surely === b.possibly) return exactly(possibly);
  return { surely: a.surely.intersect(b.surely), possibly };
}

export function complementBounds({ surely, possibly }: Bounds): Bounds {
  if (surely === possibly) return exactly(surely.complement());
  return { surely: possibly.complement(), possibly: surely.complement() };
}
