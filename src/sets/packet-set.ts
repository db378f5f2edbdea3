/**
 * Exact, immutable sets of packets, and the one place to start from:
 *
 *     const web = PacketSet.fromFields({ protocols: [{ first: 6, last: 6 }], destinationPorts: [{ first: 443, last: 443 }] });
 *     policy.includes(web)            // inclusion; also intersect, union, subtract, complement, equals, overlaps
 *     web.assign({ destinations })    // what a translation does; `unassign` asks which packets it may have come from
 *     web.mirror()                    // the replies
 *     web.witness({ sources, destinations, ports })   // a packet a person would recognise
 *
 * Every set holds only packets that exist: ports where the protocol has them, flags on tcp only, neither on later fragments.
 * Any operation may throw `TooComplexError` when it runs under an exhausted `Budget`; outside of `Budget.run` none does.
 */
import type { AddressRange, Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import type { PortRange } from "../model/service.js";
import type { DiagramArena } from "./action-diagram.js";
import * as algebra from "./algebra.js";
import { boxesOf, type PacketBox } from "./boxes.js";
import { nodeOfDiagram } from "./diagram-set.js";
import { blockOf, type PacketField } from "./field-blocks.js";
import { nodeOfFields, type PacketFields } from "./fields.js";
import { hullOf } from "./hull.js";
import { levelBoxesOf } from "./level-boxes.js";
import { type LevelProduct, levelProductsOf } from "./level-products.js";
import { mirrorAddresses, mirrorIcmp, mirrorPorts } from "./mirror.js";
import { current, EMPTY, type Node, sweepIfLarge } from "./node.js";
import { findPoint, holdsPoint, isSparse, leastCommonPoint, type Pick, packetAt, pointOf } from "./packet-point.js";
import * as project from "./project.js";
import { volumeOf } from "./volume.js";
import { COMMON_WISHES, nameWishes, sampleNames, type WitnessPreferences, witnessWishes } from "./witness.js";

type AssignableFields = { readonly [Field in PacketField]?: NonNullable<PacketFields[Field]> };

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

export type { PacketBox, PacketField, PacketFields, WitnessPreferences };

export class PacketSet {
  #ipv4: Node;
  #ipv6: Node;

  private constructor(ipv4: Node, ipv6: Node) {
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
  }

  /** No packet. */
  static get none(): PacketSet {
    return NONE;
  }

  /** Every packet. */
  static get all(): PacketSet {
    return ALL;
  }

  /** The packets that have every field. */
  static fromFields(fields: PacketFields): PacketSet {
    sweepIfLarge();
    return new PacketSet(nodeOfFields(fields, "ipv4"), nodeOfFields(fields, "ipv6"));
  }

  /** The one packet. */
  static fromPacket(packet: Packet): PacketSet {
    return PacketSet.fromFields({
      family: packet.family,
      protocols: [point(packet.protocol)],
      ...(packet.sourcePort === undefined ? {} : { sourcePorts: [point(packet.sourcePort)] }),
      ...(packet.destinationPort === undefined ? {} : { destinationPorts: [point(packet.destinationPort)] }),
      ...(packet.icmpType === undefined ? {} : { icmpTypes: [point(packet.icmpType)] }),
      ...(packet.icmpCode === undefined ? {} : { icmpCodes: [point(packet.icmpCode)] }),
      ...(packet.tcpFlags === undefined ? {} : { tcpFlags: [{ mask: 255, value: packet.tcpFlags }] }),
      states: [packet.state],
      tags: [packet.tag ?? 0],
      fragment: packet.fragment,
      sources: [{ family: packet.family, first: packet.source, last: packet.source }],
      destinations: [{ family: packet.family, first: packet.destination, last: packet.destination }],
      ingressInterfaces: [{ name: packet.ingressInterface }],
      egressInterfaces: [{ name: packet.egressInterface }],
    });
  }

  /** The packets of any of the sets; faster than adding them one by one. */
  static unionOf(sets: readonly PacketSet[]): PacketSet {
    sweepIfLarge();
    const [ipv4, ipv6] = FAMILIES.map((family) => algebra.uniteAll(sets.map((set) => set.#root(family))));
    return new PacketSet(ipv4, ipv6);
  }

  /** The packets of a family for which a diagram decides an action that `holds`; `levels`: those it tests, in its order. */
  static fromDiagram(
    family: Family,
    {
      arena,
      root,
      levels,
    }: { readonly arena: DiagramArena; readonly root: number; readonly levels: readonly number[] },
    holds: (action: number) => boolean,
  ): PacketSet {
    sweepIfLarge();
    return PacketSet.none.#ofFamily(family, nodeOfDiagram(arena, root, levels, holds));
  }

  union(other: PacketSet): PacketSet {
    return this.#combine(other, algebra.unite);
  }

  intersect(other: PacketSet): PacketSet {
    return this.#combine(other, algebra.intersect);
  }

  subtract(other: PacketSet): PacketSet {
    return this.#combine(other, algebra.subtract);
  }

  complement(): PacketSet {
    return PacketSet.all.subtract(this);
  }

  get isEmpty(): boolean {
    return this.#ipv4 === EMPTY && this.#ipv6 === EMPTY;
  }

  /** True iff every packet of `other` is in this set. */
  includes(other: PacketSet): boolean {
    sweepIfLarge();
    return FAMILIES.every((family) => algebra.includes(this.#root(family), other.#root(family)));
  }

  /** True iff some packet is in both sets. */
  overlaps(other: PacketSet): boolean {
    sweepIfLarge();
    return FAMILIES.some((family) => algebra.overlap(this.#root(family), other.#root(family)));
  }

  /** True iff both sets hold the same packets. */
  equals(other: PacketSet): boolean {
    sweepIfLarge();
    return FAMILIES.every((family) => this.#root(family) === other.#root(family));
  }

  contains(packet: Packet): boolean {
    return holdsPoint(packet.family === "ipv4" ? this.#ipv4 : this.#ipv6, pointOf(packet));
  }

  /** Equal for equal sets, in every process; different sets share one by accident only. */
  get hash(): string {
    const words = [this.#ipv4.hash, this.#ipv6.hash, this.#ipv4.secondHash, this.#ipv6.secondHash];
    return words.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  /** Number of packets, each interface field counting with all its 2^128 names: use it for shares, not for sums. */
  volume(): bigint {
    return volumeOf(this.#ipv4, "ipv4") + volumeOf(this.#ipv6, "ipv6");
  }

  /** Disjoint boxes that together are this set, always in the same order. */
  *boxes(): Generator<PacketBox> {
    yield* boxesOf(this.#ipv4, "ipv4");
    yield* boxesOf(this.#ipv6, "ipv6");
  }

  /** The least box around the packets of a family, `[first, last]` for each level of layout.ts; undefined: there are none. */
  hull(family: Family): Uint32Array | undefined {
    const root = family === "ipv4" ? this.#ipv4 : this.#ipv6;
    return root === EMPTY ? undefined : hullOf(root);
  }

  /** Disjoint boxes of the packets of a family as in `hull`; undefined iff there are more than `limit`. */
  levelBoxes(family: Family, limit: number): Uint32Array[] | undefined {
    return levelBoxesOf(family === "ipv4" ? this.#ipv4 : this.#ipv6, limit);
  }

  /** The same as disjoint products of ranges, which are fewer. */
  levelProducts(family: Family, limit: number): LevelProduct[] | undefined {
    return levelProductsOf(family === "ipv4" ? this.#ipv4 : this.#ipv6, limit);
  }

  /** The packets that are in this set for some value of each of the fields. */
  forget(fields: readonly PacketField[]): PacketSet {
    return fields.reduce(
      (set, field) => set.#within(regionOf(field), (part) => part.#forgetField(field)),
      this as PacketSet,
    );
  }

  /** What becomes of this set's packets when the fields are set to any of the given values; packets without a field stay. */
  assign(values: AssignableFields): PacketSet {
    return fieldsOf(values).reduce(
      (set, [field, one]) => set.#within(regionOf(field), (part) => part.#forgetField(field).intersect(one)),
      this as PacketSet,
    );
  }

  /** The packets that `assign` may turn into a packet of this set. */
  unassign(values: AssignableFields): PacketSet {
    return fieldsOf(values).reduce(
      (set, [field, one]) => set.#within(regionOf(field), (part) => part.intersect(one).#forgetField(field)),
      this as PacketSet,
    );
  }

  /** This set's packets of the range's family with the network bits of an address replaced by those of an aligned prefix. */
  replaceNetwork(side: "sources" | "destinations", range: AddressRange): PacketSet {
    sweepIfLarge();
    const root = project.replaceNetwork(
      this.#root(range.family),
      blockOf(side, range.family),
      range.first,
      maskOf(range),
    );
    return this.#ofFamily(range.family, root);
  }

  /** The packets of `within` that `replaceNetwork` turns into a packet of this set. */
  undoReplaceNetwork(side: "sources" | "destinations", range: AddressRange, within: PacketSet): PacketSet {
    sweepIfLarge();
    const { family } = range;
    const block = blockOf(side, family);
    const image = this.#root(family);
    return this.#ofFamily(
      family,
      project.undoReplaceNetwork(within.#root(family), image, block, range.first, maskOf(range)),
    );
  }

  /** Source and destination (address, port and interface) exchanged, ICMP requests turned into their replies and back. */
  mirror(): PacketSet {
    sweepIfLarge();
    const turned = this.#map(mirrorAddresses);
    const echoed = turned.intersect(ICMP);
    if (echoed.isEmpty) return turned.#map(mirrorPorts);
    return turned.subtract(ICMP).#map(mirrorPorts).union(echoed.#map(mirrorIcmp));
  }

  /** Some packet of the set; corners of its boxes come up more often than their share. Throws on the empty set. */
  sample(random: () => number): Packet {
    const named = this.#narrow(sampleNames(random));
    const family = named.#ipv4 === EMPTY || (named.#ipv6 !== EMPTY && random() < 0.5) ? "ipv6" : "ipv4";
    const pick: Pick = (level, first, last) => {
      const corner = random();
      if (corner < 0.2 || isSparse(level)) return first;
      return corner < 0.4 ? last : first + Math.floor(random() * (last - first + 1));
    };
    return packetAt(
      findPoint(named.#root(family), (edges) => Math.floor(random() * edges), pick),
      family,
    );
  }

  /** The packet of the set that a person would name; undefined iff the set is empty. */
  witness(preferences: WitnessPreferences = {}): Packet | undefined {
    if (this.isEmpty) return undefined;
    sweepIfLarge();
    commonWishes ??= COMMON_WISHES.map((wish) => PacketSet.fromFields(wish));
    // Common wishes are asked for over and over: what they have in common is remembered, and no set is made of its own.
    let wanted = PacketSet.all;
    const ask = (wish: PacketSet): void => {
      const more = wanted.intersect(wish);
      if (this.#leastIn(more) !== undefined) wanted = more;
    };
    for (const wish of [...witnessWishes(preferences).map((one) => PacketSet.fromFields(one)), ...commonWishes])
      ask(wish);
    for (const wish of nameWishes(this.#leastIn(wanted)?.point ?? [])) ask(PacketSet.fromFields(wish));
    const { family, point } = this.#leastIn(wanted) as { family: Family; point: readonly number[] };
    return packetAt(point, family);
  }

  /** The least point that is also in another set, IPv4 before IPv6. */
  #leastIn(other: PacketSet): { readonly family: Family; readonly point: readonly number[] } | undefined {
    for (const family of FAMILIES) {
      const point = leastCommonPoint(this.#root(family), other.#root(family));
      if (point !== undefined) return { family, point };
    }
    return undefined;
  }

  /** The packets that meet as many wishes as can be met one after another; never empty, unless the set is. */
  #narrow(wishes: readonly PacketFields[]): PacketSet {
    return wishes.reduce((best: PacketSet, wish) => {
      const better = best.intersect(PacketSet.fromFields(wish));
      return better.isEmpty ? best : better;
    }, this);
  }

  #root(family: Family): Node {
    if (family === "ipv4") {
      this.#ipv4 = current(this.#ipv4);
      return this.#ipv4;
    }
    this.#ipv6 = current(this.#ipv6);
    return this.#ipv6;
  }

  #combine(other: PacketSet, operation: (a: Node, b: Node) => Node): PacketSet {
    sweepIfLarge();
    const [ipv4, ipv6] = FAMILIES.map((family) => operation(this.#root(family), other.#root(family)));
    return new PacketSet(ipv4, ipv6);
  }

  #map(change: (node: Node, family: Family) => Node): PacketSet {
    return new PacketSet(change(this.#root("ipv4"), "ipv4"), change(this.#root("ipv6"), "ipv6"));
  }

  #within(region: PacketSet | undefined, change: (part: PacketSet) => PacketSet): PacketSet {
    return region === undefined ? change(this) : change(this.intersect(region)).union(this.subtract(region));
  }

  #forgetField(field: PacketField): PacketSet {
    sweepIfLarge();
    return this.#map((node, family) => project.forgetBlock(node, blockOf(field, family)));
  }

  #ofFamily(family: Family, node: Node): PacketSet {
    return family === "ipv4" ? new PacketSet(node, EMPTY) : new PacketSet(EMPTY, node);
  }
}

function point(value: number): PortRange {
  return { first: value, last: value };
}

const NONE = PacketSet.fromFields({ protocols: [] });
const ALL = PacketSet.fromFields({});
const PORTED = PacketSet.fromFields({ destinationPorts: [{ first: 0, last: 65535 }] });
const ICMP = PacketSet.fromFields({ icmpTypes: [{ first: 0, last: 255 }] });
const TCP = PacketSet.fromFields({ tcpFlags: [{ mask: 0, value: 0 }] });

/** The common wishes as sets; made when first needed. */
let commonWishes: readonly PacketSet[] | undefined;

/** The packets that have a field; undefined: all of them. */
function regionOf(field: PacketField): PacketSet | undefined {
  if (field === "sourcePorts" || field === "destinationPorts") return PORTED;
  if (field === "icmpTypes" || field === "icmpCodes") return ICMP;
  return field === "tcpFlags" ? TCP : undefined;
}

function fieldsOf(values: AssignableFields): [PacketField, PacketSet][] {
  return (Object.keys(values) as PacketField[]).map((field) => [
    field,
    PacketSet.fromFields({ [field]: values[field] }),
  ]);
}

/** The network bits of an aligned prefix. */
function maskOf({ first, last }: AddressRange): number[] {
  return first.map((word, i) => ~(word ^ last[i]) >>> 0);
}
