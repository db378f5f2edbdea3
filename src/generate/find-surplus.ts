/** Finds where a device accepts forbidden packets, and the rules that would drop them before that. */
import { type CompiledDevice, type CompileOptions, compileDevice } from "../compile/compile-device.js";
import type { Action } from "../model/acl.js";
import type { Device, Direction } from "../model/device.js";
import { PacketSet } from "../sets/packet-set.js";
import { entriesOfPackets } from "./entries-of-packets.js";
import { type Fault, joinFaults } from "./fault.js";
import { findPlace, type Place } from "./find-place.js";
import { FilterView } from "./open-device.js";
import type { Need } from "./plan-allow-lists.js";

const DROP: Action = { kind: "drop" };
const NEW = PacketSet.fromFields({ states: ["new"] });

/** What the device has to drop of the packets; none where its filters cannot drop what they accept. */
export function findSurplus(device: Device, forbidden: readonly Need[], options: CompileOptions): Fault[] {
  const view = new FilterView(device, options);
  const compiled = compileDevice(device, options);
  const faults = forbidden.flatMap(({ direction, packets, reason }): Fault[] => {
    const seen = view.at(direction, packets).intersect(NEW);
    const place = placeFor(compiled, direction, seen);
    if (place === undefined || seen.isEmpty) return [];
    const entries = entriesOfPackets(seen, direction, reason);
    const state = device.tracking === "explicit" ? ({ state: "new" } as const) : {};
    return [{ direction, ...state, entries, action: DROP, place }];
  });
  return joinFaults(faults);
}

// The last filter is the one that people write their rules in; where order has no meaning, any place does.
function placeFor(compiled: CompiledDevice, direction: Direction, packets: PacketSet): Place | undefined {
  const last = compiled.device.stages[direction].findLast(({ kind }) => kind === "filter");
  const acl = last && compiled.acls.get(last.acl)?.acl;
  if (acl?.evaluation === "first-match") return findPlace(compiled, acl.name, packets);
  return acl?.evaluation === "drop-overrides" ? { acl: acl.name, at: acl.at } : undefined;
}
