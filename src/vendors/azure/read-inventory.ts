/** Finds in a JSON document what stands where: networks, interfaces, gateways, balancers, and what is on them. */
import { type JsonObject, type JsonValue, jsonItems, jsonMember, jsonText } from "../../syntax/json.js";
import {
  emptyInventory,
  type Inventory,
  type NetworkInterface,
  type Peering,
  type Subnet,
  type VirtualNetwork,
} from "./inventory.js";
import { isTrue, placeOfId, prefixesOf, prefixOf, propertiesOf, referred, referredAll } from "./inventory-values.js";
import { readBalancer } from "./read-balancer.js";
import { readConnection, readFirewallPlace, readGateway, readLocalGateway, readRouteTable } from "./read-gateways.js";

type Reader = (name: string, own: JsonValue, inventory: Inventory) => void;

/** Readers by the last part of a resource's type. */
const READERS: Readonly<Record<string, Reader>> = {
  networkinterfaces: (name, own, { interfaces }) => interfaces.push(...readInterface(name, own)),
  routetables: (name, own, { routeTables }) => routeTables.push(readRouteTable(name, own)),
  virtualnetworkgateways: (name, own, { gateways }) => gateways.push(...readGateway(name, own)),
  localnetworkgateways: (name, own, { localGateways }) => localGateways.push(readLocalGateway(name, own)),
  connections: (name, own, { connections }) => connections.push(...readConnection(name, own)),
  loadbalancers: (name, own, { loadBalancers }) => loadBalancers.push(readBalancer(name, own)),
  azurefirewalls: (name, own, { firewalls }) => firewalls.push(readFirewallPlace(name, own)),
  natgateways: (name, own, { natGateways }) =>
    natGateways.push({
      name,
      publicAddresses: referredAll(jsonMember(own, "publicIpAddresses")),
      subnets: jsonItems(jsonMember(own, "subnets")).flatMap((subnet) => placeOfId(subnet) ?? []),
    }),
  publicipaddresses: (name, own, { publicAddresses }) =>
    publicAddresses.push(...prefixOf(jsonMember(own, "ipAddress")).map((address) => ({ name, address }))),
};

/** Every resource of these kinds in the document; what has no name or no place is left out. */
export function readInventory(document: JsonValue): Inventory {
  const inventory = emptyInventory();
  const open: JsonValue[] = [document];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value.kind === "array") open.push(...value.items.toReversed());
    if (value.kind === "object" && !addResource(value, inventory)) {
      open.push(...value.members.map((member) => member.value).reverse());
    }
  }
  return inventory;
}

function addResource(object: JsonObject, inventory: Inventory): boolean {
  const name = jsonText(jsonMember(object, "name"));
  const own = propertiesOf(object);
  if (name === undefined || name.startsWith("[")) return false;
  const kind = kindOf(object);
  const reader = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
  if (jsonMember(own, "addressSpace") !== undefined) inventory.networks.push(readNetwork(name, own));
  else if (jsonMember(own, "securityRules")?.kind === "array") inventory.groups.push(name);
  else if (reader !== undefined) reader(name, own, inventory);
  else return false;
  return true;
}

/** The last part of a resource's type, from its id where it has one; lower case. */
function kindOf(object: JsonObject): string {
  const id = jsonText(jsonMember(object, "id"));
  const place = id === undefined ? (jsonText(jsonMember(object, "type")) ?? "") : id.replace(/\/[^/]*$/, "");
  return place.slice(place.lastIndexOf("/") + 1).toLowerCase();
}

function readNetwork(name: string, own: JsonValue): VirtualNetwork {
  return {
    name,
    prefixes: prefixesOf(jsonMember(own, "addressSpace")),
    subnets: jsonItems(jsonMember(own, "subnets")).flatMap(readSubnet),
    peerings: jsonItems(jsonMember(own, "virtualNetworkPeerings")).flatMap(readPeering),
  };
}

function readSubnet(subnet: JsonValue): Subnet[] {
  const inner = propertiesOf(subnet);
  const name = jsonText(jsonMember(subnet, "name"));
  if (name === undefined) return [];
  return [
    {
      name,
      prefixes: [...new Set([...prefixesOf(inner), ...prefixOf(jsonMember(inner, "addressPrefix"))])],
      group: referred(jsonMember(inner, "networkSecurityGroup")),
      routeTable: referred(jsonMember(inner, "routeTable")),
      natGateway: referred(jsonMember(inner, "natGateway")),
    },
  ];
}

function readPeering(peering: JsonValue): Peering[] {
  const inner = propertiesOf(peering);
  const remote = referred(jsonMember(inner, "remoteVirtualNetwork"));
  const state = jsonText(jsonMember(inner, "peeringState"))?.toLowerCase() ?? "connected";
  const access = jsonMember(inner, "allowVirtualNetworkAccess");
  if (remote === undefined) return [];
  return [
    {
      remote,
      prefixes: prefixesOf(jsonMember(inner, "remoteAddressSpace")),
      isOpen: state === "connected" && (access === undefined || isTrue(access)),
      usesRemoteGateways: isTrue(jsonMember(inner, "useRemoteGateways")),
    },
  ];
}

function readInterface(name: string, own: JsonValue): NetworkInterface[] {
  const inner = jsonItems(jsonMember(own, "ipConfigurations")).map((item) => ({ item, own: propertiesOf(item) }));
  const place = inner.flatMap((each) => placeOfId(jsonMember(each.own, "subnet")) ?? [])[0];
  const configurations = inner.flatMap((each) =>
    prefixOf(jsonMember(each.own, "privateIPAddress")).map((address) => ({
      id: (jsonText(jsonMember(each.item, "id")) ?? "").toLowerCase(),
      address,
      publicAddress: referred(jsonMember(each.own, "publicIPAddress")),
      pools: jsonItems(jsonMember(each.own, "loadBalancerBackendAddressPools")).flatMap(
        (pool) => jsonText(jsonMember(pool, "id"))?.toLowerCase() ?? [],
      ),
    })),
  );
  if (place === undefined || configurations.length === 0) return [];
  const machine = referred(jsonMember(own, "virtualMachine"));
  return [{ name, machine, configurations, ...place, group: referred(jsonMember(own, "networkSecurityGroup")) }];
}
