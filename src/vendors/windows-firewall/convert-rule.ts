/** One firewall rule to aces; what is open in it becomes a bound and a reason. */
import type { Ace, Action } from "../../model/acl.js";
import { type AddressRange, parseAddressRange } from "../../model/address.js";
import type { DefinedSet } from "../../model/device.js";
import type { AnyOf, Endpoint, Matches, Operand } from "../../model/matches.js";
import { type PortRange, protocolNumber, type Service } from "../../model/service.js";
import type { SourceRef } from "../../model/source-ref.js";
import { isAddressKeyword } from "./address-keywords.js";
import { type Listener, listenedServices } from "./listeners.js";
import type { WindowsRule } from "./types.js";
import { wordOf } from "./vocabulary.js";

/** What converting a rule may draw on. */
export interface RuleContext {
  readonly file: string;
  readonly definedSets: ReadonlyMap<string, readonly AddressRange[]>;
  readonly listeners: readonly Listener[];
  /** Ports that RPC servers take. */
  readonly rpcPorts: PortRange;
  /** Sets the rules refer to, filled while converting. */
  readonly sets: Map<string, DefinedSet>;
}

export interface ConvertedRule {
  readonly aces: readonly Ace[];
  readonly doubts: readonly string[];
}

const PROTOCOL_WORDS = new Map<string, number>(
  Object.entries({
    icmpv4: 1,
    icmpv6: 58,
    hopopt: 0,
    ipv6: 41,
    "ipv6-route": 43,
    "ipv6-frag": 44,
    "ipv6-nonxt": 59,
    "ipv6-opts": 60,
    vrrp: 112,
    pgm: 113,
    l2tp: 115,
  }),
);

/** `rule` has a direction; `conditions`: those of the whole direction. An inbound rule for a program that is known to listen is split in two. */
export function convertRule(rule: WindowsRule, context: RuleContext, conditions: readonly string[]): ConvertedRule {
  return new RuleConverter(rule, context, conditions).convert();
}

class RuleConverter {
  private readonly doubts: string[] = [];
  private readonly at: SourceRef;

  constructor(
    private readonly rule: WindowsRule,
    private readonly context: RuleContext,
    private readonly conditions: readonly string[],
  ) {
    this.at = { file: context.file, line: rule.line, structure: `rule ${rule.name}` };
  }

  convert(): ConvertedRule {
    const { rule } = this;
    const isOutbound = rule.direction === "out";
    const local = this.addresses(rule.localAddresses);
    const remote = this.addresses(rule.remoteAddresses);
    const service = this.service();
    const unmodeled = [...this.conditions, ...rule.conditions, ...this.openConditions()];
    const general: Matches = {
      ...withConditions("source", isOutbound ? local : remote),
      ...withConditions("destination", isOutbound ? remote : local),
      ...withConditions("service", service),
      unmodeled,
    };
    const aces = this.withProgram(general).map((matches) => this.ace(matches));
    return { aces, doubts: [...unmodeled, ...this.doubts] };
  }

  private ace(matches: Matches): Ace {
    const { name, isEnabled, action } = this.rule;
    return { name, enabled: isEnabled !== false, matches, action: convertAction(action), at: this.at };
  }

  private openConditions(): string[] {
    const { isEnabled, action, profiles } = this.rule;
    const open = [];
    if (isEnabled === undefined) open.push("it is not known whether it is enabled");
    if (action === undefined) open.push("its action is not known");
    if (action === "bypass") open.push("it holds only for authenticated peers");
    if (profiles === undefined) open.push("its profiles are not known");
    return open;
  }

  /**
   * For each program-limited rule: the part that listeners make certain, and the rest under the condition, without the
   * ports on which only other programs listen.
   */
  private withProgram(general: Matches): Matches[] {
    const { program, service, direction } = this.rule;
    if (program === undefined && service === undefined) return [general];
    const condition = `${[program && `program ${program}`, service && `service ${service}`].filter(Boolean).join(", ")}`;
    this.doubts.push(condition);
    const listeners = direction === "in" ? this.context.listeners : [];
    const { own, foreign } = listenedServices(listeners, program, service);
    const unmodeled = [...general.unmodeled, condition];
    const conditional = { ...narrowed(general, foreign, true), unmodeled };
    return own.length === 0 ? [conditional] : [narrowed(general, own, false), conditional];
  }

  private addresses(texts: readonly string[]): AnyOf<Endpoint>[] {
    return texts.length === 0 ? [] : [anyOf(texts.map((text) => this.address(text)))];
  }

  private address(text: string): Operand<Endpoint> {
    const range = parseAddressRange(text);
    if (range !== undefined) return { literal: range };
    if (isAddressKeyword(text)) return this.keyword(text);
    this.doubts.push(`\`${text}\` is no address, range or keyword`);
    return { unresolved: text };
  }

  private keyword(text: string): Operand<Endpoint> {
    const key = text.toLowerCase();
    const stated = this.context.definedSets.get(key) ?? this.ofFamily(key);
    if (stated === undefined) this.doubts.push(`what \`${text}\` stands for is not known`);
    const members: Operand<Endpoint>[] = stated?.map((literal) => ({ literal })) ?? [{ unresolved: text }];
    if (!this.context.sets.has(text)) this.context.sets.set(text, { kind: "prefix", name: text, at: this.at, members });
    return { setRef: text };
  }

  /** LocalSubnet4 and LocalSubnet6 are the families of LocalSubnet. */
  private ofFamily(key: string): AddressRange[] | undefined {
    const family = key === "localsubnet4" ? "ipv4" : key === "localsubnet6" ? "ipv6" : undefined;
    return family && this.context.definedSets.get("localsubnet")?.filter((range) => range.family === family);
  }

  private service(): AnyOf<Service>[] {
    const { protocol: word, icmp, localPorts, remotePorts, direction } = this.rule;
    if (word === "any" || word === "256") return this.withoutProtocol();
    const protocol = PROTOCOL_WORDS.get(word.toLowerCase()) ?? protocolNumber(word);
    if (protocol === undefined) {
      this.doubts.push(`the protocol \`${word}\` is not known`);
      return [anyOf([{ unresolved: word }])];
    }
    if (icmp.length > 0) return [anyOf(icmp.map((text) => this.icmp(protocol, text)))];
    const local = this.ports(localPorts);
    const remote = this.ports(remotePorts);
    const isOutbound = direction === "out";
    const sides = [
      sideService(protocol, "sourcePorts", isOutbound ? local : remote),
      sideService(protocol, "destinationPorts", isOutbound ? remote : local),
    ].filter((side) => side !== undefined);
    const isOpen = sides.some(({ operands }) => operands.some((operand) => !("literal" in operand)));
    return sides.length === 0 || isOpen ? [anyOf([{ literal: { protocol } }]), ...sides] : sides;
  }

  /** Ports and types are those of a protocol; no page says what a rule does with them that names none. */
  private withoutProtocol(): AnyOf<Service>[] {
    const { icmp, localPorts, remotePorts } = this.rule;
    const given = [...localPorts, ...remotePorts, ...icmp].join(", ");
    if (given === "") return [];
    this.doubts.push(`what \`${given}\` stands for without a protocol is not known`);
    return [anyOf([{ unresolved: given }])];
  }

  private icmp(protocol: number, text: string): Operand<Service> {
    const [type, code = "*"] = text.split(":");
    const hasEveryCode = code === "*" || wordOf(code) === "any";
    const numbers = [type, ...(hasEveryCode ? [] : [code])].map((part) =>
      /^\d{1,3}$/.test(part ?? "") ? Number(part) : 256,
    );
    if (numbers.some((number) => number > 255)) {
      this.doubts.push(`\`${text}\` is no ICMP type`);
      return { unresolved: text };
    }
    const [icmpTypes, icmpCodes] = numbers.map((number) => [point(number)]);
    return { literal: { protocol, ...(icmpTypes && { icmpTypes }), ...(icmpCodes && { icmpCodes }) } };
  }

  /** Undefined: every port. */
  private ports(texts: readonly string[]): Operand<PortRange>[] | undefined {
    return texts.length === 0 ? undefined : texts.map((text) => this.port(text));
  }

  private port(text: string): Operand<PortRange> {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match !== null && first <= last && last <= 65535) return { literal: { first, last } };
    const key = text.toLowerCase().replaceAll("-", "");
    if (key === "rpcepmap") return { literal: point(135) };
    // [MS-FASP] 2.2.14: the ports RPC servers have at the moment. An allow rule is read as the whole dynamic range; of a
    // block rule that would claim more than it blocks.
    if (key === "rpc" && this.rule.action === "allow") return { literal: this.context.rpcPorts };
    this.doubts.push(`what ports \`${text}\` stands for is not known`);
    return { unresolved: text };
  }
}

function convertAction(action: WindowsRule["action"]): Action {
  if (action === undefined) return { kind: "unknown", text: "action" };
  return { kind: action === "block" ? "drop" : "accept" };
}

function sideService(
  protocol: number,
  side: "sourcePorts" | "destinationPorts",
  ports: readonly Operand<PortRange>[] | undefined,
): AnyOf<Service> | undefined {
  if (ports === undefined) return undefined;
  const ranges = ports.flatMap((port) => ("literal" in port ? [port.literal] : []));
  const open = ports.flatMap((port) => ("literal" in port ? [] : [port]));
  return anyOf([...(ranges.length > 0 ? [{ literal: { protocol, [side]: ranges } }] : []), ...open]);
}

/** The matches further limited to some services, or (negated) to all but these. */
function narrowed(general: Matches, services: readonly Service[], negated: boolean): Matches {
  if (services.length === 0) return general;
  const condition = { operands: services.map((literal) => ({ literal })), negated };
  return { ...general, service: [...(general.service ?? []), condition] };
}

function anyOf<T>(operands: readonly Operand<T>[]): AnyOf<T> {
  return { operands, negated: false };
}

function point(value: number): PortRange {
  return { first: value, last: value };
}

function withConditions<K extends string, T>(
  key: K,
  conditions: readonly AnyOf<T>[],
): { [P in K]?: readonly AnyOf<T>[] } {
  return conditions.length === 0 ? {} : ({ [key]: conditions } as { [P in K]: readonly AnyOf<T>[] });
}
