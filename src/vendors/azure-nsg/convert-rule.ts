/** One security rule to an ace; what is open in it becomes a bound and a reason. */
import type { Ace, Action } from "../../model/acl.js";
import { parseAddressRange } from "../../model/address.js";
import type { AnyOf, Endpoint, Matches, Operand } from "../../model/matches.js";
import { type PortRange, protocolNumber, type Service } from "../../model/service.js";
import type { SourceRef } from "../../model/source-ref.js";
import { isInternet, type NameBook } from "../azure/name-book.js";
import { isWildcard, readPorts } from "../azure/ports.js";
import { meaningOf } from "../azure/rule-meaning.js";
import type { RuleSide, SecurityRule } from "./types.js";

/** The ace, and why it may match more or less than the device's rule; no reasons: it matches exactly the same. */
export interface ConvertedRule {
  readonly ace: Ace;
  readonly doubts: readonly string[];
}

interface Condition<T> {
  readonly conditions: readonly AnyOf<T>[];
  readonly doubts: readonly string[];
}

const ANYTHING: Condition<never> = { conditions: [], doubts: [] };

/** `conditions` are those the whole group puts on the rule, e.g. a rival of the same priority. */
export function convertRule(
  rule: SecurityRule,
  names: NameBook,
  file: string,
  conditions: readonly string[],
): ConvertedRule {
  const at: SourceRef = { file, line: rule.line, structure: `rule ${rule.name}` };
  const source = convertAddresses(rule.source, names, at);
  const destination = convertAddresses(rule.destination, names, at);
  const service = convertService(rule);
  const unmodeled = [...conditions, ...ownConditions(rule)];
  const matches: Matches = {
    ...(source.conditions.length > 0 && { source: source.conditions }),
    ...(destination.conditions.length > 0 && { destination: destination.conditions }),
    ...(service.conditions.length > 0 && { service: service.conditions }),
    unmodeled,
  };
  const action = convertAccess(rule.access);
  // Priorities of customers end at 4096 (overview page, "Security rules", 2025-07-15).
  const isDefault = (rule.priority ?? 0) >= 65000;
  const opened = action.kind === "unknown" ? [`access \`${rule.access}\` is neither Allow nor Deny`] : [];
  const about = {
    ...(rule.description !== "" && { remark: rule.description }),
    ...(isDefault && { isImplied: true as const }),
    ...(unmodeled.length + opened.length + service.doubts.length > 0 && { meaning: meaningOf(rule) }),
  };
  return {
    ace: { name: rule.name, enabled: true, matches, action, at, ...about },
    doubts: [...unmodeled, ...opened, ...source.doubts, ...destination.doubts, ...service.doubts],
  };
}

function ownConditions(rule: SecurityRule): string[] {
  const conditions = rule.unknownProperties.map(({ key }) => `property ${key} of rule ${rule.name}`);
  const quoted = (text: string | undefined) => (text === undefined ? "" : ` \`${text}\``);
  if (rule.direction === undefined)
    conditions.push(`the direction${quoted(rule.unread.direction)} of rule ${rule.name} is not known`);
  if (rule.priority === undefined)
    conditions.push(`the priority${quoted(rule.unread.priority)} of rule ${rule.name} is not known`);
  return conditions;
}

function convertAccess(access: string): Action {
  const lower = access.toLowerCase();
  if (lower === "allow") return { kind: "accept" };
  return lower === "deny" ? { kind: "drop" } : { kind: "unknown", text: access };
}

function convertAddresses(side: RuleSide, names: NameBook, at: SourceRef): Condition<Endpoint> {
  const { prefixes, applicationGroups } = side;
  if (prefixes.some(isWildcard)) return ANYTHING;
  if (side.expanded.length > 0 && side.expanded.every((text) => parseAddressRange(text) !== undefined)) {
    // What the platform lists stands for the tags; addresses and groups beside them may not be in it.
    const beside = prefixes.filter((prefix) => parseAddressRange(prefix) !== undefined);
    return convertNames({ ...side, prefixes: [...new Set([...side.expanded, ...beside])] }, names, at);
  }
  if (prefixes.length === 1 && applicationGroups.length === 0 && isInternet(prefixes[0] as string)) {
    const { conditions, isExact } = names.internet(at);
    return { conditions, doubts: isExact ? [] : ["what `Internet` stands for is not known"] };
  }
  return convertNames(side, names, at);
}

function convertNames({ prefixes, applicationGroups }: RuleSide, names: NameBook, at: SourceRef): Condition<Endpoint> {
  const doubts: string[] = [];
  const operands = [
    ...prefixes.map((prefix) => convertPrefix(prefix, names, at, doubts)),
    ...applicationGroups.map((group) => {
      const { operand, isExact } = names.applicationGroup(group, at);
      if (!isExact) doubts.push(`the members of application security group \`${group}\` are not all known`);
      return operand;
    }),
  ];
  if (operands.length === 0) {
    doubts.push("no address is given");
    operands.push({ unresolved: "no address is given" });
  }
  return { conditions: [{ operands, negated: false }], doubts };
}

function convertPrefix(prefix: string, names: NameBook, at: SourceRef, doubts: string[]): Operand<Endpoint> {
  const range = parseAddressRange(prefix);
  if (range !== undefined) return { literal: range };
  if (/^[A-Za-z][\w.]*$/.test(prefix)) {
    const { operand, isExact } = names.tag(prefix, at);
    if (!isExact) doubts.push(`what \`${prefix}\` stands for is not known`);
    return operand;
  }
  doubts.push(`\`${prefix}\` is no address, range or tag`);
  return { unresolved: prefix };
}

/** Protocols by Azure's names, each with the ports it can carry. */
function convertService(rule: SecurityRule): Condition<Service> {
  const source = readPorts(rule.source.ports);
  const destination = readPorts(rule.destination.ports);
  const doubts = [...source.unreadable, ...destination.unreadable].map((text) => `\`${text}\` is no port or range`);
  const namesPorts = source.ranges !== undefined || destination.ranges !== undefined;
  const protocols = protocolsOf(rule.protocol, namesPorts);
  if (protocols === undefined) return { conditions: [anyOf([], rule.protocol)], doubts: ["the protocol is not known"] };
  if (protocols.length === 0) return ANYTHING;
  const portless = protocols.every((protocol) => protocol !== 6 && protocol !== 17);
  if (namesPorts && portless) {
    // The portal refuses ports with these protocols and no page says what the platform makes of them.
    const conditions = [anyOf(protocols.map(bare)), anyOf([], "ports of a protocol that has none")];
    return { conditions, doubts: ["it names ports of a protocol that has none"] };
  }
  const services = protocols.map((protocol) => withPorts(protocol, source.ranges, destination.ranges));
  if (doubts.length === 0) return { conditions: [anyOf(services)], doubts };
  return { conditions: [anyOf(protocols.map(bare)), anyOf(services, doubts[0])], doubts };
}

function anyOf(services: readonly Service[], unresolved?: string): AnyOf<Service> {
  const rest: Operand<Service>[] = unresolved === undefined ? [] : [{ unresolved }];
  return { operands: [...services.map((service) => ({ literal: service })), ...rest], negated: false };
}

function bare(protocol: number): Service {
  return { protocol };
}

function withPorts(
  protocol: number,
  sourcePorts: readonly PortRange[] | undefined,
  destinationPorts: readonly PortRange[] | undefined,
): Service {
  return { protocol, ...(sourcePorts && { sourcePorts }), ...(destinationPorts && { destinationPorts }) };
}

/** Numbers of a protocol word; none: every protocol; undefined: a word nobody knows. */
function protocolsOf(word: string, namesPorts: boolean): number[] | undefined {
  const lower = word.toLowerCase();
  // "Any encompasses TCP, UDP, and ICMP" (overview page); only the first two have the ports a rule may name.
  if (lower === "*" || lower === "any" || lower === "all") return namesPorts ? [6, 17] : [];
  if (lower === "icmp") return [1, 58];
  const number = protocolNumber(lower);
  return number === undefined ? undefined : [number];
}
