/** Names a packet of a box as `PacketSet.witness` does, without a packet set. */
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import { meets } from "./box-tree.js";
import { packetAt } from "./packet-point.js";
import { PacketSet } from "./packet-set.js";
import { COMMON_WISHES } from "./witness.js";

const wishes = new Map<Family, readonly (readonly Uint32Array[])[]>();

/** The witness of the packets of one family in a box over all levels; undefined: a wish leaves more than a box of them. */
export function witnessOfBox(box: Uint32Array, family: Family): Packet | undefined {
  const wanted = box.slice();
  for (const wish of wishesOf(family)) {
    const [part, other] = wish.filter((one) => meets(one, 0, wanted, 0, wanted.length));
    if (other !== undefined) return undefined;
    if (part === undefined) continue;
    for (let k = 0; k < wanted.length; k += 2) {
      wanted[k] = Math.max(wanted[k], part[k]);
      wanted[k + 1] = Math.min(wanted[k + 1], part[k + 1]);
    }
  }
  const least = Array.from({ length: wanted.length / 2 }, (_, level) => wanted[2 * level]);
  return packetAt(least, family);
}

/** The boxes of each common wish, in their order. */
function wishesOf(family: Family): readonly (readonly Uint32Array[])[] {
  let known = wishes.get(family);
  if (known === undefined) {
    known = COMMON_WISHES.map((wish) => PacketSet.fromFields(wish).levelBoxes(family, MOST_BOXES) ?? []);
    wishes.set(family, known);
  }
  return known;
}

const MOST_BOXES = 64;
