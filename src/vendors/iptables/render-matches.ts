/** Writes the matches of an ace as the options of rules that together match the same packets. */
import {
  type AddressRange,
  ALL_ADDRESSES,
  type Family,
  formatAddress,
  formatAddressRange,
} from "../../model/address.js";
import type { DefinedSet } from "../../model/device.js";
import {
  type AnyOf,
  type Endpoint,
  type InterfacePattern,
  isNamedEndpoint,
  type Matches,
  type Operand,
} from "../../model/matches.js";
import {
  complementRanges,
  hasPorts,
  type PortRange,
  protocolName,
  type Service,
  type TcpFlagsMatch,
} from "../../model/service.js";
import { LimitReached } from "./limits.js";

/** Options that have to hold together. */
type Options = readonly string[];

/** Conditions of which one has to hold; none: nothing matches. */
type Alternatives = readonly Options[];

const MOST_RULES = 4096;
const MOST_PORTS = 15;
const ICMP: Readonly<Record<number, string>> = { 1: "-m icmp --icmp-type", 58: "-m icmp6 --icmpv6-type" };
const FLAG_NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];

/** The option texts of the rules that match what the ace matches in one family; throws `LimitReached`. */
export function ruleTexts(matches: Matches, family: Family, sets: readonly DefinedSet[]): string[] {
  if (matches.family !== undefined && matches.family !== family) return [];
  if (matches.unmodeled.length > 0 || matches.tags !== undefined) throw new LimitReached("condition");
  if (matches.fragment !== undefined) throw new LimitReached("fragment");
  if (matches.tuples !== undefined) throw new LimitReached("tuple");
  const parts: Alternatives[] = [
    addresses("-s", "--src-range", matches.source ?? [], family, sets),
    addresses("-d", "--dst-range", matches.destination ?? [], family, sets),
    interfaces("-i", matches.ingressInterface ?? []),
    interfaces("-o", matches.egressInterface ?? []),
    services(matches.service ?? [], sets),
    states(matches),
  ];
  return combine(parts).map((options) => options.join(" "));
}

function combine(parts: readonly Alternatives[]): Options[] {
  return parts.reduce<Options[]>(
    (rules, part) => {
      if (rules.length * part.length > MOST_RULES) throw new LimitReached("size");
      return rules.flatMap((rule) => part.map((options) => [...rule, ...options]));
    },
    [[]],
  );
}

function states({ states: list }: Matches): Alternatives {
  if (list === undefined) return [[]];
  return list.length === 0 ? [] : [[`-m conntrack --ctstate ${list.join(",").toUpperCase()}`]];
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

function addresses(
  option: "-s" | "-d",
  range: string,
  lists: readonly AnyOf<Endpoint>[],
  family: Family,
  sets: readonly DefinedSet[],
): Alternatives {
  const written = lists.map(({ operands, negated }) => ({ negated, endpoints: literals(operands, "prefix", sets) }));
  const [first] = written.filter(({ negated }) => !negated);
  const parts = written.map(({ negated, endpoints }, index): Alternatives => {
    const own = endpoints.filter((endpoint) => isNamedEndpoint(endpoint) || endpoint.family === family);
    if (negated) return [own.map((endpoint) => `-m iprange ! ${range} ${rangeText(endpoint)}`)];
    const isFirst = written[index] === first;
    return own.map((endpoint) =>
      isFirst ? addressOption(option, range, endpoint) : [`-m iprange ${range} ${rangeText(endpoint)}`],
    );
  });
  return combine(parts);
}

function addressOption(option: string, range: string, endpoint: Endpoint): Options {
  if ("mask" in endpoint) return [`${option} ${formatAddress(endpoint.value)}/${formatAddress(endpoint.mask)}`];
  if (isNamedEndpoint(endpoint)) throw new LimitReached("endpoint");
  const text = formatAddressRange(endpoint);
  if (text === formatAddressRange(ALL_ADDRESSES[endpoint.family])) return [];
  return [text.includes("-") ? `-m iprange ${range} ${text}` : `${option} ${text}`];
}

function rangeText(endpoint: Endpoint): string {
  if (!("first" in endpoint)) throw new LimitReached("endpoint");
  const { first, last }: AddressRange = endpoint;
  return `${formatAddress(first)}-${formatAddress(last)}`;
}

function interfaces(option: "-i" | "-o", lists: readonly AnyOf<InterfacePattern>[]): Alternatives {
  if (lists.length === 0) return [[]];
  const [{ operands, negated }] = lists as [AnyOf<InterfacePattern>];
  if (lists.length > 1 || (negated && operands.length > 1)) throw new LimitReached("conjunction");
  const texts = literals(operands, "prefix", []).map(
    (pattern) => `${negated ? "! " : ""}${option} ${patternText(pattern)}`,
  );
  return negated && texts.length === 0 ? [[]] : texts.map((text) => [text]);
}

function patternText(pattern: InterfacePattern): string {
  const text = "name" in pattern ? pattern.name : `${pattern.prefix}+`;
  const isName = /^[^\s"'\\/!]{1,15}$/.test(text) && ("prefix" in pattern || !text.endsWith("+"));
  if (!isName) throw new LimitReached("interface");
  return text;
}

function services(lists: readonly AnyOf<Service>[], sets: readonly DefinedSet[]): Alternatives {
  const written = lists.map(({ operands, negated }) => ({ negated, services: literals(operands, "service", sets) }));
  const positive = written.filter(({ negated }) => !negated);
  const excluded = written.filter(({ negated }) => negated).flatMap((list) => list.services);
  if (positive.length > 1) throw new LimitReached("conjunction");
  const [base] = positive;
  if (base !== undefined) return base.services.flatMap((service) => withoutExcluded(service, excluded));
  if (excluded.length > 1) throw new LimitReached("conjunction");
  return [excluded.map((service) => `! ${protocolOption(service, true)}`)];
}

function protocolOption(service: Service, isWhole: boolean): string {
  const { protocol } = service;
  if (isWhole && Object.keys(service).length > 1) throw new LimitReached("negation");
  const name = protocolName(protocol);
  return `-p ${name.includes(" ") ? protocol : name}`;
}

/** A service less others; only those of its protocol take anything from it. */
function withoutExcluded(service: Service, excluded: readonly Service[]): Alternatives {
  const same = excluded.filter(({ protocol }) => protocol === service.protocol);
  if (same.some((each) => Object.keys(each).length === 1)) return [];
  const negations = same.map((each) => {
    const [field, ...otherFields] = serviceFields(each);
    const [options, ...otherOptions] = field ?? [];
    if (options === undefined || otherFields.length + otherOptions.length > 0) throw new LimitReached("negation");
    return options.map((option) => option.replace(/ (?=--)/, " ! ")).join(" ");
  });
  return combine([[[protocolOption(service, false)]], ...serviceFields(service), [negations]]);
}

/** One part for each field the service asks for. */
function serviceFields({
  protocol,
  sourcePorts,
  destinationPorts,
  icmpTypes,
  icmpCodes,
  tcpFlags,
}: Service): Alternatives[] {
  return [
    ...(sourcePorts === undefined ? [] : [ports(protocol, "sport", sourcePorts)]),
    ...(destinationPorts === undefined ? [] : [ports(protocol, "dport", destinationPorts)]),
    ...(icmpTypes === undefined && icmpCodes === undefined ? [] : [icmp(protocol, icmpTypes, icmpCodes)]),
    ...(tcpFlags === undefined ? [] : [flags(protocol, tcpFlags)]),
  ];
}

function ports(protocol: number, option: "sport" | "dport", ranges: readonly PortRange[]): Alternatives {
  if (!hasPorts(protocol)) return [];
  const [only] = ranges;
  if (ranges.length === 1 && only !== undefined && protocol !== UDPLITE) {
    return [[`-m ${protocolName(protocol)} --${option} ${portText(only)}`]];
  }
  const chunks: string[][] = [[]];
  let used = 0;
  for (const range of ranges) {
    const weight = range.first === range.last ? 1 : 2;
    if (used + weight > MOST_PORTS) {
      chunks.push([]);
      used = 0;
    }
    chunks.at(-1)?.push(portText(range));
    used += weight;
  }
  return chunks.filter((chunk) => chunk.length > 0).map((chunk) => [`-m multiport --${option}s ${chunk.join(",")}`]);
}

const UDPLITE = 136;

function portText({ first, last }: PortRange): string {
  return first === last ? `${first}` : `${first}:${last}`;
}

function icmp(protocol: number, types: readonly PortRange[] = [BYTE], codes?: readonly PortRange[]): Alternatives {
  const option = ICMP[protocol];
  if (option === undefined) return [];
  if (codes === undefined && complementRanges(types, 255).length === 0) return [[]];
  const texts = values(types).flatMap((type) =>
    codes === undefined ? [`${type}`] : values(codes).map((code) => `${type}/${code}`),
  );
  if (texts.length > MOST_RULES) throw new LimitReached("size");
  if (protocol === 1 && texts.some((text) => /^255\b/.test(text))) throw new LimitReached("icmp");
  return texts.map((text) => [`${option} ${text}`]);
}

const BYTE: PortRange = { first: 0, last: 255 };

function values(ranges: readonly PortRange[]): number[] {
  return ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
}

function flags(protocol: number, { mask, value }: TcpFlagsMatch): Alternatives {
  if (protocol !== TCP) return [];
  if (mask > 63) throw new LimitReached("flags");
  const names = (bits: number): string => FLAG_NAMES.filter((_, i) => (bits >> i) & 1).join(",") || "NONE";
  return (value & ~mask) !== 0 ? [] : [[`-m tcp --tcp-flags ${names(mask)} ${names(value)}`]];
}

const TCP = 6;
