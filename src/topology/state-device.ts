import type { Ace, Acl, Action } from "../model/acl.js";
import { singleAddress } from "../model/address.js";
import type { Device, Stage } from "../model/device.js";
import type { AnyOf, Matches } from "../model/matches.js";
import type { Service } from "../model/service.js";
import type { DeviceNode, MappedEndpoint, StatedTranslation } from "../model/topology.js";
import { addressesAt, type TopologyIndex } from "./list-crossings.js";

const DESTINATION_ACL = "stated destination translations";
const SOURCE_ACL = "stated source translations";

/**
 * The device as the topology states it: what its exports say (absent: everything passes), with the translations that no
 * export holds around it, destination before and source after. Mapped endpoints of a device with exports are translated
 * by the exports themselves. `towards`: the component that packets are meant for; of the endpoints whose address is not
 * known yet only its own are there, since the address they are sent to is then not that of another.
 */
export function stateDevice(
  index: TopologyIndex,
  node: DeviceNode,
  exported: Device | undefined,
  towards?: string,
): Device {
  const endpoints = exported === undefined ? endpointsTowards(node, towards) : [];
  const destination = [
    ...endpoints.map((endpoint) => endpointAce(index, node, endpoint)),
    ...translationAces(node, "destination"),
  ];
  const source = translationAces(node, "source");
  const base = addInterfaces(index, node, exported ?? passingDevice(node));
  if (destination.length === 0 && source.length === 0) return { ...base, name: node.name };
  const before: Stage[] = destination.length === 0 ? [] : [natStage(DESTINATION_ACL)];
  const after: Stage[] = source.length === 0 ? [] : [natStage(SOURCE_ACL)];
  return {
    ...base,
    name: node.name,
    acls: [...base.acls, natAcl(node, DESTINATION_ACL, destination), natAcl(node, SOURCE_ACL, source)],
    stages: { ...base.stages, forward: [...before, ...base.stages.forward, ...after] },
  };
}

// INVARIANT: endpoints of known addresses come first: whatever another one's address will be, it is none of those.
function endpointsTowards({ mappedEndpoints }: DeviceNode, towards: string | undefined): readonly MappedEndpoint[] {
  const known = mappedEndpoints.filter(({ publicAddress }) => publicAddress !== undefined);
  const unknown = mappedEndpoints.filter(({ publicAddress }) => publicAddress === undefined);
  return [...known, ...unknown.filter(({ component }) => towards === undefined || component === towards)];
}

// An interface has an address of the network it is attached to, also where no export says which; on the internet a public
// one. It is what a translation to "the address of the interface" may choose from.
function addInterfaces(index: TopologyIndex, node: DeviceNode, device: Device): Device {
  const isKnown = (name: string): boolean =>
    device.interfaces.some((known) => known.name === name && known.addresses.length > 0);
  const stated = node.attachments
    .filter((attachment) => !isKnown(attachment.interface))
    .map((attachment) => ({ name: attachment.interface, addresses: addressesAt(index, attachment.to) }))
    .filter(({ addresses }) => addresses.length > 0);
  const names = new Set(stated.map(({ name }) => name));
  return { ...device, interfaces: [...device.interfaces.filter(({ name }) => !names.has(name)), ...stated] };
}

function passingDevice(node: DeviceNode): Device {
  const stages = { forward: [], input: [], output: [] };
  return { name: node.name, vendor: "topology", acls: [], sets: [], interfaces: [], stages, tracking: "implicit" };
}

function natStage(acl: string): Stage {
  return { hook: acl, kind: "nat", acl };
}

function natAcl(node: DeviceNode, name: string, aces: readonly Ace[]): Acl {
  return { name, aces, defaultAction: { kind: "accept" }, evaluation: "first-match", at: node.at };
}

function endpointAce(index: TopologyIndex, node: DeviceNode, endpoint: MappedEndpoint): Ace {
  const outside = node.attachments.filter((attachment) => index.internet.has(attachment.to));
  const ranges = index.components.get(endpoint.component)?.addresses.ranges ?? [];
  const service: Service = {
    protocol: endpoint.protocol,
    destinationPorts: [{ first: endpoint.publicPort, last: endpoint.publicPort }],
  };
  const matches: Matches = {
    ...(endpoint.publicAddress && { destination: [literals([endpoint.publicAddress])] }),
    ...(outside.length > 0 && { ingressInterface: [literals(outside.map(({ interface: name }) => ({ name })))] }),
    service: [literals([service])],
    unmodeled: [],
  };
  const action: Action = {
    kind: "translate",
    translation: {
      side: "destination",
      addresses: { kind: "pool", ranges: ranges.slice(0, 1).map((range) => singleAddress(range.first)) },
      ports: { first: endpoint.port, last: endpoint.port },
    },
  };
  return { name: `mapped endpoint of ${endpoint.component}`, enabled: true, matches, action, at: endpoint.at };
}

function translationAces(node: DeviceNode, side: StatedTranslation["translation"]["side"]): Ace[] {
  return node.translations
    .filter((stated) => stated.translation.side === side)
    .map((stated) => ({
      name: `stated ${side} translation`,
      enabled: true,
      matches: statedMatches(node, stated),
      action: { kind: "translate", translation: stated.translation },
      at: stated.at,
    }));
}

function statedMatches(node: DeviceNode, stated: StatedTranslation): Matches {
  const { service } = stated;
  return {
    ...(stated.sources.length > 0 && { source: [literals(stated.sources)] }),
    ...(stated.destinations.length > 0 && { destination: [literals(stated.destinations)] }),
    ...(service && { service: [literals([{ protocol: service.protocol, destinationPorts: service.ports }])] }),
    ...(stated.arrivesFrom !== undefined && { ingressInterface: [interfacesTo(node, stated.arrivesFrom)] }),
    ...(stated.leavesTo !== undefined && { egressInterface: [interfacesTo(node, stated.leavesTo)] }),
    unmodeled: [],
  };
}

function interfacesTo(node: DeviceNode, way: string): AnyOf<{ readonly name: string }> {
  const attachments = node.attachments.filter((attachment) => attachment.to === way);
  return literals(attachments.map((attachment) => ({ name: attachment.interface })));
}

function literals<T>(values: readonly T[]): AnyOf<T> {
  return { operands: values.map((literal) => ({ literal })), negated: false };
}
