/** The parts of a rule to the conditions of an ace; what is open in them becomes a bound and a reason. */
import { parseAddressRange } from "../../model/address.js";
import type { AnyOf, Endpoint, Operand } from "../../model/matches.js";
import { complementRanges, type PortRange, PROTOCOL_NUMBERS, type Service } from "../../model/service.js";
import type { SourceRef } from "../../model/source-ref.js";
import type { NameBook } from "../azure/name-book.js";
import { isWildcard, readPorts } from "../azure/ports.js";
import type { ApplicationProtocol, RuleSide } from "./types.js";

/** All of the conditions have to hold; no doubts: they match exactly what the rule's words say. */
export interface Condition<T> {
  readonly conditions: readonly AnyOf<T>[];
  readonly doubts: readonly string[];
}

const ANYTHING: Condition<never> = { conditions: [], doubts: [] };
const { tcp, udp, icmp } = PROTOCOL_NUMBERS;
const HOST_NAME = /^[\w-]+(?:\.[\w-]+)*\.?$/;

/** Addresses, tags, IP groups and names the firewall resolves: any of them. */
export function addressCondition(
  side: RuleSide,
  fqdns: readonly string[],
  names: NameBook,
  at: SourceRef,
): Condition<Endpoint> {
  if (side.addresses.some(isWildcard)) return ANYTHING;
  const doubts: string[] = [];
  const operands = [
    ...side.addresses.map((text) => addressOperand(text, names, at, doubts)),
    ...side.ipGroups.map((group) => {
      const { operand, isExact } = names.ipGroup(group, at);
      if (!isExact) doubts.push(`what IP group \`${group}\` holds is not all known`);
      return operand;
    }),
    ...fqdns.map((fqdn): Operand<Endpoint> => {
      if (HOST_NAME.test(fqdn)) return { literal: { fqdn } };
      doubts.push(`\`${fqdn}\` is no host name`);
      return { unresolved: fqdn };
    }),
  ];
  if (operands.length > 0) return { conditions: [{ operands, negated: false }], doubts };
  return open("no address is given");
}

function addressOperand(text: string, names: NameBook, at: SourceRef, doubts: string[]): Operand<Endpoint> {
  const range = parseAddressRange(text);
  if (range !== undefined) return { literal: range };
  if (/^[A-Za-z][\w.]*$/.test(text)) {
    const { operand, isExact } = names.tag(text, at);
    if (!isExact) doubts.push(`what \`${text}\` stands for is not known`);
    return operand;
  }
  doubts.push(`\`${text}\` is no address, range or tag`);
  return { unresolved: text };
}

/** The names an application rule is about; `unknown` are tags, categories and URLs. */
export function targetCondition(fqdns: readonly string[], unknown: readonly string[]): Condition<Endpoint> {
  const operands: Operand<Endpoint>[] = [
    ...fqdns.map((requested) => ({ literal: { requested } })),
    ...unknown.map((text) => ({ unresolved: text })),
  ];
  if (operands.length === 0) return open("no target is given");
  const doubts = unknown.map((text) => `which names \`${text}\` stands for is not known`);
  return { conditions: [{ operands, negated: false }], doubts };
}

/** Ports of HTTP, HTTPS and SQL Server, which are all that application rules look into. */
export function applicationCondition(applications: readonly ApplicationProtocol[]): Condition<Service> {
  const isKnown = ({ type, port }: ApplicationProtocol): boolean =>
    /^(?:https?|mssql)$/i.test(type) && readPorts([port]).ranges?.length === 1;
  const services = applications.filter(isKnown).map(({ port }) => tcpOn(readPorts([port]).ranges));
  const unknown = applications.filter((application) => !isKnown(application));
  if (applications.length === 0) return open("no protocol is given");
  const doubts = unknown.map(({ type, port }) => `\`${type}:${port}\` is no protocol of an application rule`);
  return { conditions: [anyOf(services, doubts)], doubts };
}

/** Protocols by Azure's names, each with the ports it can carry. */
export function networkCondition(protocols: readonly string[], portTexts: readonly string[]): Condition<Service> {
  const { ranges, unreadable } = readPorts(portTexts);
  const words = protocols.map((word) => word.toLowerCase());
  const odd = words.filter((word) => !["tcp", "udp", "icmp", "any"].includes(word));
  const doubts = [
    ...unreadable.map((text) => `\`${text}\` is no port or range`),
    ...odd.map((word) => `\`${word}\` is no protocol of a network rule`),
  ];
  if (words.length === 0) return open("no protocol is given");
  if (doubts.length > 0) return { conditions: [anyOf([], doubts)], doubts };
  return { conditions: words.includes("any") ? anyProtocol(ranges) : namedProtocols(words, ranges), doubts };
}

// The page on rules gives "any" as TCP, UDP and ICMP; whether other protocols pass too, it does not say.
function anyProtocol(ranges: readonly PortRange[] | undefined): AnyOf<Service>[] {
  if (ranges === undefined) return [anyOf([{ protocol: tcp }, { protocol: udp }, { protocol: icmp }], [OTHERS])];
  const elsewhere = complementRanges(ranges, 65535);
  const others = [tcp, udp].map((protocol) => ({ protocol, destinationPorts: elsewhere }));
  return [
    anyOf(
      [tcp, udp].map((protocol) => on(protocol, ranges)),
      [OTHERS],
    ),
    { ...anyOf(others), negated: true },
  ];
}

const OTHERS = "protocols other than TCP and UDP under `Any`";

function namedProtocols(words: readonly string[], ranges: readonly PortRange[] | undefined): AnyOf<Service>[] {
  const numbers = words.map((word) => (word === "tcp" ? tcp : word === "udp" ? udp : icmp));
  const services = numbers.map((protocol) => (protocol === icmp ? { protocol } : on(protocol, ranges)));
  if (ranges === undefined || !numbers.includes(icmp)) return [anyOf(services)];
  const withPorts = services.filter(({ protocol }) => protocol !== icmp);
  return [anyOf(services), anyOf(withPorts, ["ICMP in a rule that names ports"])];
}

function tcpOn(ranges: readonly PortRange[] | undefined): Service {
  return on(tcp, ranges);
}

function on(protocol: number, ranges: readonly PortRange[] | undefined): Service {
  return { protocol, ...(ranges && { destinationPorts: ranges }) };
}

function anyOf(services: readonly Service[], unresolved: readonly string[] = []): AnyOf<Service> {
  return {
    operands: [...services.map((literal) => ({ literal })), ...unresolved.map((text) => ({ unresolved: text }))],
    negated: false,
  };
}

function open(reason: string): Condition<never> {
  return { conditions: [{ operands: [{ unresolved: reason }], negated: false }], doubts: [reason] };
}
