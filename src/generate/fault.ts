/** What one place of a device does to packets otherwise than requirements need, and what rules put in there would do. */
import type { Ace, Action } from "../model/acl.js";
import type { AllowEntry } from "../model/allow-list.js";
import type { Direction } from "../model/device.js";
import type { ConnectionState } from "../model/matches.js";
import { PacketSet } from "../sets/packet-set.js";
import { aceOfEntry } from "./acl-of-list.js";
import { packetsOfEntry } from "./entries-of-packets.js";
import type { Place } from "./find-place.js";
import { mergeEntries } from "./merge-entries.js";
import type { Narrowing } from "./narrow-ace.js";

export interface Fault {
  readonly direction: Direction;
  /** Absent: the device is not asked about states. */
  readonly state?: ConnectionState;
  readonly entries: readonly AllowEntry[];
  /** What has to happen to the packets: they are accepted, dropped or translated. */
  readonly action: Action;
  /** Where rules that do so belong. */
  readonly place: Place;
  /** Set iff the place's ace overrides every rule that accepts. */
  readonly narrowing?: Narrowing;
}

/** The rules that mend a fault. */
export function acesOfFault({ entries, state, action, narrowing }: Fault): Ace[] {
  return narrowing?.isEnough ? [] : entries.map((entry) => ({ ...aceOfEntry(entry, state), action }));
}

/** True iff the fault is about the names that connections ask for, within its packets. */
export function isNamed({ entries }: Fault): boolean {
  return entries.some(({ hosts }) => hosts !== undefined);
}

/** The packets a fault is about. */
export function packetsOfFault({ entries, state }: Fault): PacketSet {
  const packets = PacketSet.unionOf(entries.map(packetsOfEntry));
  return state === undefined ? packets : packets.intersect(PacketSet.fromFields({ states: [state] }));
}

/** The packets that its rules match: where they ask for names, whatever address has these. */
export function matchedByFault(fault: Fault): PacketSet {
  const packets = packetsOfFault(fault);
  return isNamed(fault) ? packets.forget(["destinations"]) : packets;
}

/** The faults with those of one place and action joined. */
export function joinFaults(faults: readonly Fault[]): Fault[] {
  const groups = new Map<string, Fault[]>();
  for (const fault of faults) {
    const { acl, ace, at } = fault.place;
    const key = JSON.stringify([fault.direction, fault.state, fault.action, isNamed(fault), acl, ace, at]);
    groups.set(key, [...(groups.get(key) ?? []), fault]);
  }
  return [...groups.values()].map((group) => ({
    ...(group[0] as Fault),
    entries: mergeEntries(group.flatMap(({ entries }) => entries)),
  }));
}
