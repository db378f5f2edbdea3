/** Finds in a JSON document what names stand for: service tags, virtual network space, application group members. */
import { type AddressRange, parseAddressRange } from "../../model/address.js";
import { type JsonValue, jsonItems, jsonMember, jsonText } from "../../syntax/json.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { lastSegment } from "./resource-path.js";
import type { IpGroup, NameSource, ServiceTag } from "./types.js";

/** Everything a document says about names that rules use. */
export function readNames(document: JsonValue, ledger: LineLedger): Omit<NameSource, "file"> {
  return {
    serviceTags: readServiceTags(document, ledger),
    ipGroups: readIpGroups(document, ledger),
    ...readAddresses(document, ledger),
  };
}

/** The tags of a service-tags file by lower-case name; of any other document, none. */
function readServiceTags(document: JsonValue, ledger: LineLedger): Map<string, ServiceTag> {
  const tags = new Map<string, ServiceTag>();
  if (jsonMember(document, "changeNumber") === undefined) return tags;
  for (const value of jsonItems(jsonMember(document, "values"))) {
    const name = jsonText(jsonMember(value, "name"));
    const list = jsonMember(jsonMember(value, "properties"), "addressPrefixes");
    if (name === undefined || list === undefined) continue;
    const prefixes = jsonItems(list).map((item) => jsonText(item) ?? "");
    tags.set(name.toLowerCase(), { name, prefixes, line: value.line });
    ledger.markRange(list.line, list.endLine, "modelled", `service tag ${name}`);
  }
  return tags;
}

/** The IP groups of a document by lower-case name. */
function readIpGroups(document: JsonValue, ledger: LineLedger): Map<string, IpGroup> {
  const groups = new Map<string, IpGroup>();
  const open: JsonValue[] = [document];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value.kind === "array") open.push(...value.items);
    if (value.kind !== "object") continue;
    open.push(...value.members.map((member) => member.value));
    const list = jsonMember(jsonMember(value, "properties") ?? value, "ipAddresses");
    const name = ipGroupName(value);
    if (name === undefined || list?.kind !== "array") continue;
    const isTwice = groups.has(name.toLowerCase());
    const prefixes = isTwice ? [SEVERAL] : list.items.map((item) => jsonText(item) ?? "");
    groups.set(name.toLowerCase(), { name, prefixes, line: list.line });
    ledger.markRange(list.line, list.endLine, isTwice ? "approximated" : "modelled", `IP group ${name}`);
  }
  return groups;
}

/** No address: two groups share a name, and rules tell them apart by more than that. */
const SEVERAL = "several groups of this name";

function ipGroupName(value: JsonValue): string | undefined {
  const place = jsonText(jsonMember(value, "id")) ?? jsonText(jsonMember(value, "type")) ?? "";
  const name = jsonText(jsonMember(value, "name"));
  return /\/ipGroups(?:\/[^/]+)?$/i.test(place) && name !== undefined ? lastSegment(name) : undefined;
}

/** Address space and group members that the virtual networks and interfaces of a document state. */
interface StatedAddresses {
  readonly networkSpaces: AddressRange[][];
  readonly applicationGroups: Map<string, AddressRange[]>;
}

/** Collects from every virtual network and network interface in the document. */
function readAddresses(document: JsonValue, ledger: LineLedger): StatedAddresses {
  const stated: StatedAddresses = { networkSpaces: [], applicationGroups: new Map() };
  visit(document, stated, ledger);
  return stated;
}

function visit(value: JsonValue, stated: StatedAddresses, ledger: LineLedger): void {
  if (value.kind === "array") for (const item of value.items) visit(item, stated, ledger);
  if (value.kind !== "object") return;
  addSpace(value, stated, ledger);
  addGroupMember(value, stated, ledger);
  for (const { value: inner } of value.members) visit(inner, stated, ledger);
}

/** A network's own prefixes and those of the peers whose traffic it lets in. */
function addSpace(network: JsonValue, stated: StatedAddresses, ledger: LineLedger): void {
  const space = jsonMember(network, "addressSpace");
  if (space === undefined) return;
  const peers = jsonItems(jsonMember(network, "virtualNetworkPeerings")).filter(isOpenPeering);
  const spaces = [
    space,
    ...peers.map((peer) => jsonMember(jsonMember(peer, "properties") ?? peer, "remoteAddressSpace")),
  ];
  const prefixes = spaces.flatMap((given) => jsonItems(jsonMember(given, "addressPrefixes")));
  const ranges = prefixes.flatMap((item) => {
    const range = parseAddressRange(jsonText(item) ?? "");
    if (range !== undefined) ledger.mark(item.line, "modelled", "address space of a virtual network");
    return range === undefined ? [] : [range];
  });
  stated.networkSpaces.push(ranges);
}

// learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering: a peer is part of the VirtualNetwork flow while
// the peering is connected and allows access.
function isOpenPeering(peering: JsonValue): boolean {
  const own = jsonMember(peering, "properties") ?? peering;
  const access = jsonMember(own, "allowVirtualNetworkAccess");
  const state = jsonText(jsonMember(own, "peeringState"))?.toLowerCase();
  return state === "connected" && access?.kind === "scalar" && access.value === true;
}

function addGroupMember(value: JsonValue, stated: StatedAddresses, ledger: LineLedger): void {
  const address = jsonMember(value, "privateIPAddress");
  const range = parseAddressRange(jsonText(address) ?? "");
  if (address === undefined || range === undefined) return;
  for (const group of jsonItems(jsonMember(value, "applicationSecurityGroups"))) {
    const id = jsonText(jsonMember(group, "id")) ?? "";
    const name = id.slice(id.lastIndexOf("/") + 1).toLowerCase();
    stated.applicationGroups.set(name, [...(stated.applicationGroups.get(name) ?? []), range]);
    ledger.mark(address.line, "modelled", `member of application security group ${name}`);
  }
}
