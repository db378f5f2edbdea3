/** Exported route tables, gateways, connections and firewalls to what a topology needs of them. */
import { type JsonValue, jsonItems, jsonMember, jsonText } from "../../syntax/json.js";
import type { Connection, FirewallPlace, LocalGateway, RouteTable, UserRoute, VirtualGateway } from "./inventory.js";
import { isTrue, placeOfId, prefixesOf, prefixOf, propertiesOf, referred } from "./inventory-values.js";

export function readRouteTable(name: string, own: JsonValue): RouteTable {
  const routes = jsonItems(jsonMember(own, "routes")).flatMap((route): UserRoute[] => {
    const inner = propertiesOf(route);
    const nextHop = jsonText(jsonMember(inner, "nextHopType"));
    const [address] = prefixOf(jsonMember(inner, "nextHopIpAddress"));
    if (nextHop === undefined) return [];
    // A route may name a service tag instead of a prefix; it is kept as written.
    const to = jsonText(jsonMember(inner, "addressPrefix")) ?? "";
    return [{ to: prefixOf(jsonMember(inner, "addressPrefix"))[0] ?? to, nextHop, address }];
  });
  return { name, routes };
}

export function readGateway(name: string, own: JsonValue): VirtualGateway[] {
  const places = jsonItems(jsonMember(own, "ipConfigurations")).flatMap(
    (item) => placeOfId(jsonMember(propertiesOf(item), "subnet")) ?? [],
  );
  const kind = jsonText(jsonMember(own, "gatewayType")) ?? "Vpn";
  const learnsRoutes = kind.toLowerCase() !== "vpn" || isTrue(jsonMember(own, "enableBgp"));
  return places.slice(0, 1).map(({ network }) => ({ name, kind, network, learnsRoutes }));
}

export function readLocalGateway(name: string, own: JsonValue): LocalGateway {
  return { name, prefixes: prefixesOf(jsonMember(own, "localNetworkAddressSpace")) };
}

export function readConnection(name: string, own: JsonValue): Connection[] {
  const gateway = referred(jsonMember(own, "virtualNetworkGateway1"));
  if (gateway === undefined) return [];
  const localGateway = referred(jsonMember(own, "localNetworkGateway2"));
  return [{ name, gateway, localGateway, otherGateway: referred(jsonMember(own, "virtualNetworkGateway2")) }];
}

export function readFirewallPlace(name: string, own: JsonValue): FirewallPlace {
  const configurations = jsonItems(jsonMember(own, "ipConfigurations")).map(propertiesOf);
  const [place] = configurations.flatMap((each) => placeOfId(jsonMember(each, "subnet")) ?? []);
  return {
    name,
    address: configurations.flatMap((each) => prefixOf(jsonMember(each, "privateIPAddress")))[0],
    network: place?.network,
    publicAddresses: configurations.flatMap((each) => referred(jsonMember(each, "publicIPAddress")) ?? []),
  };
}
