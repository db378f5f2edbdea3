/** Turns a requirement between two components into the first packets of its flows. */

import { serviceFields } from "../compile/compile-matches.js";
import { type AddressRange, PUBLIC_RANGES, rangesOverlap } from "../model/address.js";
import type { NamedService } from "../model/requirement.js";
import { type PortRange, PROTOCOL_NUMBERS, type Service } from "../model/service.js";
import type { Component, MappedEndpoint, Topology } from "../model/topology.js";
import { PacketSet } from "../sets/packet-set.js";
import type { Path } from "../topology/find-paths.js";
import { addressesAt } from "../topology/list-crossings.js";
import type { ProofContext } from "./proof-context.js";

/**
 * Source ports of ordinary clients. Windows takes 49152-65535 (1025-5000 before 2008), Linux 32768-60999: all of them
 * are required, so that no rule that pins the range to one system passes for a proof.
 */
const EPHEMERAL_PORTS: PortRange = { first: 1024, last: 65535 };

const SYN = 2;
const TCP_FLAG_BITS = 255;

/** The packets whose destination may be met on the internet. */
export const TO_PUBLIC = PacketSet.fromFields({ destinations: PUBLIC_RANGES });
/** The packets whose source may be met on the internet. */
export const FROM_PUBLIC = TO_PUBLIC.mirror();

/** First packets to prove, and the name of the destination where only its name is known. */
export interface RequiredPackets {
  readonly packets: PacketSet;
  readonly unknownDestination?: string;
}

/** The first packets of `allow`ed flows from one component to another on a path; empty iff no address fits the path. */
export function requiredPackets(
  context: ProofContext,
  from: Component,
  to: Component,
  services: readonly NamedService[],
  path: Path,
): RequiredPackets {
  // Only an internet path has more to it than its ends: the endpoints that are mapped on it.
  const way = path.kind === "internet" ? path.nodes : [path.nodes[0], path.nodes.at(-1)];
  const key = ["required", from.name, to.name, to.addresses.names, path.kind, way, numberOf(context, services)];
  return once(context, key, () => packetsOnPath(context, from, to, services, path));
}

/** What was asked for before; it depends on nothing but the topology, and on which names of a destination count. */
const KNOWN = new WeakMap<Topology, Map<string, unknown>>();

function once<T>({ index: { topology } }: ProofContext, about: readonly unknown[], make: () => T): T {
  const known = KNOWN.get(topology) ?? new Map<string, unknown>();
  KNOWN.set(topology, known);
  const key = JSON.stringify(about);
  const made = known.has(key) ? (known.get(key) as T) : make();
  known.set(key, made);
  return made;
}

/** Stands for what services are in keys: the same for all lists of the same services. */
function numberOf(context: ProofContext, services: readonly NamedService[]): number {
  const known = NUMBERS.get(services);
  if (known !== undefined) return known;
  const number = once(context, ["number", services.map((named) => named.services)], () => ++numbered);
  NUMBERS.set(services, number);
  return number;
}

let numbered = 0;
const NUMBERS = new WeakMap<readonly NamedService[], number>();

function packetsOnPath(
  context: ProofContext,
  from: Component,
  to: Component,
  services: readonly NamedService[],
  path: Path,
): RequiredPackets {
  const sources = packetsFrom(context, from, path.nodes[0]);
  const onPath = path.kind === "internet" ? endpointsOnPath(context, path) : [];
  const endpoints = onPath.filter((endpoint) => endpoint.component === to.name);
  const flat = services.flatMap((named) => named.services);
  const opening = once(context, ["first", numberOf(context, services)], () =>
    PacketSet.unionOf(flat.map(firstPackets)),
  );
  const { packets, ...meant } = packetsTo(context, to, path.nodes[path.nodes.length - 1]);
  // Most requirements between the same ends differ in their services alone: what the ends have in common comes first.
  if (endpoints.length === 0) return { packets: packets.intersect(sources).intersect(opening), ...meant };
  const mapped = toEndpoints(packets.intersect(opening), flat, endpoints, (endpoint) =>
    addressesFor(endpoint, onPath, knownRanges(context, to)),
  );
  return { ...mapped, packets: mapped.packets.intersect(sources) };
}

/** Every first packet a `deny` requirement forbids to arrive: from the component to anywhere, whatever its ports. */
export function forbiddenPackets(context: ProofContext, from: Component): PacketSet {
  return packetsFrom(context, from).intersect(PacketSet.fromFields({ states: ["new"] }));
}

/** The packets that are delivered to the component on one of the services (all of them iff only its name is known). */
export function deliveredPackets(context: ProofContext, to: Component, services: readonly NamedService[]): PacketSet {
  return packetsTo(context, to).packets.intersect(packetsOf(context, services));
}

/** True iff `deliveredPackets` holds all of the packets; makes no set of them. */
export function areDelivered(
  context: ProofContext,
  to: Component,
  services: readonly NamedService[],
  packets: PacketSet,
): boolean {
  return packetsTo(context, to).packets.includes(packets) && packetsOf(context, services).includes(packets);
}

function packetsOf(context: ProofContext, services: readonly NamedService[]): PacketSet {
  return once(context, ["wanted", numberOf(context, services)], () => {
    const flat = services.flatMap((named) => named.services);
    return PacketSet.unionOf(flat.map((service) => PacketSet.fromFields(serviceFields(service))));
  });
}

function packetsFrom(context: ProofContext, component: Component, network?: string): PacketSet {
  return once(context, ["from", component.name, network], () => makePacketsFrom(context, component, network));
}

function makePacketsFrom(context: ProofContext, component: Component, network: string | undefined): PacketSet {
  const known = PacketSet.fromFields({ sources: rangesIn(context, component, network) });
  const sent = unknownName(context, component) === undefined ? known : known.union(FROM_PUBLIC);
  return isOnInternet(context, component) ? sent.intersect(FROM_PUBLIC) : sent;
}

function packetsTo(context: ProofContext, component: Component, network?: string): RequiredPackets {
  const key = ["to", component.name, component.addresses.names, network];
  return once(context, key, () => makePacketsTo(context, component, network));
}

function makePacketsTo(context: ProofContext, component: Component, network: string | undefined): RequiredPackets {
  const unknownDestination = unknownName(context, component);
  const known = PacketSet.fromFields({ destinations: rangesIn(context, component, network) });
  if (unknownDestination !== undefined) return { packets: known.union(TO_PUBLIC), unknownDestination };
  return { packets: isOnInternet(context, component) ? known.intersect(TO_PUBLIC) : known };
}

/**
 * The names of the component whose addresses nobody states. Of a host with addresses the names are other words for them;
 * otherwise each has to be stated.
 */
export function unknownNames(context: ProofContext, { addresses }: Component): string[] {
  return addresses.ranges.length > 0 ? [] : addresses.names.filter((name) => !context.names.has(name));
}

export function unknownName(context: ProofContext, component: Component): string | undefined {
  return unknownNames(context, component)[0];
}

function isOnInternet(context: ProofContext, component: Component): boolean {
  return component.networks.every((network) => context.index.internet.has(network));
}

/** Addresses of a component: its own and those the topology states for its names. */
export function knownRanges(context: ProofContext, component: Component): AddressRange[] {
  const named = component.addresses.names.flatMap((name) => context.names.get(name) ?? []);
  return [...component.addresses.ranges, ...named];
}

// A host with several networks uses on each of them its addresses there.
function rangesIn(context: ProofContext, component: Component, network: string | undefined): AddressRange[] {
  const ranges = knownRanges(context, component);
  if (network === undefined || component.networks.length < 2) return ranges;
  const isAt = (range: AddressRange, way: string): boolean =>
    addressesAt(context.index, way).some((prefix) => rangesOverlap(range, prefix));
  const others = component.networks.filter((other) => other !== network);
  const isOpen = addressesAt(context.index, network).length === 0;
  const there = ranges.filter((range) => (isOpen ? !others.some((other) => isAt(range, other)) : isAt(range, network)));
  return there.length > 0 ? there : ranges;
}

function endpointsOnPath(context: ProofContext, path: Path): MappedEndpoint[] {
  return path.nodes.flatMap((node) => context.index.devices.get(node)?.mappedEndpoints ?? []);
}

// One packet set per endpoint: its public address and port stand for the private ones the service names. What no
// endpoint stands for stays required as it is; where none stands for anything, that is a matter of public addresses only.
function toEndpoints(
  direct: PacketSet,
  services: readonly Service[],
  endpoints: readonly MappedEndpoint[],
  addressesOf: (endpoint: MappedEndpoint) => PacketSet,
): RequiredPackets {
  const sets = endpoints.flatMap((endpoint) =>
    services
      .filter((service) => service.protocol === endpoint.protocol && holdsPort(service, endpoint.port))
      .map((service) => {
        const ports = [{ first: endpoint.publicPort, last: endpoint.publicPort }];
        return firstPackets({ ...service, destinationPorts: ports }).intersect(addressesOf(endpoint));
      }),
  );
  const unknown = endpoints.find((endpoint) => endpoint.publicAddress === undefined);
  const rest = direct.subtract(PacketSet.unionOf(endpoints.map(portBehind)));
  return {
    packets: sets.length === 0 ? rest.intersect(TO_PUBLIC) : PacketSet.unionOf([...sets, rest]),
    ...(unknown && { unknownDestination: unknown.publicName ?? `the public name of ${unknown.component}` }),
  };
}

// An address that is not known yet is a public one that is not given to another endpoint with the same port.
function addressesFor(
  { publicAddress, protocol, publicPort }: MappedEndpoint,
  onPath: readonly MappedEndpoint[],
  behind: readonly AddressRange[],
): PacketSet {
  if (publicAddress !== undefined) return PacketSet.fromFields({ destinations: [publicAddress] });
  const rivals = onPath.filter((other) => other.protocol === protocol && other.publicPort === publicPort);
  const taken = PacketSet.fromFields({ destinations: rivals.flatMap((other) => other.publicAddress ?? []) });
  return PacketSet.fromFields({ destinations: publicRangesFor(behind) }).subtract(taken);
}

function portBehind({ protocol, port }: MappedEndpoint): PacketSet {
  return PacketSet.fromFields(serviceFields({ protocol, destinationPorts: [{ first: port, last: port }] }));
}

// An endpoint translates to the host's own family of addresses, so its public address is of that family too.
function publicRangesFor(destinations: readonly AddressRange[]): AddressRange[] {
  const families = new Set(destinations.map(({ family }) => family));
  return PUBLIC_RANGES.filter(({ family }) => families.size === 0 || families.has(family));
}

function holdsPort(service: Service, port: number): boolean {
  return (
    service.destinationPorts === undefined || service.destinationPorts.some((r) => r.first <= port && port <= r.last)
  );
}

function firstPackets(service: Service): PacketSet {
  const isTcp = service.protocol === PROTOCOL_NUMBERS.tcp;
  const fields = serviceFields({
    ...(service.destinationPorts !== undefined && { sourcePorts: [EPHEMERAL_PORTS] }),
    ...(isTcp && { tcpFlags: { mask: TCP_FLAG_BITS, value: SYN } }),
    ...service,
  });
  return PacketSet.fromFields(fields).intersect(OPENING);
}

const OPENING = PacketSet.fromFields({ states: ["new"], fragment: "first-or-whole" });
