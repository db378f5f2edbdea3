/**
 * Lets the evaluator of single packets pass over aces that cannot match, by an index over the boxes around them. A yardstick
 * asks every ace; whoever has thousands of packets for thousands of aces wants this.
 */

import type { AddressRange, Family } from "../model/address.js";
import type { Device } from "../model/device.js";
import { type Block, destinationBlock, EGRESS, HIGH, LOW, maximumOf, sourceBlock } from "../sets/layout.js";
import { pointOf } from "../sets/packet-point.js";
import { type Hull, hullOfAce } from "./ace-hull.js";
import type { AceChooser } from "./evaluate-acl.js";
import { isPoint, type Traveller } from "./evaluate-packet.js";
import { FamilyIndex } from "./family-index.js";
import { type CompileOptions, SetResolver } from "./resolve-sets.js";

// Below this number of aces asking each is as quick as asking an index.
const INDEXED = 32;

/** Chooses, among the aces of a device's acls, those that may match a packet; acls of fewer than `least` aces are asked whole. */
export function chooseByIndex(device: Device, options: CompileOptions = {}, least = INDEXED): AceChooser {
  const resolver = new SetResolver(device.sets, options);
  return (aces) => {
    if (aces.length < least) return () => aces;
    const indexes = new Map<Family, FamilyIndex>();
    const indexOf = (family: Family): FamilyIndex => {
      const index =
        indexes.get(family) ??
        new FamilyIndex(aces.length, (i, hull) => hullOfAce(aces[i].ace, family, resolver, hull));
      indexes.set(family, index);
      return index;
    };
    return (traveller) => {
      const found: number[] = [];
      indexOf(traveller.packet.family).forEachMeeting(hullOf(traveller), (position) => found.push(position));
      return found.sort((a, b) => a - b).map((position) => aces[position]);
    };
  };
}

/** The point of the packet, widened where a translation leaves several values possible. */
function hullOf({ packet, source, destination, sourcePort, destinationPort, isRerouted }: Traveller): Hull {
  const point = pointOf(packet);
  const hull = new Uint32Array(2 * point.length);
  for (let level = 0; level < point.length; level++) setLevel(hull, level, point[level], point[level]);
  if (isRerouted === true) setAny(hull, EGRESS);
  setAddress(hull, sourceBlock(packet.family), source);
  setAddress(hull, destinationBlock(packet.family), destination);
  if (sourcePort !== undefined) setLevel(hull, LOW, sourcePort.first, sourcePort.last);
  if (destinationPort !== undefined) setLevel(hull, HIGH, destinationPort.first, destinationPort.last);
  return hull;
}

function setAddress(hull: Hull, block: Block, values: readonly AddressRange[]): void {
  const [value] = values;
  const isKnown = values.length === 1 && isPoint(value);
  if (!isKnown) setAny(hull, block);
  else for (const [i, word] of value.first.entries()) setLevel(hull, block.first + i, word, word);
}

function setAny(hull: Hull, { first, words }: Block): void {
  for (let level = first; level < first + words; level++) setLevel(hull, level, 0, maximumOf(level));
}

function setLevel(hull: Hull, level: number, first: number, last: number): void {
  hull[2 * level] = first;
  hull[2 * level + 1] = last;
}
