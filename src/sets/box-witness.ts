/** Names a packet of some boxes as `PacketSet.witness` does, without a packet set. */
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import { type LevelBounds, meetsBounds, narrowBox, testedBounds } from "./level-boxes.js";
import { packetAt } from "./packet-point.js";
import { type PacketFields, PacketSet } from "./packet-set.js";
import { COMMON_WISHES, nameWishes } from "./witness.js";

/** What is wished of a packet: that it is within one of some bounds. */
type Wish = readonly (readonly LevelBounds[])[];

const wishes = new Map<Family, readonly Wish[]>();

/** The witness of the packets of one family in any of the boxes over all levels; undefined: there are none. */
export function witnessOfBoxes(boxes: readonly Uint32Array[], family: Family): Packet | undefined {
  let wanted = boxes;
  const ask = (wish: Wish): void => {
    const granted: Uint32Array[] = [];
    for (const box of wanted) {
      for (const bounds of wish) if (meetsBounds(box, bounds)) granted.push(narrowed(box, bounds));
    }
    if (granted.length > 0) wanted = granted;
  };
  for (const wish of wishesOf(family)) ask(wish);
  const first = leastOf(wanted);
  if (first === undefined) return undefined;
  for (const wish of nameWishes(first)) ask(boundsOf(wish, family));
  return packetAt(leastOf(wanted) ?? first, family);
}

function narrowed(box: Uint32Array, bounds: readonly LevelBounds[]): Uint32Array {
  const copy = box.slice();
  narrowBox(copy, bounds);
  return copy;
}

function leastOf(boxes: readonly Uint32Array[]): readonly number[] | undefined {
  let least: readonly number[] | undefined;
  for (const box of boxes) {
    const corner = leastCorner(box);
    if (least === undefined || comparePoints(corner, least) < 0) least = corner;
  }
  return least;
}

function leastCorner(box: Uint32Array): readonly number[] {
  const corner: number[] = [];
  for (let k = 0; k < box.length; k += 2) corner.push(box[k]);
  return corner;
}

function comparePoints(a: readonly number[], b: readonly number[]): number {
  const level = a.findIndex((value, i) => value !== b[i]);
  return level < 0 ? 0 : a[level] - b[level];
}

/** The common wishes, in their order. */
function wishesOf(family: Family): readonly Wish[] {
  let known = wishes.get(family);
  if (known === undefined) {
    known = COMMON_WISHES.map((wish) => boundsOf(wish, family));
    wishes.set(family, known);
  }
  return known;
}

function boundsOf(wish: PacketFields, family: Family): Wish {
  const boxes = PacketSet.fromFields(wish).levelBoxes(family, MOST_BOXES) ?? [];
  return boxes.map((box) => testedBounds(box, 0));
}

const MOST_BOXES = 64;
