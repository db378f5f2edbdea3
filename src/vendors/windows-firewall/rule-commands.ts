/** One ace to the commands that together make the same rule. */
import type { Ace } from "../../model/acl.js";
import { type AddressRange, formatAddress, formatAddressRange } from "../../model/address.js";
import type { DefinedSet } from "../../model/device.js";
import { type AnyOf, asksBeyondFlows, type Endpoint, type Matches, type Operand } from "../../model/matches.js";
import { formatRanges, type PortRange, type Service } from "../../model/service.js";
import type { Limit } from "./limits.js";

/** No commands and no refusals: the ace matches nothing. */
export function commandsOf(
  ace: Ace,
  direction: "Inbound" | "Outbound",
  sets: readonly DefinedSet[],
): { readonly commands: readonly string[]; readonly refusals: readonly Limit[] } {
  const writer = new CommandWriter(ace, direction, sets);
  const commands = writer.commands();
  return { commands: writer.refusals.size > 0 ? [] : commands, refusals: [...writer.refusals] };
}

const PROTOCOL_WORDS = new Map([
  [1, "ICMPv4"],
  [6, "TCP"],
  [17, "UDP"],
  [58, "ICMPv6"],
]);

/** Address words of this firewall that no other one uses for something else. */
const OWN_WORDS = new Set(["localsubnet", "localsubnet4", "localsubnet6", "dns", "dhcp", "wins", "defaultgateway"]);

class CommandWriter {
  readonly refusals = new Set<Limit>();

  constructor(
    private readonly ace: Ace,
    private readonly direction: "Inbound" | "Outbound",
    private readonly sets: readonly DefinedSet[],
  ) {}

  commands(): string[] {
    const { matches, action, name, remark } = this.ace;
    this.refuseFields(matches);
    if (!["accept", "drop", "reject"].includes(action.kind)) this.refusals.add("action");
    const isInbound = this.direction === "Inbound";
    const local = this.addresses(isInbound ? matches.destination : matches.source);
    const remote = this.addresses(isInbound ? matches.source : matches.destination);
    if (local?.length === 0 || remote?.length === 0) return [];
    const head = [
      `New-NetFirewallRule -DisplayName ${quoted(name)} -Direction ${this.direction}`,
      `-Action ${action.kind === "accept" ? "Allow" : "Block"}`,
    ];
    const description = remark === undefined ? [] : [`-Description ${quoted(remark)}`];
    const tail = [...parameter("LocalAddress", local), ...parameter("RemoteAddress", remote), ...description];
    return this.services(matches.service).map((service) => [...head, ...service, ...tail].join(" "));
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

  private services(conditions: readonly AnyOf<Service>[] | undefined): string[][] {
    const operands = this.only(conditions);
    if (operands === undefined) return [[]];
    return operands.flatMap((operand) =>
      "literal" in operand ? this.service(operand.literal) : this.refused("unknown-operand"),
    );
  }

  private service({ protocol, sourcePorts, destinationPorts, icmpTypes, icmpCodes, tcpFlags }: Service): string[][] {
    if (tcpFlags !== undefined) return this.refused("field");
    const isInbound = this.direction === "Inbound";
    const [local, remote] = isInbound ? [destinationPorts, sourcePorts] : [sourcePorts, destinationPorts];
    const lists = [local, remote, icmpTypes, icmpCodes];
    if (lists.some((list) => list?.length === 0)) return [];
    const word = PROTOCOL_WORDS.get(protocol) ?? `${protocol}`;
    return [
      [
        `-Protocol ${word}`,
        ...parameter(
          "LocalPort",
          local?.map((range) => formatRanges([range])),
        ),
        ...parameter(
          "RemotePort",
          remote?.map((range) => formatRanges([range])),
        ),
        ...parameter("IcmpType", icmpTexts(icmpTypes, icmpCodes)),
      ],
    ];
  }
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

/** PowerShell text in which nothing is expanded; the name must not end the text or the line. */
function quoted(text: string): string {
  return `"${text.replace(/["'`$\u2018-\u201f\r\n]/g, "_")}"`;
}
