/** Joins the boxes of a packet set into few terms: products of lists of intervals, as a person would write rules. */
import { compareAddresses } from "../model/address.js";
import type { PortRange } from "../model/service.js";
import { normalizeRanges, type WordRange } from "./intervals.js";
import type { PacketBox, PacketSet } from "./packet-set.js";

type Lists = { readonly [Field in keyof PacketBox]-?: readonly NonNullable<PacketBox[Field]>[] };

/** A product: a packet is in it iff each field has one of the values of its list. Empty list: any value. */
export type Term = Lists;

// The order in which boxes are joined: what varies most in rules first, what a reader wants kept apart last.
const JOINED: readonly (keyof PacketBox)[] = [
  "source",
  "destination",
  "destinationPorts",
  "sourcePorts",
  "icmpTypes",
  "icmpCodes",
  "tcpFlags",
  "states",
  "tags",
  "ingressInterfaces",
  "egressInterfaces",
  "protocols",
  "fragment",
  "family",
];

/** At most this many boxes are looked at: text for people ends long before. */
const BOX_LIMIT = 2000;

/** Terms that together hold exactly the set, always in the same order; `isComplete` false: the set has more than `boxes`. */
export function termsOf(
  set: PacketSet,
  boxes: number = BOX_LIMIT,
): { readonly terms: readonly Term[]; readonly isComplete: boolean } {
  const terms: Term[] = [];
  for (const box of set.boxes()) {
    if (terms.length === boxes) return { terms: joinAll(terms), isComplete: false };
    terms.push(termOf(box));
  }
  return { terms: joinAll(terms), isComplete: true };
}

function termOf(box: PacketBox): Term {
  const { source, destination } = box;
  const isAny = ({ first, last }: WordRange) =>
    first.every((word) => word === 0) && last.every((word) => word === 0xffffffff);
  const list = <T>(value: T | undefined) => (value === undefined ? [] : [value]);
  return {
    family: [box.family],
    protocols: box.protocols.first === 0 && box.protocols.last === 255 ? [] : [box.protocols],
    fragment: list(box.fragment),
    sourcePorts: list(box.sourcePorts),
    destinationPorts: list(box.destinationPorts),
    icmpTypes: list(box.icmpTypes),
    icmpCodes: list(box.icmpCodes),
    tcpFlags: list(box.tcpFlags),
    states: list(box.states),
    tags: list(box.tags),
    source: isAny(source) ? [] : [source],
    destination: isAny(destination) ? [] : [destination],
    ingressInterfaces: list(box.ingressInterfaces),
    egressInterfaces: list(box.egressInterfaces),
  };
}

function joinAll(terms: readonly Term[]): readonly Term[] {
  let joined = terms;
  while (joined.length > 1) {
    const next = JOINED.reduce(joinField, joined);
    if (next.length === joined.length) return next;
    joined = next;
  }
  return joined;
}

function joinField(terms: readonly Term[], field: keyof PacketBox): readonly Term[] {
  const groups = new Map<string, Term[]>();
  for (const term of terms) {
    const key = JSON.stringify({ ...term, [field]: term[field].length === 0 });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [term]);
    else group.push(term);
  }
  return [...groups.values()].map((group) => (group.length === 1 ? group[0] : unite(group, field)));
}

function unite(group: readonly Term[], field: keyof PacketBox): Term {
  const values: readonly unknown[] = group.flatMap((term): readonly unknown[] => term[field]);
  return { ...group[0], [field]: normalizeList(values, field) };
}

function normalizeList(values: readonly unknown[], field: keyof PacketBox): readonly unknown[] {
  if (field === "family" || field === "fragment") return [...new Set(values)].sort();
  if (field === "states") return [[...new Set((values as readonly string[][]).flat())]];
  if (field === "tcpFlags") return [[...new Set((values as readonly number[][]).flat())].sort((a, b) => a - b)];
  if (field === "source" || field === "destination" || field.endsWith("Interfaces")) {
    return [...(values as readonly WordRange[])].sort((a, b) => compareAddresses(a.first, b.first));
  }
  return normalizeRanges(values as readonly PortRange[]);
}
