/** Turns the elements of a kernel set into combinations of packet fields, for one use of the set in a rule. */
import { type AddressRange, compareAddresses, parseAddressRange, prefixRange } from "../../model/address.js";
import type { InterfacePattern, Tuple } from "../../model/matches.js";
import { hasPorts, type PortRange, type Service } from "../../model/service.js";
import { icmpMatch } from "../netfilter/icmp-names.js";
import { netfilterProtocol } from "../netfilter/protocol-names.js";
import { netfilterPort } from "../netfilter/service-names.js";
import { entriesOf, type SetEntry } from "./set-exceptions.js";
import type { KernelSet } from "./types.js";

/** Which side of the packet each dimension of a set is compared with. */
export type SetDirections = readonly ("src" | "dst")[];

/** The dimensions of a set's type, e.g. `ip`, `port`, `net`. */
export function dimensionsOf({ type }: KernelSet): readonly string[] {
  return type.slice(type.indexOf(":") + 1).split(",");
}

/** The tuples that are in the set; undefined iff some element, or how elements combine, is beyond the packet fields. */
export function tuplesOf(set: KernelSet, directions: SetDirections): readonly Tuple[] | undefined {
  const dimensions = dimensionsOf(set);
  if (!dimensions.every((dimension) => READERS.has(dimension)) || set.options.includes("bitmask")) return undefined;
  if (set.elements.some(({ options }) => options.includes("wildcard"))) return undefined;
  const netmask = Number(set.options[set.options.indexOf("netmask") + 1]);
  const tuples: Tuple[] = [];
  const entries = entriesOf(set, dimensions);
  if (entries === undefined) return undefined;
  for (const entry of entries) {
    const read = readEntry(entry, { set, dimensions, directions, netmask });
    if (read === undefined) return undefined;
    tuples.push(...read);
  }
  return tuples;
}

interface Reading {
  readonly set: KernelSet;
  readonly dimensions: readonly string[];
  readonly directions: SetDirections;
  /** NaN where the set has none. */
  readonly netmask: number;
}

/** What one dimension of an element asks of the packet. */
type Part =
  | { readonly addresses: AddressRange }
  | { readonly services: readonly Service[] }
  | { readonly name: InterfacePattern };

const READERS: ReadonlyMap<string, (text: string, isSource: boolean, reading: Reading) => Part | undefined> = new Map([
  ["ip", (text: string, _: boolean, reading: Reading) => readAddresses(text, reading)],
  ["net", (text: string, _: boolean, reading: Reading) => readAddresses(text, reading)],
  ["port", (text: string, isSource: boolean, reading: Reading) => readService(text, isSource, reading)],
  ["iface", (text: string) => readInterface(text)],
]);

/** The tuples of one entry; none iff its dimensions contradict each other. */
function readEntry({ texts, network }: SetEntry, reading: Reading): Tuple[] | undefined {
  if (texts.length !== reading.dimensions.length) return undefined;
  let tuples: Tuple[] = [{}];
  for (const [index, dimension] of reading.dimensions.entries()) {
    const isSource = reading.directions[index] === "src";
    const resolved = dimension === "net" && network !== undefined ? { addresses: network } : undefined;
    const part = resolved ?? READERS.get(dimension)?.(texts[index] as string, isSource, reading);
    if (part === undefined) return undefined;
    tuples = tuples.flatMap((tuple) => addPart(tuple, part, isSource));
  }
  return tuples;
}

function addPart(tuple: Tuple, part: Part, isSource: boolean): Tuple[] {
  if ("name" in part) return [{ ...tuple, [isSource ? "ingressInterface" : "egressInterface"]: part.name }];
  if ("services" in part) return part.services.map((service) => ({ ...tuple, service }));
  const side = isSource ? "source" : "destination";
  const other = tuple[side];
  if (other === undefined || !("first" in other)) return [{ ...tuple, [side]: part.addresses }];
  const both = intersection(other, part.addresses);
  return both === undefined ? [] : [{ ...tuple, [side]: both }];
}

function intersection(a: AddressRange, b: AddressRange): AddressRange | undefined {
  const first = compareAddresses(a.first, b.first) >= 0 ? a.first : b.first;
  const last = compareAddresses(a.last, b.last) <= 0 ? a.last : b.last;
  return compareAddresses(first, last) <= 0 ? { family: a.family, first, last } : undefined;
}

function readAddresses(text: string, { netmask }: Reading): Part | undefined {
  const range = parseAddressRange(text);
  if (range === undefined) return undefined;
  if (!Number.isInteger(netmask)) return { addresses: range };
  const [first, last] = [prefixRange(range.first, netmask).first, prefixRange(range.last, netmask).last];
  return { addresses: { family: range.family, first, last } };
}

/** `80` and `80-90` are TCP; `bitmap:port` holds them for TCP and UDP (kernel, ip_set_getport.c). */
function readService(text: string, isSource: boolean, { set }: Reading): Part | undefined {
  const [before = "", after] = text.split(":");
  const ports = (protocol: number): Part | undefined => portService(protocol, after ?? before, isSource);
  if (after !== undefined) {
    const protocol = netfilterProtocol(before);
    return protocol === undefined ? undefined : ports(protocol);
  }
  if (set.type !== "bitmap:port") return ports(TCP);
  const both = [ports(TCP), ports(UDP)].flatMap((part) =>
    part !== undefined && "services" in part ? part.services : [],
  );
  return both.length === 2 ? { services: both } : undefined;
}

const TCP = 6;
const UDP = 17;
const DCCP = 33;

function portService(protocol: number, text: string, isSource: boolean): Part | undefined {
  if (protocol === 1 || protocol === 58) return icmpService(protocol, text);
  const [firstText = "", lastText = firstText] = text.split("-");
  const [first, last] = [netfilterPort(firstText), netfilterPort(lastText)];
  if (first === undefined || last === undefined || first > last) return undefined;
  // the kernel takes the port of a protocol it does not look into for 0, and it does not look into DCCP
  if (!hasPorts(protocol) || protocol === DCCP) return { services: first === 0 ? [{ protocol }] : [] };
  const ranges: PortRange[] = [{ first, last }];
  return { services: [{ protocol, ...(isSource ? { sourcePorts: ranges } : { destinationPorts: ranges }) }] };
}

function icmpService(protocol: number, text: string): Part | undefined {
  const match = icmpMatch(text, protocol === 1 ? 4 : 6);
  if (match === undefined) return undefined;
  const [type, code] = [match.type, match.code ?? 0];
  return {
    services: [{ protocol, icmpTypes: [{ first: type, last: type }], icmpCodes: [{ first: code, last: code }] }],
  };
}

function readInterface(text: string): Part | undefined {
  return text === "" || text.includes(":") ? undefined : { name: { name: text } };
}
