import { type AddressRange, PUBLIC_RANGES } from "../model/address.js";
import type { Direction } from "../model/device.js";
import type { Component, DeviceNode, Network, Topology } from "../model/topology.js";
import type { Path } from "./find-paths.js";

/**
 * One thing that happens to a flow on its way: a device is asked, or the internet is crossed. Interface lists name the
 * possible interfaces; an empty list says that the topology does not tell.
 */
export type Crossing =
  | {
      readonly kind: "device";
      readonly device: DeviceNode;
      readonly direction: Direction;
      /** Name of the component the flow is for. */
      readonly towards: string;
      readonly ingress: readonly string[];
      readonly egress: readonly string[];
      /** Names of the networks or links a forwarded packet arrives from and leaves to. */
      readonly arrivesFrom?: string;
      readonly leavesTo?: string;
    }
  | { readonly kind: "internet"; readonly name: string };

/** Finds things of a topology by name without searching its lists again. */
export interface TopologyIndex {
  readonly topology: Topology;
  readonly components: ReadonlyMap<string, Component>;
  readonly networks: ReadonlyMap<string, Network>;
  readonly devices: ReadonlyMap<string, DeviceNode>;
  /** Devices that stand before a component or a network, in the order of the topology. */
  readonly guardsOfComponent: ReadonlyMap<string, readonly DeviceNode[]>;
  readonly guardsOfNetwork: ReadonlyMap<string, readonly DeviceNode[]>;
  /** Names of networks and links of kind internet. */
  readonly internet: ReadonlySet<string>;
}

export function indexTopology(topology: Topology): TopologyIndex {
  const byName = <T extends { readonly name: string }>(items: readonly T[]) => new Map(items.map((i) => [i.name, i]));
  return {
    topology,
    components: byName(topology.components),
    networks: byName(topology.networks),
    devices: byName(topology.devices),
    guardsOfComponent: groupGuards(topology.devices, (device) => device.protects.components),
    guardsOfNetwork: groupGuards(topology.devices, (device) => device.protects.networks),
    internet: new Set(
      [...topology.networks, ...topology.links].filter((way) => way.kind === "internet").map((way) => way.name),
    ),
  };
}

function groupGuards(
  devices: readonly DeviceNode[],
  protectedBy: (device: DeviceNode) => readonly string[],
): Map<string, DeviceNode[]> {
  const guards = new Map<string, DeviceNode[]>();
  for (const device of devices) {
    for (const name of protectedBy(device)) guards.set(name, [...(guards.get(name) ?? []), device]);
  }
  return guards;
}

/** The addresses hosts have at a network; none iff the topology does not tell. */
export function addressesAt({ networks, internet }: TopologyIndex, way: string): readonly AddressRange[] {
  const prefixes = networks.get(way)?.prefixes ?? [];
  return prefixes.length === 0 && internet.has(way) ? PUBLIC_RANGES : prefixes;
}

/**
 * What a flow from one component to another meets on a path, in order: the guards of the source (its own, then those of
 * its network), the devices and internet crossings between, the guards of the destination's network, then its own.
 */
export function listCrossings(index: TopologyIndex, from: Component, path: Path, to: Component): Crossing[] {
  const first = path.nodes[0] as string;
  const last = path.nodes[path.nodes.length - 1] as string;
  const leaving = [...(index.guardsOfComponent.get(from.name) ?? []), ...(index.guardsOfNetwork.get(first) ?? [])];
  const entering = [...(index.guardsOfNetwork.get(last) ?? []), ...(index.guardsOfComponent.get(to.name) ?? [])];
  return [
    ...leaving.map((device) => guardCrossing(device, "output", to, path.nodes)),
    ...path.nodes.flatMap((_, position) => transitCrossings(index, path.nodes, position, to)),
    ...entering.map((device) => guardCrossing(device, "input", to, path.nodes)),
  ];
}

// Which interface of a guard a packet comes by is told where the guard has some and does not also stand on the way.
function guardCrossing(
  device: DeviceNode,
  direction: "input" | "output",
  { name: towards }: Component,
  nodes: readonly string[],
): Crossing {
  const network = (direction === "output" ? nodes[0] : nodes[nodes.length - 1]) as string;
  const interfaces = nodes.includes(device.name) ? [] : interfacesTo(device, network);
  const sides = direction === "output" ? { ingress: [], egress: interfaces } : { ingress: interfaces, egress: [] };
  return { kind: "device", device, direction, towards, ...sides };
}

function transitCrossings(
  index: TopologyIndex,
  nodes: readonly string[],
  position: number,
  { name: towards }: Component,
): Crossing[] {
  const name = nodes[position] as string;
  if (index.internet.has(name)) return [{ kind: "internet", name }];
  const device = index.devices.get(name);
  if (device === undefined) return [];
  const [arrivesFrom, leavesTo] = [nodes[position - 1] as string, nodes[position + 1] as string];
  const ingress = interfacesTo(device, arrivesFrom);
  const egress = interfacesTo(device, leavesTo);
  return [{ kind: "device", device, direction: "forward", towards, ingress, egress, arrivesFrom, leavesTo }];
}

function interfacesTo(device: DeviceNode, way: string): string[] {
  return device.attachments.filter((attachment) => attachment.to === way).map((attachment) => attachment.interface);
}
