/** Names a packet of some boxes as `PacketSet.witness` does, without a packet set. */
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import { commonBox } from "./box-tree.js";
import { packetAt } from "./packet-point.js";
import { type PacketFields, PacketSet } from "./packet-set.js";
import { COMMON_WISHES, nameWishes } from "./witness.js";

const wishes = new Map<Family, readonly (readonly Uint32Array[])[]>();

/** The witness of the packets of one family in any of the boxes over all levels; undefined: there are none. */
export function witnessOfBoxes(boxes: readonly Uint32Array[], family: Family): Packet | undefined {
  let wanted = boxes;
  const ask = (wish: readonly Uint32Array[]): void => {
    const granted = wanted.flatMap((box) => wish.flatMap((part) => commonBox(box, part) ?? []));
    if (granted.length > 0) wanted = granted;
  };
  for (const wish of wishesOf(family)) ask(wish);
  const first = leastOf(wanted);
  if (first === undefined) return undefined;
  for (const wish of nameWishes(first)) ask(boxesOf(wish, family));
  return packetAt(leastOf(wanted) ?? first, family);
}

function leastOf(boxes: readonly Uint32Array[]): readonly number[] | undefined {
  const points = boxes.map((box) => box.filter((_, k) => k % 2 === 0));
  const [least] = points.sort(comparePoints);
  return least && [...least];
}

function comparePoints(a: Uint32Array, b: Uint32Array): number {
  const level = a.findIndex((value, i) => value !== b[i]);
  return level < 0 ? 0 : a[level] - b[level];
}

/** The boxes of each common wish, in their order. */
function wishesOf(family: Family): readonly (readonly Uint32Array[])[] {
  let known = wishes.get(family);
  if (known === undefined) {
    known = COMMON_WISHES.map((wish) => boxesOf(wish, family));
    wishes.set(family, known);
  }
  return known;
}

function boxesOf(wish: PacketFields, family: Family): readonly Uint32Array[] {
  return PacketSet.fromFields(wish).levelBoxes(family, MOST_BOXES) ?? [];
}

const MOST_BOXES = 64;
