/** Tells which packets can come to a device that stands before hosts or networks of its own. */
import type { AddressRange } from "../model/address.js";
import type { Direction } from "../model/device.js";
import type { Component, DeviceNode, Topology } from "../model/topology.js";
import { PacketSet } from "../sets/packet-set.js";

/** All packets, or where the device guards hosts and networks whose addresses are known, those to and from them. */
export function guardedPackets(topology: Topology, node: DeviceNode, direction: Direction): PacketSet {
  const ranges = guardedRanges(topology, node);
  if (ranges === undefined || direction === "forward") return PacketSet.all;
  return PacketSet.fromFields(direction === "input" ? { destinations: ranges } : { sources: ranges });
}

/** Undefined iff it guards nothing, or something of which not every address is known. */
function guardedRanges(topology: Topology, { protects }: DeviceNode): AddressRange[] | undefined {
  const components = topology.components.filter(({ name }) => protects.components.includes(name));
  const networks = topology.networks.filter(({ name }) => protects.networks.includes(name));
  const lists = [...components.map((one) => rangesOf(topology, one)), ...networks.map(({ prefixes }) => prefixes)];
  return lists.length === 0 || lists.some((list) => list.length === 0) ? undefined : lists.flat();
}

/** None where a name's addresses are not stated. */
function rangesOf({ names }: Topology, { addresses }: Component): readonly AddressRange[] {
  const named = addresses.names.map((name) => names.get(name.toLowerCase()) ?? []);
  return named.some((list) => list.length === 0) ? [] : [...addresses.ranges, ...named.flat()];
}
