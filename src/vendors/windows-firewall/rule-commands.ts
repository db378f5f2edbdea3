/** One ace to the rules that together say the same, and a rule to the command that makes it. */
import type { Ace } from "../../model/acl.js";
import { type AddressRange, formatAddress, formatAddressRange } from "../../model/address.js";
import type { DefinedSet } from "../../model/device.js";
import { type AnyOf, asksBeyondFlows, type Endpoint, type Matches, type Operand } from "../../model/matches.js";
import { formatRanges, type PortRange, type Service } from "../../model/service.js";
import type { Limit } from "./limits.js";

type Side = "Inbound" | "Outbound";

/** One rule in the firewall's words; a list that is absent holds every value, and none is empty. */
export interface WrittenRule {
  /** Without a character that could end the text or the line it stands in, as is the description. */
  readonly name: string;
  readonly side: Side;
  readonly action: "Allow" | "Block";
  readonly protocol?: string;
  readonly localPorts?: readonly string[];
  readonly remotePorts?: readonly string[];
  /** `type` or `type:code`. */
  readonly icmpTypes?: readonly string[];
  readonly localAddresses?: readonly string[];
  readonly remoteAddresses?: readonly string[];
  readonly description?: string;
}

/** No rules and no refusals: the ace matches nothing. */
export function writtenRules(
  ace: Ace,
  side: Side,
  sets: readonly DefinedSet[],
): { readonly rules: readonly WrittenRule[]; readonly refusals: readonly Limit[] } {
  const writer = new RuleWriter(ace, side, sets);
  const rules = writer.rules();
  return { rules: writer.refusals.size > 0 ? [] : rules, refusals: [...writer.refusals] };
}

/** The command that makes the rule. */
export function commandOf(rule: WrittenRule): string {
  return [
    `New-NetFirewallRule -DisplayName ${quoted(rule.name)} -Direction ${rule.side} -Action ${rule.action}`,
    ...(rule.protocol === undefined ? [] : [`-Protocol ${rule.protocol}`]),
    ...parameter("LocalPort", rule.localPorts),
    ...parameter("RemotePort", rule.remotePorts),
    ...parameter("IcmpType", rule.icmpTypes),
    ...parameter("LocalAddress", rule.localAddresses),
    ...parameter("RemoteAddress", rule.remoteAddresses),
    ...(rule.description === undefined ? [] : [`-Description ${quoted(rule.description)}`]),
  ].join(" ");
}

const PROTOCOL_WORDS = new Map([
  [1, "ICMPv4"],
  [6, "TCP"],
  [17, "UDP"],
  [58, "ICMPv6"],
]);

/** Address words of this firewall that no other one uses for something else. */
const OWN_WORDS = new Set(["localsubnet", "localsubnet4", "localsubnet6", "dns", "dhcp", "wins", "defaultgateway"]);

class RuleWriter {
  readonly refusals = new Set<Limit>();

  constructor(
    private readonly ace: Ace,
    private readonly side: Side,
    private readonly sets: readonly DefinedSet[],
  ) {}

  rules(): WrittenRule[] {
    const { matches, action, name, remark } = this.ace;
    this.refuseFields(matches);
    if (!["accept", "drop", "reject"].includes(action.kind)) this.refusals.add("action");
    const localAddresses = this.addresses(this.isInbound ? matches.destination : matches.source);
    const remoteAddresses = this.addresses(this.isInbound ? matches.source : matches.destination);
    if (localAddresses?.length === 0 || remoteAddresses?.length === 0) return [];
    return this.services(matches.service).map((service) => ({
      name: plain(name),
      side: this.side,
      action: action.kind === "accept" ? "Allow" : "Block",
      ...service,
      ...(localAddresses && { localAddresses }),
      ...(remoteAddresses && { remoteAddresses }),
      ...(remark !== undefined && { description: plain(remark) }),
    }));
  }

  private get isInbound(): boolean {
    return this.side === "Inbound";
  }

  private refuseFields(matches: Matches): void {
    if (matches.unmodeled.length > 0) this.refusals.add("condition");
    if (asksBeyondFlows(matches)) this.refusals.add("field");
    if (matches.family !== undefined && !namesOnly(matches)) this.refusals.add("family");
  }

  /** The one list of a field; undefined: the field matches everything. */
  private only<T>(conditions: readonly AnyOf<T>[] | undefined): readonly Operand<T>[] | undefined {
    if (conditions === undefined || conditions.length === 0) return undefined;
    if (conditions.length > 1) this.refusals.add("conjunction");
    if (conditions.some(({ negated }) => negated)) this.refusals.add("negation");
    return conditions[0]?.operands;
  }

  private refused(limit: Limit): [] {
    this.refusals.add(limit);
    return [];
  }

  private addresses(conditions: readonly AnyOf<Endpoint>[] | undefined): string[] | undefined {
    return this.only(conditions)?.flatMap((operand) => this.address(operand));
  }

  private address(operand: Operand<Endpoint>): string[] {
    if ("literal" in operand) {
      return "first" in operand.literal ? [addressText(operand.literal)] : this.refused("endpoint");
    }
    if (!("setRef" in operand)) return this.refused("unknown-operand");
    const set = this.sets.find(({ name }) => name === operand.setRef);
    const members = set?.kind === "prefix" ? set.members : [];
    // What a set holds is written out; a word is only trusted where it means the same in every vendor's rules.
    if (members.length > 0 && members.every((member) => "literal" in member)) {
      return members.flatMap((member) => this.address(member));
    }
    return OWN_WORDS.has(operand.setRef.toLowerCase()) ? [operand.setRef] : this.refused("unknown-operand");
  }

  private services(conditions: readonly AnyOf<Service>[] | undefined): WrittenService[] {
    const operands = this.only(conditions);
    if (operands === undefined) return [{}];
    return operands.flatMap((operand) =>
      "literal" in operand ? this.service(operand.literal) : this.refused("unknown-operand"),
    );
  }

  private service(service: Service): WrittenService[] {
    const { protocol, sourcePorts, destinationPorts, icmpTypes, icmpCodes, tcpFlags } = service;
    if (tcpFlags !== undefined) return this.refused("field");
    const [local, remote] = this.isInbound ? [destinationPorts, sourcePorts] : [sourcePorts, destinationPorts];
    const lists = [local, remote, icmpTypes, icmpCodes];
    if (lists.some((list) => list?.length === 0)) return [];
    const types = icmpTexts(icmpTypes, icmpCodes);
    return [
      {
        protocol: PROTOCOL_WORDS.get(protocol) ?? `${protocol}`,
        ...(local && { localPorts: portTexts(local) }),
        ...(remote && { remotePorts: portTexts(remote) }),
        ...(types && { icmpTypes: types }),
      },
    ];
  }
}

type WrittenService = Pick<WrittenRule, "protocol" | "localPorts" | "remotePorts" | "icmpTypes">;

function portTexts(ranges: readonly PortRange[]): string[] {
  return ranges.map((range) => formatRanges([range]));
}

/** True iff addresses on one side keep the rule within the family that is asked for. */
function namesOnly({ family, source, destination }: Matches): boolean {
  return [source, destination].some((conditions) =>
    conditions?.some(({ operands }) =>
      operands.every(
        (operand) => "literal" in operand && "first" in operand.literal && operand.literal.family === family,
      ),
    ),
  );
}

/** The text of a range; a whole family as first and last, since the firewall takes no prefix of length 0. */
function addressText(range: AddressRange): string {
  const text = formatAddressRange(range);
  return text.endsWith("/0") ? `${formatAddress(range.first)}-${formatAddress(range.last)}` : text;
}

/** `type` or `type:code` for every combination; a code without a type is one of every type. */
function icmpTexts(
  types: readonly PortRange[] | undefined,
  codes: readonly PortRange[] | undefined,
): string[] | undefined {
  if (types === undefined && codes === undefined) return undefined;
  const each = (types ?? [{ first: 0, last: 255 }]).flatMap(values);
  return codes === undefined
    ? each.map(String)
    : each.flatMap((type) => codes.flatMap(values).map((code) => `${type}:${code}`));
}

function values({ first, last }: PortRange): number[] {
  return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
}

function parameter(name: string, list: readonly string[] | undefined): string[] {
  return list === undefined ? [] : [`-${name} ${list.map(argument).join(",")}`];
}

// PowerShell takes `10.0.0.1-10.0.0.9` for text without quotes too, but not every reader of it does within a list.
function argument(value: string): string {
  return /^\w+$/.test(value) ? value : quoted(value);
}

/** The text without what ends or expands quoted text of PowerShell, or ends the line. */
function plain(text: string): string {
  return text.replace(/["'`$\u2018-\u201f\r\n]/g, "_");
}

function quoted(text: string): string {
  return `"${text}"`;
}
