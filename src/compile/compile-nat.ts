/** Turns translations into relations on packet sets: what packets become, and which packets may have become these. */
import { type AddressRange, ALL_ADDRESSES, compareAddresses, type Family } from "../model/address.js";
import type { DeviceInterface } from "../model/device.js";
import type { Translation } from "../model/nat.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Doubt } from "../model/verdict.js";
import { type PacketField, type PacketFields, PacketSet } from "../sets/packet-set.js";
import { pickedAddresses } from "./picked-addresses.js";

/** One change of packets on their way through a device. */
export interface Relation {
  /** What the packets of a set may become. */
  image(set: PacketSet): PacketSet;
  /** The packets of `within` that may become one of the set. */
  origin(set: PacketSet, within: PacketSet): PacketSet;
}

/** One translation of some packets. */
export interface CompiledTranslation {
  readonly packets: PacketSet;
  readonly relation: Relation;
  /** What is not known about the result: nothing where each packet has one image. */
  readonly choice: readonly Doubt[];
}

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

/** The translations that a translating ace stands for, for disjoint parts of the packets it is applied to. */
export function compileTranslation(
  translation: Translation,
  packets: PacketSet,
  interfaces: readonly DeviceInterface[],
  at: SourceRef,
): CompiledTranslation[] {
  const parts = FAMILIES.flatMap((family) => {
    const own = packets.intersect(PacketSet.fromFields({ family }));
    return own.isEmpty ? [] : translateFamily(translation, family, own, interfaces, at);
  });
  return parts.filter((part) => !part.packets.isEmpty);
}

function translateFamily(
  translation: Translation,
  family: Family,
  packets: PacketSet,
  interfaces: readonly DeviceInterface[],
  at: SourceRef,
): CompiledTranslation[] {
  const { side, addresses, ports } = translation;
  const to = (part: PacketSet, ranges: readonly AddressRange[] | undefined, doubt: string): CompiledTranslation => {
    const fields = assigned(side, ranges, ports === undefined ? undefined : [ports]);
    return {
      packets: part,
      relation: assignment(fields),
      choice: isChoice(fields) ? [{ condition: doubt, at }] : [],
    };
  };
  if (addresses === undefined) return [to(packets, undefined, "the port that the translation picks")];
  if (addresses.kind === "netmap" && addresses.range.family === family) {
    const relation = networkMap(
      side,
      addresses.range,
      ports === undefined ? undefined : assignment(assigned(side, undefined, [ports])),
    );
    return [{ packets, relation, choice: [] }];
  }
  if (addresses.kind === "interface") return throughInterfaces(side, family, packets, interfaces, to);
  const ranges = addresses.kind === "pool" ? addresses.ranges.filter((range) => range.family === family) : [];
  if (ranges.length > 0) return [to(packets, ranges, "the address that the translation picks")];
  const text = addresses.kind === "unresolved" ? addresses.text : "an address of another family";
  return [to(packets, [ALL_ADDRESSES[family]], `the address that the translation to \`${text}\` gives`)];
}

type ToRanges = (part: PacketSet, ranges: readonly AddressRange[], doubt: string) => CompiledTranslation;

const LOOPBACK: Readonly<Record<Family, AddressRange>> = {
  ipv4: { family: "ipv4", first: [0x7f000001], last: [0x7f000001] },
  ipv6: { family: "ipv6", first: [0, 0, 0, 1], last: [0, 0, 0, 1] },
};

/** Each interface gives its own addresses; a packet made here and redirected goes to the loopback address. */
function throughInterfaces(
  side: Translation["side"],
  family: Family,
  packets: PacketSet,
  interfaces: readonly DeviceInterface[],
  to: ToRanges,
): CompiledTranslation[] {
  const through = (name: string) =>
    PacketSet.fromFields(side === "source" ? { egressInterfaces: [{ name }] } : { ingressInterfaces: [{ name }] });
  const result: CompiledTranslation[] = [];
  let rest = packets;
  const take = (name: string, ranges: readonly AddressRange[]) => {
    const part = rest.intersect(through(name));
    rest = rest.subtract(part);
    if (!part.isEmpty) result.push(to(part, ranges, `which address of \`${name}\` the translation picks`));
  };
  if (side === "destination") take("", [LOOPBACK[family]]);
  for (const { name, addresses } of interfaces) {
    const ranges = pickedAddresses(addresses, side, family);
    if (ranges.length > 0) take(name, ranges);
  }
  if (!rest.isEmpty) result.push(to(rest, [ALL_ADDRESSES[family]], "the address of the interface is not known"));
  return result;
}

type Fields = Pick<PacketFields, "sources" | "destinations" | "sourcePorts" | "destinationPorts">;
type Ports = NonNullable<PacketFields["sourcePorts"]>;

function assigned(
  side: Translation["side"],
  ranges: readonly AddressRange[] | undefined,
  ports: Ports | undefined,
): Fields {
  if (side === "source") {
    return { ...(ranges && { sources: ranges }), ...(ports && { sourcePorts: ports }) };
  }
  return { ...(ranges && { destinations: ranges }), ...(ports && { destinationPorts: ports }) };
}

function isChoice(fields: Fields): boolean {
  const addresses = (fields.sources ?? fields.destinations ?? []) as readonly AddressRange[];
  const ports = fields.sourcePorts ?? fields.destinationPorts ?? [];
  const isWide = addresses.length > 1 || addresses.some(({ first, last }) => compareAddresses(first, last) !== 0);
  return isWide || ports.length > 1 || ports.some(({ first, last }) => first !== last);
}

/** The same translation, after which packets leave by any interface. */
export function leavingAnyway({ packets, relation, choice }: CompiledTranslation, at: SourceRef): CompiledTranslation {
  const anyway = (set: PacketSet): PacketSet => set.forget(["egressInterfaces"]);
  return {
    packets,
    relation: {
      image: (set) => anyway(relation.image(set)),
      origin: (set, within) => relation.origin(anyway(set), within),
    },
    choice: [...choice, { condition: "the interface by which the packet leaves after the translation", at }],
  };
}

/** Fields set to any of some values. */
export function assignment(fields: Fields & Pick<PacketFields, "states" | "tags">): Relation {
  return {
    image: (set) => set.assign(fields),
    origin: (set, within) => within.intersect(set.unassign(fields)),
  };
}

/** A field that has lost its value. */
export function forgetting(field: PacketField): Relation {
  return {
    image: (set) => set.forget([field]),
    origin: (set, within) => within.intersect(set.forget([field])),
  };
}

function networkMap(side: Translation["side"], range: AddressRange, ports: Relation | undefined): Relation {
  const field = side === "source" ? "sources" : "destinations";
  const mapped: Relation = {
    image: (set) => set.replaceNetwork(field, range),
    origin: (set, within) => set.undoReplaceNetwork(field, range, within),
  };
  if (ports === undefined) return mapped;
  return {
    image: (set) => ports.image(mapped.image(set)),
    origin: (set, within) => mapped.origin(ports.origin(set, mapped.image(within)), within),
  };
}
