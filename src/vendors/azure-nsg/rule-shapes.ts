/** One ace to the security rules that together say the same. */
import type { Ace } from "../../model/acl.js";
import { formatAddressRange, parseAddressRange, rangePrefixes } from "../../model/address.js";
import type { DefinedSet } from "../../model/device.js";
import { type AnyOf, asksBeyondFlows, type Endpoint, type Matches, type Operand } from "../../model/matches.js";
import { formatRanges, type PortRange, type Service } from "../../model/service.js";
import type { SourceRef } from "../../model/source-ref.js";
import type { Limit } from "./limits.js";

/** A security rule without its place. */
export interface RuleShape {
  readonly name: string;
  /** What its description says. */
  readonly remark?: string;
  readonly access: "Allow" | "Deny";
  readonly protocol: string;
  readonly source: ShapeSide;
  readonly destination: ShapeSide;
  readonly at: SourceRef;
}

export interface ShapeSide {
  readonly prefixes: readonly string[];
  readonly ports: readonly string[];
}

export interface ShapeRefusal {
  readonly limit: Limit;
  readonly at: SourceRef;
}

const WORDS_OF_PROTOCOL = new Map([
  [6, "Tcp"],
  [17, "Udp"],
  [1, "Icmp"],
  [58, "Icmp"],
  [50, "Esp"],
  [51, "Ah"],
]);

// includes/azure-virtual-network-limits.md: 4,000 prefixes on a side
const MOST_PREFIXES = 4000;

/** A tag is only a tag where it is written as one: letters, then perhaps a region. */
const TAG = /^[A-Z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)?$/;

/** A name whose content is known is written as its prefixes, another one as the tag it looks like. No shapes and no refusals: the ace matches nothing. */
export function shapesOf(
  ace: Ace,
  sets: readonly DefinedSet[],
): { readonly shapes: readonly RuleShape[]; readonly refusals: readonly Limit[] } {
  const writer = new ShapeWriter(ace, sets);
  const shapes = writer.shapes();
  const refusals = [...writer.refusals];
  return { shapes: refusals.length > 0 ? [] : shapes, refusals };
}

class ShapeWriter {
  readonly refusals = new Set<Limit>();

  constructor(
    private readonly ace: Ace,
    private readonly sets: readonly DefinedSet[],
  ) {}

  shapes(): RuleShape[] {
    const { matches, action, name, remark, at } = this.ace;
    this.refuseFields(matches);
    if (!["accept", "drop", "reject"].includes(action.kind)) this.refusals.add("action");
    const sources = this.sides(matches.source, matches);
    const destinations = this.sides(matches.destination, matches);
    const services = this.services(matches);
    const access = action.kind === "accept" ? "Allow" : "Deny";
    return sources.flatMap((source) =>
      destinations.flatMap((destination) =>
        services.map(({ protocol, sourcePorts, destinationPorts }) => ({
          name,
          ...(remark !== undefined && { remark }),
          access,
          protocol,
          source: { prefixes: source, ports: sourcePorts },
          destination: { prefixes: destination, ports: destinationPorts },
          at,
        })),
      ),
    );
  }

  private refuseFields(matches: Matches): void {
    if (matches.unmodeled.length > 0) this.refusals.add("condition");
    if (asksBeyondFlows(matches)) this.refusals.add("field");
  }

  /** The one list of a field; undefined: the field matches everything. */
  private only<T>(conditions: readonly AnyOf<T>[] | undefined): readonly Operand<T>[] | undefined {
    if (conditions === undefined || conditions.length === 0) return undefined;
    if (conditions.length > 1) this.refusals.add("conjunction");
    if (conditions.some(({ negated }) => negated)) this.refusals.add("negation");
    return conditions[0]?.operands;
  }

  /** Prefixes share a rule; each tag needs one of its own. */
  private sides(conditions: readonly AnyOf<Endpoint>[] | undefined, { family }: Matches): string[][] {
    const everywhere = family === undefined ? "*" : family === "ipv4" ? "0.0.0.0/0" : "::/0";
    const operands = this.only(conditions);
    if (operands === undefined) return [[everywhere]];
    const texts = operands.flatMap((operand) => this.addresses(operand));
    const prefixes = texts.filter((text) => {
      const range = parseAddressRange(text);
      return range !== undefined && (family === undefined || range.family === family);
    });
    if (prefixes.length > MOST_PREFIXES) this.refusals.add("prefix-count");
    const tags = texts.filter((text) => parseAddressRange(text) === undefined);
    return [...(prefixes.length > 0 ? [prefixes] : []), ...tags.map((tag) => [tag])];
  }

  private addresses(operand: Operand<Endpoint>): string[] {
    if ("literal" in operand) return this.literal(operand.literal);
    if (!("setRef" in operand)) return this.refused("unknown-operand");
    const set = this.sets.find(({ name }) => name === operand.setRef);
    const members = set?.kind === "prefix" ? set.members : undefined;
    if (members?.every((member) => "literal" in member)) return members.flatMap((member) => this.addresses(member));
    return TAG.test(operand.setRef) ? [operand.setRef] : this.refused("unknown-operand");
  }

  private literal(endpoint: Endpoint): string[] {
    return "first" in endpoint ? rangePrefixes(endpoint).map(formatAddressRange) : this.refused("endpoint");
  }

  private refused(limit: Limit): [] {
    this.refusals.add(limit);
    return [];
  }

  private services(matches: Matches): WrittenService[] {
    const operands = this.only(matches.service);
    if (operands === undefined) return [{ protocol: "*", sourcePorts: ["*"], destinationPorts: ["*"] }];
    const services = operands.flatMap((operand) => ("literal" in operand ? [operand.literal] : []));
    if (services.length < operands.length) this.refusals.add("unknown-operand");
    this.refuseHalfIcmp(services, matches);
    const written = services.flatMap((service) => this.service(service));
    return written.filter((one, index) => written.findIndex((other) => sameService(one, other)) === index);
  }

  private refuseHalfIcmp(services: readonly Service[], { family }: Matches): void {
    const has = (protocol: number) => services.some((service) => service.protocol === protocol);
    const isWhole = has(1) === has(58) || (family === "ipv4" && !has(58)) || (family === "ipv6" && !has(1));
    if (!isWhole) this.refusals.add("icmp");
  }

  private service({
    protocol,
    sourcePorts,
    destinationPorts,
    icmpTypes,
    icmpCodes,
    tcpFlags,
  }: Service): WrittenService[] {
    if (icmpTypes !== undefined || icmpCodes !== undefined || tcpFlags !== undefined) return this.refused("field");
    const word = WORDS_OF_PROTOCOL.get(protocol);
    if (word === undefined) return this.refused("protocol");
    const ports = [sourcePorts, destinationPorts].map(writtenPorts);
    if (ports.some((list) => list.length === 0)) return [];
    return [{ protocol: word, sourcePorts: ports[0] as string[], destinationPorts: ports[1] as string[] }];
  }
}

interface WrittenService {
  readonly protocol: string;
  readonly sourcePorts: readonly string[];
  readonly destinationPorts: readonly string[];
}

function sameService(a: WrittenService, b: WrittenService): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function writtenPorts(ranges: readonly PortRange[] | undefined): string[] {
  return ranges === undefined ? ["*"] : ranges.map((range) => formatRanges([range]));
}
