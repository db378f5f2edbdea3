/** Finds in a JSON document what stands where: subnets, network interfaces, and the security groups on them. */
import { type AddressRange, formatAddressRange, parseAddressRange } from "../../model/address.js";
import { type JsonObject, type JsonValue, jsonItems, jsonMember, jsonText } from "../../syntax/json.js";
import { lastSegment } from "./resource-path.js";

export interface Subnet {
  readonly name: string;
  readonly prefixes: readonly string[];
  /** Name of its security group. */
  readonly group: string | undefined;
}

export interface VirtualNetwork {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly subnets: readonly Subnet[];
  /** Names of the networks it is peered with. */
  readonly peers: readonly string[];
}

export interface NetworkInterface {
  readonly name: string;
  /** Name of the machine it belongs to. */
  readonly machine: string | undefined;
  readonly addresses: readonly string[];
  readonly network: string;
  readonly subnet: string;
  readonly group: string | undefined;
}

export interface Inventory {
  readonly networks: VirtualNetwork[];
  readonly interfaces: NetworkInterface[];
  /** Names of security groups with rules. */
  readonly groups: string[];
}

/** Every resource of these kinds in the document; what has no name or no place is left out. */
export function readInventory(document: JsonValue): Inventory {
  const inventory: Inventory = { networks: [], interfaces: [], groups: [] };
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
  const own = jsonMember(object, "properties") ?? object;
  if (name === undefined || name.startsWith("[")) return false;
  if (jsonMember(own, "addressSpace") !== undefined) inventory.networks.push(readNetwork(name, own));
  else if (jsonMember(own, "securityRules")?.kind === "array") inventory.groups.push(name);
  else if (/\/networkInterfaces(?:\/[^/]+)?$/i.test(placeOf(object))) addInterface(name, own, inventory);
  else return false;
  return true;
}

function placeOf(object: JsonObject): string {
  return jsonText(jsonMember(object, "id")) ?? jsonText(jsonMember(object, "type")) ?? "";
}

function readNetwork(name: string, own: JsonValue): VirtualNetwork {
  const subnets = jsonItems(jsonMember(own, "subnets")).flatMap((subnet): Subnet[] => {
    const inner = jsonMember(subnet, "properties") ?? subnet;
    const subnetName = jsonText(jsonMember(subnet, "name"));
    const single = jsonMember(inner, "addressPrefix");
    const prefixes = [...jsonItems(jsonMember(inner, "addressPrefixes")), ...(single ? [single] : [])].flatMap(
      prefixOf,
    );
    const group = referred(jsonMember(inner, "networkSecurityGroup"));
    return subnetName === undefined ? [] : [{ name: subnetName, prefixes: [...new Set(prefixes)], group }];
  });
  const peerings = jsonItems(jsonMember(own, "virtualNetworkPeerings"));
  return {
    name,
    prefixes: jsonItems(jsonMember(jsonMember(own, "addressSpace"), "addressPrefixes")).flatMap(prefixOf),
    subnets,
    peers: peerings.flatMap(
      (peering) => referred(jsonMember(jsonMember(peering, "properties") ?? peering, "remoteVirtualNetwork")) ?? [],
    ),
  };
}

function addInterface(name: string, own: JsonValue, { interfaces }: Inventory): void {
  const configurations = jsonItems(jsonMember(own, "ipConfigurations")).map(
    (item) => jsonMember(item, "properties") ?? item,
  );
  const place = configurations
    .map((item) => jsonText(jsonMember(jsonMember(item, "subnet"), "id")) ?? "")
    .map((id) => /\/virtualNetworks\/([^/]+)\/subnets\/([^/]+)$/i.exec(id))
    .find((match) => match !== null);
  const addresses = configurations.flatMap((item) => prefixOf(jsonMember(item, "privateIPAddress")));
  if (place === undefined || addresses.length === 0) return;
  const [, network = "", subnet = ""] = place;
  const machine = referred(jsonMember(own, "virtualMachine"));
  interfaces.push({
    name,
    machine,
    addresses,
    network,
    subnet,
    group: referred(jsonMember(own, "networkSecurityGroup")),
  });
}

function prefixOf(value: JsonValue | undefined): string[] {
  const range: AddressRange | undefined = parseAddressRange(jsonText(value) ?? "");
  return range === undefined ? [] : [formatAddressRange(range)];
}

function referred(value: JsonValue | undefined): string | undefined {
  const id = jsonText(jsonMember(value, "id"));
  return id === undefined ? undefined : lastSegment(id);
}
