/** Says a packet set in a few lines, with prefixes, port ranges and names of services, as a person would write it. */
import { type Address, type AddressRange, compareAddresses, formatAddressRange } from "../model/address.js";
import { CONNECTION_STATES } from "../model/matches.js";
import { formatRanges, protocolName } from "../model/service.js";
import { decodeName, prefixInterval } from "./interface-name.js";
import type { WordRange } from "./intervals.js";
import type { PacketSet } from "./packet-set.js";
import { prefixesOf, rangesBetween } from "./prefixes.js";
import { serviceName } from "./service-names.js";
import { type Term, termsOf } from "./terms.js";

const FLAG_NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"];
const LISTED = 4;

/**
 * One line for each group of packets, at most `limit` and then a line saying how many more; no line iff the set is empty.
 * Exact where nothing is left out: the lines are disjoint and together the set. Fewer `boxes` to look at are quicker and may
 * join less.
 */
export function describeSet(set: PacketSet, limit = 8, boxes?: number): string[] {
  const { terms, isComplete } = termsOf(set, boxes);
  const lines = terms.slice(0, limit).map(describeTerm);
  if (terms.length > limit || !isComplete) {
    const left = terms.length - lines.length;
    lines.push(left === 0 ? "and more" : `and ${isComplete ? "" : "at least "}${left} more such groups`);
  }
  return lines;
}

function describeTerm(term: Term): string {
  const head = `${protocols(term)} ${addresses(term.source, term)} -> ${addresses(term.destination, term)}`;
  return [head + ports(term), ...conditions(term)].join(", ");
}

function protocols({ protocols }: Term): string {
  if (protocols.length === 0) return "any protocol";
  const names = protocols.map(({ first, last }) =>
    first === last ? protocolName(first) : `protocols ${first}-${last}`,
  );
  return names.join("/");
}

function addresses(list: readonly AddressRange[], { family }: Term): string {
  const [only] = family;
  if (list.length === 0) return family.length > 1 ? "any" : `any ${only === "ipv4" ? "IPv4" : "IPv6"}`;
  const inside = inPrefixes(list);
  const outside = inPrefixes(rangesBetween(list, only));
  const around: AddressRange = { family: only, first: list[0].first, last: list[list.length - 1].last };
  const gaps = inPrefixes(rangesBetween(list, only).filter((gap) => isWithin(gap, around)));
  const isOneBlock = prefixesOf(around)?.length === 1;
  if (isOneBlock && gaps.length + 1 < Math.min(inside.length, outside.length)) {
    return `${formatAddressRange(around)} but ${listed(gaps)}`;
  }
  return outside.length < inside.length ? `any but ${listed(outside)}` : listed(inside);
}

function inPrefixes(ranges: readonly AddressRange[]): AddressRange[] {
  return ranges.flatMap((range) => prefixesOf(range) ?? [range]);
}

function isWithin(inner: AddressRange, outer: AddressRange): boolean {
  return compareAddresses(outer.first, inner.first) <= 0 && compareAddresses(inner.last, outer.last) <= 0;
}

function listed(ranges: readonly AddressRange[]): string {
  const shown = ranges.slice(0, LISTED).map(formatAddressRange).join(",");
  return ranges.length > LISTED ? `${shown} (and ${ranges.length - LISTED} more)` : shown;
}

function ports({ destinationPorts, sourcePorts, icmpTypes, icmpCodes }: Term): string {
  const [port] = destinationPorts;
  const name = destinationPorts.length === 1 && port.first === port.last ? serviceName(port.first) : undefined;
  return [
    destinationPorts.length === 0
      ? ""
      : ` port ${formatRanges(destinationPorts)}${name === undefined ? "" : ` (${name})`}`,
    sourcePorts.length === 0 ? "" : ` from port ${formatRanges(sourcePorts)}`,
    icmpTypes.length === 0 ? "" : ` type ${formatRanges(icmpTypes)}`,
    icmpCodes.length === 0 ? "" : ` code ${formatRanges(icmpCodes)}`,
  ].join("");
}

function conditions(term: Term): string[] {
  const { tcpFlags, states, fragment, ingressInterfaces, egressInterfaces } = term;
  const namesPorts = [term.destinationPorts, term.sourcePorts, term.icmpTypes, term.icmpCodes, tcpFlags].some(
    (list) => list.length > 0,
  );
  return [
    ...(tcpFlags.length === 0 ? [] : [flags(tcpFlags.flat())]),
    ...(states.length === 0
      ? []
      : [`state ${CONNECTION_STATES.filter((state) => states.flat().includes(state)).join("/")}`]),
    ...(fragment.length !== 1 || namesPorts
      ? []
      : [fragment[0] === "later" ? "later fragments" : "not later fragments"]),
    ...(ingressInterfaces.length === 0 ? [] : [`in ${interfaces(ingressInterfaces)}`]),
    ...(egressInterfaces.length === 0 ? [] : [`out ${interfaces(egressInterfaces)}`]),
  ];
}

/** Flag bytes as `set flags of mask` where one mask says it, else how many there are. */
function flags(bytes: readonly number[]): string {
  const mask = 255 & ~bytes.reduce((varying, byte) => varying | (byte ^ bytes[0]), 0);
  const free = FLAG_NAMES.filter((_, bit) => ((mask >> bit) & 1) === 0).length;
  if (bytes.length !== 2 ** free) return `${bytes.length} combinations of flags`;
  return mask === 255 ? `flags ${flagNames(bytes[0])}` : `flags ${flagNames(bytes[0] & mask)} of ${flagNames(mask)}`;
}

function flagNames(byte: number): string {
  const names = FLAG_NAMES.filter((_, bit) => ((byte >> bit) & 1) === 1);
  return names.length === 0 ? "none" : names.join("+");
}

function interfaces(list: readonly WordRange[]): string {
  const gaps = rangesBetween(list.map(asNumbers), "ipv6").filter(({ last }) => !isNameless(last));
  const inside = list.map(names).join("/");
  if (list.every(isName) || !gaps.every(isName)) return inside;
  return gaps.length === 0 ? "any interface" : `any interface but ${gaps.map(names).join("/")}`;
}

/** Numbers of names are as long as addresses of IPv6. */
function asNumbers({ first, last }: WordRange): AddressRange {
  return { family: "ipv6", first, last };
}

function isNameless(number: Address): boolean {
  return number.every((word) => word === 0);
}

/** True iff the range is one name or all that begin alike. */
function isName(range: WordRange): boolean {
  const prefix = prefixIn(range);
  return compareAddresses(range.first, range.last) === 0 || prefix !== undefined;
}

function prefixIn({ first, last }: WordRange): string | undefined {
  const prefix = decodeName(first);
  const [lowest, highest] = prefixInterval(prefix);
  const isAll = compareAddresses(lowest, first) === 0 && compareAddresses(highest, last) === 0;
  return prefix !== "" && isAll ? prefix : undefined;
}

function names(range: WordRange): string {
  if (compareAddresses(range.first, range.last) === 0) return decodeName(range.first) || "no interface";
  const prefix = prefixIn(range);
  return prefix === undefined ? "another interface" : `${prefix}*`;
}
