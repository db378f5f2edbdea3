/** Proves that the changed exports of a device mend its faults and change the fate of no other packet. */
import { type CompiledDevice, compileDevice } from "../compile/compile-device.js";
import { acceptedByFilters } from "../generate/accepted-by-filters.js";
import { type Fault, packetsOfFault } from "../generate/fault.js";
import { DIRECTIONS, mapStages } from "../generate/open-device.js";
import type { Ace } from "../model/acl.js";
import type { AddressRange } from "../model/address.js";
import type { Device, Direction } from "../model/device.js";
import { PacketSet } from "../sets/packet-set.js";
import type { DevicePatch } from "./patch-device.js";

type Names = ReadonlyMap<string, readonly AddressRange[]>;

/**
 * True iff outside the packets of the mended faults nothing is filtered otherwise than before, in either bound; these
 * packets surely have the fate they need; and no other packet is translated otherwise.
 */
export function isSoundPatch(device: Device, { faults, patched }: DevicePatch, names: Names): boolean {
  const [before, after] = [device, patched].map((each) => filtersOf(each, names)) as [CompiledDevice, CompiledDevice];
  const asked = device.tracking === "implicit" ? PacketSet.fromFields({ states: ["new"] }) : PacketSet.all;
  const areFiltered = DIRECTIONS.every((direction) => {
    const own = faults.filter((fault) => fault.direction === direction);
    return filtersAlike(before, after, direction, asked.intersect(POSSIBLE[direction]), own);
  });
  return areFiltered && translatesAlike(device, compileDevice(patched, { names }), faults);
}

function filtersOf(device: Device, names: Names): CompiledDevice {
  return compileDevice(
    mapStages(device, (stages) => stages.filter(({ kind }) => kind === "filter")),
    { names },
  );
}

const ARRIVING = PacketSet.fromFields({ egressInterfaces: [{ name: "" }] });
const LEAVING = PacketSet.fromFields({ ingressInterfaces: [{ name: "" }] });
const POSSIBLE = { forward: PacketSet.all, input: ARRIVING, output: LEAVING } as const;

function filtersAlike(
  before: CompiledDevice,
  after: CompiledDevice,
  direction: Direction,
  asked: PacketSet,
  faults: readonly Fault[],
): boolean {
  const [toAccept, toDrop] = (["accept", "drop"] as const).map((kind) =>
    asked.intersect(PacketSet.unionOf(faults.filter(({ action }) => action.kind === kind).map(packetsOfFault))),
  ) as [PacketSet, PacketSet];
  const rest = asked.subtract(toAccept).subtract(toDrop);
  const old = acceptedByFilters(before, direction, rest);
  const now = acceptedByFilters(after, direction, rest);
  return (
    old.surely.equals(now.surely) &&
    old.possibly.equals(now.possibly) &&
    acceptedByFilters(after, direction, toAccept).surely.includes(toAccept) &&
    acceptedByFilters(after, direction, toDrop).possibly.isEmpty
  );
}

// Translations decide in order, so that rules put in change the fate of their own packets alone; all others stay.
function translatesAlike(device: Device, patched: CompiledDevice, faults: readonly Fault[]): boolean {
  const translated = PacketSet.unionOf(
    faults.filter(({ action }) => action.kind === "translate").map((fault) => packetsOfFault(fault)),
  );
  const names = DIRECTIONS.flatMap((direction) => device.stages[direction].filter(({ kind }) => kind === "nat"));
  return [...new Set(names.map(({ acl }) => acl))].every((name) => {
    const old = device.acls.find((acl) => acl.name === name)?.aces ?? [];
    let next = 0;
    for (const { ace, matches } of patched.acls.get(name)?.aces ?? []) {
      const same = old[next];
      if (same !== undefined && textOf(same) === textOf(ace)) next++;
      else if (!translated.includes(matches.bounds.possibly.intersect(BEGINNING))) return false;
    }
    return next === old.length;
  });
}

// Only packets that begin connections are translated.
const BEGINNING = PacketSet.fromFields({ states: ["new"] });

function textOf({ enabled, matches, action }: Ace): string {
  return JSON.stringify({ enabled, matches, action });
}
