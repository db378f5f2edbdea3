/** Writes the matches of an ace as the match statements of rules that together match the same packets. */
import {
  type AddressRange,
  addressFromValue,
  addressValue,
  compareAddresses,
  type Family,
  formatAddress,
  formatAddressRange,
} from "../../model/address.js";
import type { DefinedSet } from "../../model/device.js";
import type { AnyOf, Endpoint, InterfacePattern, Matches, Operand, Tuple } from "../../model/matches.js";
import { formatRanges, type PortRange, protocolName, type Service } from "../../model/service.js";
import { LimitReached } from "./limits.js";

/** Statements that have to hold together. */
type Conjunction = readonly string[];

/** Conjunctions of which one has to hold; none: nothing matches. */
type Alternatives = readonly Conjunction[];

const MOST_RULES = 4096;

/** The texts of the rules that match what the ace matches, in a table of one family or of both; throws `LimitReached`. */
export function ruleTexts(matches: Matches, sets: readonly DefinedSet[], table?: Family): string[] {
  if (matches.unmodeled.length > 0 || matches.tags !== undefined) throw new LimitReached("condition");
  if (matches.fragment !== undefined) throw new LimitReached("fragment");
  const families = familiesOf(matches).filter((family) => [family, table].includes(undefined) || family === table);
  const conjunctions = families.flatMap((family) => combine(partsOf(matches, family, sets, table)));
  return conjunctions.filter(isConsistent).map((statements) => statements.join(" "));
}

/** False iff the statements ask for two protocols at once, which matches nothing and nft refuses. */
function isConsistent(statements: Conjunction): boolean {
  return new Set(statements.filter((text) => /^meta l4proto \d+$/.test(text))).size < 2;
}

/** The families that need rules of their own; undefined alone: one rule serves both. */
function familiesOf({ family, source, destination, tuples: combined, service = [] }: Matches): (Family | undefined)[] {
  if (family !== undefined) return [family];
  const asksType = ({ operands }: AnyOf<Service>): boolean =>
    operands.some((operand) => !("literal" in operand) || isIcmpType(operand.literal));
  const isSplit = [source, destination, combined].some((list) => list !== undefined) || service.some(asksType);
  return isSplit ? ["ipv4", "ipv6"] : [undefined];
}

function partsOf(
  matches: Matches,
  family: Family | undefined,
  sets: readonly DefinedSet[],
  table: Family | undefined,
): Alternatives[] {
  const { source = [], destination = [], tuples: combined = [], service = [] } = matches;
  const ofFamily =
    family === undefined
      ? []
      : [
          // nft refuses to be asked for what is so anyway
          [table === undefined ? [`meta nfproto ${family}`] : []],
          ...source.map((list) => addresses("saddr", list, family, sets)),
          ...destination.map((list) => addresses("daddr", list, family, sets)),
          ...combined.map((list) => tuples(list, family, sets)),
        ];
  return [
    ...ofFamily,
    ...(matches.ingressInterface ?? []).map((list) => interfaces("iifname", list)),
    ...(matches.egressInterface ?? []).map((list) => interfaces("oifname", list)),
    ...service.map((list) => services(list, family, sets)),
    ...states(matches),
  ];
}

function combine(parts: readonly Alternatives[]): Conjunction[] {
  return parts.reduce<Conjunction[]>(
    (rules, part) => {
      if (rules.length * part.length > MOST_RULES) throw new LimitReached("size");
      return rules.flatMap((rule) => part.map((statements) => [...rule, ...statements]));
    },
    [[]],
  );
}

function states({ states: list }: Matches): Alternatives[] {
  if (list === undefined) return [];
  return [list.length === 0 ? [] : [[`ct state { ${list.join(", ")} }`]]];
}

/** The literals behind the operands of a list, with the sets it names written out. */
function literals<T>(operands: readonly Operand<T>[], kind: DefinedSet["kind"], sets: readonly DefinedSet[]): T[] {
  return operands.flatMap((operand) => {
    if ("literal" in operand) return [operand.literal];
    const set =
      "setRef" in operand ? sets.find((each) => each.kind === kind && each.name === operand.setRef) : undefined;
    // a set of sets is not followed: its members would have to be told apart from loops
    if (set === undefined || set.members.some((member) => !("literal" in member))) throw new LimitReached("endpoint");
    return literals(set.members as readonly Operand<T>[], kind, sets);
  });
}

type AddressField = "saddr" | "daddr";

function addresses(
  field: AddressField,
  list: AnyOf<Endpoint>,
  family: Family,
  sets: readonly DefinedSet[],
): Alternatives {
  const own = literals(list.operands, "prefix", sets).filter(
    (endpoint) => !("family" in endpoint) || endpoint.family === family,
  );
  const name = `${family === "ipv4" ? "ip" : "ip6"} ${field}`;
  const ranges = mergedRanges(own.filter((endpoint) => "first" in endpoint));
  const masked = own
    .filter((endpoint) => !("first" in endpoint))
    .map((endpoint) => maskedText(name, endpoint, list.negated));
  const inRanges = `${name} ${list.negated ? "!= " : ""}{ ${ranges.map(formatAddressRange).join(", ")} }`;
  const texts = [...(ranges.length > 0 ? [inRanges] : []), ...masked];
  return list.negated ? [texts] : texts.map((text) => [text]);
}

function maskedText(name: string, endpoint: Endpoint, isNegated: boolean): string {
  if (!("mask" in endpoint)) throw new LimitReached("endpoint");
  return `${name} & ${formatAddress(endpoint.mask)} ${isNegated ? "!=" : "=="} ${formatAddress(endpoint.value)}`;
}

/** The same addresses in ranges that do not overlap, as sets of nft demand. */
function mergedRanges(ranges: readonly AddressRange[]): AddressRange[] {
  const merged: AddressRange[] = [];
  for (const range of [...ranges].sort((a, b) => compareAddresses(a.first, b.first))) {
    const last = merged.at(-1);
    if (last === undefined || !reaches(last, range)) merged.push(range);
    else if (compareAddresses(last.last, range.last) < 0) merged[merged.length - 1] = { ...last, last: range.last };
  }
  return merged;
}

function reaches(before: AddressRange, after: AddressRange): boolean {
  if (compareAddresses(after.first, before.last) <= 0) return true;
  return compareAddresses(after.first, addressFromValue(addressValue(before.last) + 1n, before.family)) === 0;
}

function tuples(list: AnyOf<Tuple>, family: Family, sets: readonly DefinedSet[]): Alternatives {
  if (list.negated) throw new LimitReached("tuple");
  return literals(list.operands, "tuple", sets).flatMap(({ source, destination, service, ...sides }) =>
    combine([
      ...(source === undefined ? [] : [addresses("saddr", only(source), family, sets)]),
      ...(destination === undefined ? [] : [addresses("daddr", only(destination), family, sets)]),
      ...(service === undefined ? [] : [services(only(service), family, sets)]),
      ...(sides.ingressInterface === undefined ? [] : [interfaces("iifname", only(sides.ingressInterface))]),
      ...(sides.egressInterface === undefined ? [] : [interfaces("oifname", only(sides.egressInterface))]),
    ]),
  );
}

function only<T>(literal: T): AnyOf<T> {
  return { operands: [{ literal }], negated: false };
}

function interfaces(field: "iifname" | "oifname", { operands, negated }: AnyOf<InterfacePattern>): Alternatives {
  const patterns = literals(operands, "prefix", []);
  const isAny = patterns.some((pattern) => "prefix" in pattern && pattern.prefix === "");
  if (isAny || patterns.length === 0) return isAny === negated ? [] : [[]];
  return [[`${field} ${negated ? "!= " : ""}{ ${patterns.map(patternText).join(", ")} }`]];
}

function patternText(pattern: InterfacePattern): string {
  const text = "name" in pattern ? pattern.name : pattern.prefix;
  if (!/^[^\s"\\*]{1,15}$/.test(text)) throw new LimitReached("interface");
  return `"${text}${"prefix" in pattern ? "*" : ""}"`;
}

/** Of a negated list every service has to differ, in its protocol or in one of its fields. */
function services(
  { operands, negated }: AnyOf<Service>,
  family: Family | undefined,
  sets: readonly DefinedSet[],
): Alternatives {
  const possible = literals(operands, "service", sets).filter((service) => canMatch(service, family));
  if (!negated) return possible.map(serviceTexts);
  return combine(
    possible.map((service) => [
      [protocolText(service, "!=")],
      ...fieldTexts(service, true).map((field) => [protocolText(service, "=="), field]),
    ]),
  );
}

/** False for lists without a value, and for ICMP types of the other family, which nft refuses. */
function canMatch(service: Service, family: Family | undefined): boolean {
  const { sourcePorts, destinationPorts, icmpTypes, icmpCodes } = service;
  if ([sourcePorts, destinationPorts, icmpTypes, icmpCodes].some((ranges) => ranges?.length === 0)) return false;
  return !isIcmpType(service) || (service.protocol === 1) === (family === "ipv4");
}

function isIcmpType({ icmpTypes, icmpCodes }: Service): boolean {
  return icmpTypes !== undefined || icmpCodes !== undefined;
}

function serviceTexts(service: Service): string[] {
  return [protocolText(service, "=="), ...fieldTexts(service, false)];
}

function protocolText({ protocol }: Service, operator: "==" | "!="): string {
  return `meta l4proto ${operator === "!=" ? "!= " : ""}${protocol}`;
}

const ICMP: Readonly<Record<number, string>> = { 1: "icmp", 58: "icmpv6" };

/** One text for each field of the service besides its protocol. */
function fieldTexts(
  { protocol, sourcePorts, destinationPorts, icmpTypes, icmpCodes, tcpFlags }: Service,
  isNegated: boolean,
): string[] {
  const operator = isNegated ? "!= " : "";
  const field = (header: string, name: string, ranges: readonly PortRange[] | undefined): string[] =>
    ranges === undefined
      ? []
      : [`${header} ${name} ${operator}{ ${formatRanges(mergedPorts(ranges)).replaceAll(",", ", ")} }`];
  const flags = tcpFlags && `tcp flags & ${tcpFlags.mask} ${isNegated ? "!=" : "=="} ${tcpFlags.value}`;
  return [
    ...field("th", "sport", sourcePorts),
    ...field("th", "dport", destinationPorts),
    ...field(ICMP[protocol] ?? protocolName(protocol), "type", icmpTypes),
    ...field(ICMP[protocol] ?? protocolName(protocol), "code", icmpCodes),
    ...(flags === undefined ? [] : [flags]),
  ];
}

function mergedPorts(ranges: readonly PortRange[]): PortRange[] {
  const merged: PortRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const last = merged.at(-1);
    if (last === undefined || range.first > last.last + 1) merged.push(range);
    else merged[merged.length - 1] = { first: last.first, last: Math.max(last.last, range.last) };
  }
  return merged;
}
