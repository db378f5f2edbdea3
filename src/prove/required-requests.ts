/** Turns a requirement that may go over a proxy into the requests its source makes there. */
import { type KnownAddresses, knownAddresses } from "../compile/name-knowledge.js";
import { formatAddressRange, PUBLIC_RANGES } from "../model/address.js";
import type { FlowRequirement } from "../model/requirement.js";
import { type PortRange, PROTOCOL_NUMBERS, protocolName, type Service } from "../model/service.js";
import type { Component } from "../model/topology.js";
import { addressSetOf } from "../sets/address-set.js";
import { wordsOf } from "../sets/choice-set.js";
import { parseHostSet } from "../sets/host-set.js";
import type { PacketSet } from "../sets/packet-set.js";
import { ALL_PORTS, portSetOf } from "../sets/port-set.js";
import { NO_USER, type RequestSet, requestSetOf, uniteRequests } from "../sets/request-set.js";
import type { ProofContext } from "./proof-context.js";
import type { ServiceFlow } from "./prove-path.js";
import { knownRanges, unknownName } from "./requirement-packets.js";

export interface RequiredRequests {
  readonly requests: RequestSet;
  /** Services that no request can stand for, for people. */
  readonly unproxied: readonly string[];
  /** What is known of the addresses of the names asked for. */
  readonly names: ReadonlyMap<string, KnownAddresses>;
}

/**
 * The requests of a flow: a tunnel for every port but 80, which is asked for in the clear. `arriving`: the packets that
 * carry them, as the proxy sees them, since a device on the way may have translated their source.
 */
export function requiredRequests(
  context: ProofContext,
  requirement: FlowRequirement,
  flow: ServiceFlow,
  arriving: PacketSet,
): RequiredRequests {
  const services = flow.services.flatMap((named) => named.services);
  const hosts = hostsOf(context, requirement, flow.to);
  const ports = services.flatMap((service) => service.destinationPorts ?? []);
  const common = {
    clients: addressSetOf([...arriving.boxes()].map(({ source }) => source)),
    hosts: parseHostSet(hosts),
    users: wordsOf([accountOf(requirement, flow.from)]),
  };
  const tunnelled = requestSetOf({
    ...common,
    methods: wordsOf(["CONNECT"]),
    ports: portSetOf(ports.filter((range) => !isWeb(range))),
  });
  const plain = requestSetOf({
    ...common,
    methods: wordsOf(["GET", "POST"]),
    schemes: wordsOf(["http"]),
    ports: portSetOf(ports.filter(isWeb)),
  });
  return {
    requests: uniteRequests(tunnelled, plain),
    unproxied: services.filter((service) => !isProxied(service)).map(({ protocol }) => protocolName(protocol)),
    names: knowledgeOf(context, hosts),
  };
}

/**
 * The requests by which a proxy could carry a forbidden flow: by any name or address of the destination, as a tunnel or
 * in the clear, with any account of the source or none.
 */
export function forbiddenRequests(
  context: ProofContext,
  requirement: FlowRequirement,
  flow: ServiceFlow,
  arriving: PacketSet,
): RequiredRequests {
  const { from, to } = flow;
  const services = flow.services.flatMap((named) => named.services);
  const isUnknown = unknownName(context, to) !== undefined;
  const addresses = [...knownRanges(context, to), ...(isUnknown ? PUBLIC_RANGES : [])].map(formatAddressRange);
  const hosts = [...requirement.hosts, ...to.addresses.names, ...addresses];
  const requests = requestSetOf({
    clients: addressSetOf([...arriving.boxes()].map(({ source }) => source)),
    hosts: parseHostSet(hosts),
    users: wordsOf([NO_USER, ...from.accounts]),
    methods: wordsOf(["CONNECT", "GET", "POST"]),
    ports: portSetOf(services.flatMap(carriedPorts)),
  });
  return { requests, unproxied: [], names: knowledgeOf(context, hosts) };
}

function carriedPorts({ protocol, destinationPorts }: Service): readonly PortRange[] {
  return protocol === PROTOCOL_NUMBERS.tcp ? (destinationPorts ?? ALL_PORTS) : [];
}

function isWeb({ first, last }: PortRange): boolean {
  return first === 80 && last === 80;
}

function isProxied({ protocol, destinationPorts }: Service): boolean {
  return protocol === PROTOCOL_NUMBERS.tcp && destinationPorts !== undefined;
}

function hostsOf(context: ProofContext, requirement: FlowRequirement, to: Component): readonly string[] {
  const names = requestedNames(requirement, to);
  return names.length > 0 ? names : knownRanges(context, to).map(formatAddressRange);
}

/** The names that the flows of a requirement ask for; none: their destination has only addresses. */
export function requestedNames(requirement: FlowRequirement, to: Component): readonly string[] {
  return requirement.hosts.length > 0 ? requirement.hosts : to.addresses.names;
}

function accountOf(requirement: FlowRequirement, from: Component): string {
  const { account } = requirement;
  if (account === undefined) return from.accounts[0] ?? NO_USER;
  return from.accounts.includes(account) ? account : NO_USER;
}

// What the topology states of names; the names asked for, where it states nothing, have public addresses.
function knowledgeOf(context: ProofContext, hosts: readonly string[]): Map<string, KnownAddresses> {
  const asked = hosts.flatMap((host) => (host.startsWith(".") ? [host.slice(1), `*${host}`] : [host]));
  const unknown = asked.map((host): [string, KnownAddresses] => [host.toLowerCase(), { within: PUBLIC_RANGES }]);
  const stated = [...context.names].map(([name, ranges]): [string, KnownAddresses] => [name, knownAddresses(ranges)]);
  return new Map([...unknown, ...stated]);
}
