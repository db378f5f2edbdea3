/** Works out which network of a kernel set decides about an address, where not every element that holds it does. */
import {
  type AddressRange,
  addressBits,
  addressFromValue,
  addressValue,
  parseAddressRange,
} from "../../model/address.js";
import type { KernelSet, SetElement } from "./types.js";

/** The dimensions of an element as text; `network` replaces the text of the network among them. */
export interface SetEntry {
  readonly texts: readonly string[];
  readonly network?: AddressRange;
}

/** One network with the elements that have it. */
interface Network {
  readonly first: bigint;
  readonly last: bigint;
  /** By their other dimensions: an element that is added again replaces the earlier one. */
  readonly elements: Map<string, { readonly texts: readonly string[]; readonly isMember: boolean }>;
}

interface Group {
  readonly family: AddressRange["family"];
  readonly networks: Map<string, Network>;
}

/**
 * What is in the set: of the networks an address lies in, the smallest one decides, and `nomatch` makes it decide
 * against. In hash:net,iface it is the smallest with any interface: if none of its elements has the packet's interface,
 * no larger network is asked (kernel, ip_set_hash_gen.h, mtype_test_cidrs, `multi`). Undefined iff this matters and more
 * than one dimension is a network, or another one is a range.
 */
export function entriesOf({ elements }: KernelSet, dimensions: readonly string[]): readonly SetEntry[] | undefined {
  const isSmallestFirst = dimensions.includes("iface") || elements.some(isException);
  if (!isSmallestFirst) return elements.map(({ text }) => ({ texts: text.split(",") }));
  if (dimensions.filter((dimension) => dimension === "net").length !== 1) return undefined;
  return groupsOf(elements, dimensions)?.flatMap(({ family, networks }) =>
    innermost([...networks.values()]).flatMap(({ first, last, elements: own }) => {
      const network = { family, first: addressFromValue(first, family), last: addressFromValue(last, family) };
      return [...own.values()].filter(({ isMember }) => isMember).map(({ texts }) => ({ texts, network }));
    }),
  );
}

function isException({ options }: SetElement): boolean {
  return options.includes("nomatch");
}

/** The networks, apart for each combination of the other dimensions except interfaces. */
function groupsOf(elements: readonly SetElement[], dimensions: readonly string[]): Group[] | undefined {
  const position = dimensions.indexOf("net");
  const groups = new Map<string, Group>();
  for (const element of elements) {
    const texts = element.text.split(",");
    const range = parseAddressRange(texts[position] ?? "");
    const others = texts.filter((_, index) => index !== position && dimensions[index] !== "iface").join(",");
    if (range === undefined || others.includes("-")) return undefined;
    const group = groups.get(others) ?? { family: range.family, networks: new Map() };
    for (const { first, last } of prefixesOf(range)) {
      const key = `${first}-${last}`;
      const network = group.networks.get(key) ?? { first, last, elements: new Map() };
      network.elements.set(texts.with(position, "").join(","), { texts, isMember: !isException(element) });
      group.networks.set(key, network);
    }
    groups.set(others, group);
  }
  return [...groups.values()];
}

/** The largest prefixes that make up the range, as the kernel stores it. */
function prefixesOf(range: AddressRange): { first: bigint; last: bigint }[] {
  const end = addressValue(range.last);
  const prefixes: { first: bigint; last: bigint }[] = [];
  for (let first = addressValue(range.first); first <= end; ) {
    let bits = 0n;
    const fits = (size: bigint): boolean => first % (1n << size) === 0n && first + (1n << size) - 1n <= end;
    while (bits < addressBits(range.family) && fits(bits + 1n)) bits++;
    const last = first + (1n << bits) - 1n;
    prefixes.push({ first, last });
    first = last + 1n;
  }
  return prefixes;
}

/** The ranges in which each network is the innermost. INVARIANT: two networks are disjoint or one holds the other. */
function innermost(networks: readonly Network[]): Network[] {
  const sorted = [...networks].sort((a, b) => compare(a.first, b.first) || compare(b.last, a.last));
  const open: Network[] = [];
  const ranges: Network[] = [];
  let next = 0n;
  const emit = (network: Network, last: bigint): void => {
    if (next <= last) ranges.push({ ...network, first: next, last });
    if (last >= next) next = last + 1n;
  };
  const closeBefore = (limit: bigint | undefined): void => {
    for (let top = open.at(-1); top !== undefined && (limit === undefined || top.last < limit); top = open.at(-1)) {
      emit(top, top.last);
      open.pop();
    }
  };
  for (const network of sorted) {
    closeBefore(network.first);
    const outer = open.at(-1);
    if (outer !== undefined) emit(outer, network.first - 1n);
    next = network.first;
    open.push(network);
  }
  closeBefore(undefined);
  return ranges;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
