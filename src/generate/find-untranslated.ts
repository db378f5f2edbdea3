/** Finds the rule that a device's translations lack for packets that leave it with a source nobody routes replies to. */
import { type CompiledDevice, type CompileOptions, compileDevice } from "../compile/compile-device.js";
import type { Ace } from "../model/acl.js";
import type { Device } from "../model/device.js";
import type { PacketSet } from "../sets/packet-set.js";
import { entriesOfPackets } from "./entries-of-packets.js";
import { type Fault, joinFaults } from "./fault.js";
import { findPlace } from "./find-place.js";
import type { Need } from "./plan-allow-lists.js";

/**
 * What the device has to translate; none where no rule of its own tells to which address, that is, where none translates
 * packets that differ from these in their sources alone.
 */
export function findUntranslated(device: Device, leaving: readonly Need[], options: CompileOptions): Fault[] {
  const compiled = compileDevice(device, options);
  const faults = leaving.flatMap(({ direction, packets, reason }): Fault[] => {
    // Rules that translate sources are asked when only the way out is known.
    const seen = packets.forget(["ingressInterfaces"]);
    for (const { kind, acl } of device.stages[direction]) {
      const model = kind === "nat" ? modelFor(compiled, acl, seen) : undefined;
      const place = model && findPlace(compiled, acl, seen);
      if (model === undefined || place === undefined) continue;
      return [{ direction, entries: entriesOfPackets(seen, direction, reason), action: model.action, place }];
    }
    return [];
  });
  return joinFaults(faults);
}

function modelFor({ acls }: CompiledDevice, acl: string, packets: PacketSet): Ace | undefined {
  const wanted = packets.forget(["sources"]);
  return acls.get(acl)?.aces.find(({ ace: { action }, matches }) => {
    const translates = action.kind === "translate" && action.translation.side === "source";
    return translates && matches.bounds.surely.forget(["sources", "ingressInterfaces"]).includes(wanted);
  })?.ace;
}
