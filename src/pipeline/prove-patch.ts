/** Proves that the changed exports of a device mend its faults and change the fate of no other packet. */
import { type CompiledDevice, type CompileOptions, compileDevice } from "../compile/compile-device.js";
import { acceptedByFilters } from "../generate/accepted-by-filters.js";
import { eachHost, UNLISTED } from "../generate/acl-of-list.js";
import { type Fault, isNamed, matchedByFault, packetsOfFault } from "../generate/fault.js";
import { DIRECTIONS, mapStages } from "../generate/open-device.js";
import type { Ace } from "../model/acl.js";
import type { AddressRange } from "../model/address.js";
import type { Device, Direction } from "../model/device.js";
import type { Bounds } from "../sets/bounds.js";
import { type HostSet, parseHostSet } from "../sets/host-set.js";
import { PacketSet } from "../sets/packet-set.js";
import type { DevicePatch } from "./patch-device.js";

type Names = ReadonlyMap<string, readonly AddressRange[]>;

/**
 * True iff outside the packets of the mended faults (where these are about names: for every other name, too) nothing is
 * filtered otherwise than before, in either bound; these packets surely have the fate they need; and no other packet is
 * translated otherwise. What asks for the names elsewhere may be accepted too: no rule says which addresses have them.
 */
export function isSoundPatch(device: Device, { faults, patched }: DevicePatch, names: Names): boolean {
  const areFiltered = questionsAbout(faults).every(({ requested, within, mended }) => {
    const options = { names, ...(requested && { requested }) };
    const [before, after] = [device, patched].map((each) => filtersOf(each, options)) as [
      CompiledDevice,
      CompiledDevice,
    ];
    const asked = device.tracking === "implicit" ? within.intersect(BEGINNING) : within;
    return DIRECTIONS.every((direction) => {
      const own = mended.filter((fault) => fault.direction === direction);
      return filtersAlike(before, after, direction, asked.intersect(POSSIBLE[direction]), own);
    });
  });
  return areFiltered && translatesAlike(device, compileDevice(patched, { names }), faults);
}

interface Question {
  /** What connections ask for; absent: whatever they may. */
  readonly requested?: HostSet;
  readonly within: PacketSet;
  /** The faults that are mended for connections which ask so. */
  readonly mended: readonly Fault[];
}

/** Once for all, where no fault is about names; else within those packets for each name, and for one that nobody has. */
function questionsAbout(faults: readonly Fault[]): Question[] {
  const [named, plain] = [faults.filter(isNamed), faults.filter((fault) => !isNamed(fault))];
  const within = PacketSet.unionOf(named.map(matchedByFault));
  const outside: Question = { within: PacketSet.all.subtract(within), mended: plain };
  const hosts = [...new Set(named.flatMap(({ entries }) => entries.flatMap((entry) => entry.hosts ?? [])))];
  if (hosts.length === 0) return [outside];
  const forHosts = hosts.flatMap((host) => {
    const own = named.map((fault) => ({
      ...fault,
      entries: fault.entries.filter((entry) => entry.hosts?.includes(host)),
    }));
    return eachHost(host).map((text) => ({ requested: parseHostSet([text]), within, mended: [...plain, ...own] }));
  });
  const others = { requested: parseHostSet([UNLISTED]), within, mended: plain };
  return [outside, ...forHosts, others];
}

function filtersOf(device: Device, options: CompileOptions): CompiledDevice {
  return compileDevice(
    mapStages(device, (stages) => stages.filter(({ kind }) => kind === "filter")),
    options,
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
  const mended = (kind: "accept" | "drop", packetsOf: (fault: Fault) => PacketSet): PacketSet =>
    asked.intersect(PacketSet.unionOf(faults.filter(({ action }) => action.kind === kind).map(packetsOf)));
  const [toAccept, toDrop] = [mended("accept", packetsOfFault), mended("drop", packetsOfFault)];
  const others = asked.subtract(toAccept).subtract(toDrop);
  const rest = others.subtract(mended("accept", matchedByFault));
  const [old, now] = [before, after].map((device) => acceptedByFilters(device, direction, others)) as [Bounds, Bounds];
  return (
    now.surely.includes(old.surely) &&
    now.possibly.includes(old.possibly) &&
    old.surely.includes(now.surely.intersect(rest)) &&
    old.possibly.includes(now.possibly.intersect(rest)) &&
    acceptedByFilters(after, direction, toAccept).surely.includes(toAccept) &&
    acceptedByFilters(after, direction, toDrop).possibly.isEmpty
  );
}

// Translations decide in order, so that rules put in change the fate of their own packets alone; all others stay. What
// looks into connections for names may translate them.
function translatesAlike(device: Device, patched: CompiledDevice, faults: readonly Fault[]): boolean {
  const translated = PacketSet.unionOf(
    faults.filter((fault) => fault.action.kind === "translate" || isNamed(fault)).map(matchedByFault),
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
