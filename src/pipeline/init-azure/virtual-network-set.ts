/** What `VirtualNetwork` holds in each network, and whether the exports surely show all of it. */
import type { VirtualNetwork } from "../../vendors/azure/inventory.js";
import { isGatewaySubnet, isNamed, type Site } from "./site.js";
import { quoted } from "./write-draft.js";

interface Content {
  readonly network: string;
  readonly prefixes: readonly string[];
  /** Why there may be more. */
  readonly doubts: readonly string[];
}

/**
 * Lines that state the set where the exports leave no doubt about it and it is the same for every security group; else
 * comments that say what is known. (service-tags-overview, row "VirtualNetwork")
 */
export function virtualNetworkLines(site: Site): string[] {
  const guarded = [...site.networks.values()].filter((network) => hasGroups(network, site));
  const contents = guarded.map((network) => contentOf(network, site));
  const [first] = contents;
  if (first === undefined) return [];
  const lists = contents.map(({ prefixes }) => `[${prefixes.map(quoted).join(", ")}]`);
  const isSame = lists.every((list) => list === lists[0]);
  if (isSame && contents.every(({ doubts }) => doubts.length === 0)) {
    return [
      "# The space of the network, its peers, what is behind gateways and the prefixes of routes, as the exports list them.",
      `sets: { VirtualNetwork: ${lists[0]} }`,
    ];
  }
  return [
    "# Rules that name `VirtualNetwork` are open until somebody states what it holds; known is:",
    ...contents.flatMap(({ network, doubts }, index) => [
      `# sets: { VirtualNetwork: ${lists[index]} } # in ${network}`,
      ...doubts.map((doubt) => `#   perhaps more: ${doubt}`),
    ]),
    ...(isSame ? [] : ["# It is not the same in all of them: state it in a topology for each."]),
  ];
}

function hasGroups(network: VirtualNetwork, site: Site): boolean {
  const isGuarded = network.subnets.some(({ group }) => group !== undefined);
  return isGuarded || site.interfacesIn(network).some(({ group }) => group !== undefined);
}

function contentOf(network: VirtualNetwork, site: Site): Content {
  const open = network.peerings.filter(({ isOpen }) => isOpen);
  const tables = network.subnets.flatMap(({ routeTable }) => site.routeTable(routeTable) ?? []);
  const prefixes = [
    ...network.prefixes,
    ...open.flatMap((peering) => site.behindPeer(peering)),
    ...site.onPremises(network),
    ...tables.flatMap(({ routes }) => routes.map(({ to }) => to)).filter((to) => /^[\d.:a-f]+\/\d+$/i.test(to)),
  ];
  return { network: network.name, prefixes: [...new Set(prefixes)], doubts: [...doubtsOf(network, site)] };
}

function* doubtsOf(network: VirtualNetwork, site: Site): Generator<string> {
  yield* gatewayDoubts(network, site);
  for (const peering of network.peerings.filter(({ isOpen }) => isOpen)) {
    const remote = site.network(peering.remote);
    if (remote === undefined && peering.prefixes.length === 0) yield `the prefixes of its peer ${peering.remote}`;
    if (!peering.usesRemoteGateways) continue;
    if (remote === undefined) yield `what is behind the gateways of its peer ${peering.remote}`;
    else yield* gatewayDoubts(remote, site);
  }
  for (const { routeTable } of network.subnets) {
    const table = site.routeTable(routeTable);
    if (routeTable !== undefined && table === undefined) yield `the prefixes of route table ${routeTable}`;
    const odd = table?.routes.filter(({ to }) => to === "0.0.0.0/0" || to === "::/0" || !/^[\d.:a-f]+\/\d+$/i.test(to));
    for (const { to } of odd ?? []) yield `route table ${routeTable} has a route to ${to}`;
  }
}

function* gatewayDoubts(network: VirtualNetwork, site: Site): Generator<string> {
  const gateways = site.gatewaysOf(network);
  if (network.subnets.some(isGatewaySubnet) && gateways.length === 0) {
    yield `what is behind the gateway of ${network.name}, which is not in the exports`;
  }
  for (const gateway of gateways) {
    const connections = site.all("connections").filter((connection) => isNamed(gateway, connection.gateway));
    if (gateway.learnsRoutes) yield `what gateway ${gateway.name} learns from the other side`;
    if (connections.length === 0)
      yield `what is behind gateway ${gateway.name}: none of its connections is in the exports`;
    for (const { name, localGateway } of connections) {
      const isKnown = site.all("localGateways").some((local) => isNamed(local, localGateway));
      if (!isKnown) yield `the other side of connection ${name}`;
    }
  }
}
