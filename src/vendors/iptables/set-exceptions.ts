/** Works the `nomatch` elements of a kernel set into the others. */
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

interface Network {
  readonly first: bigint;
  readonly last: bigint;
  readonly isMember: boolean;
}

/**
 * What is in the set: of the networks an address lies in, the smallest one decides, and `nomatch` makes it decide
 * against. Undefined iff there are exceptions and more than one dimension is a network, or another one is a range.
 */
export function entriesOf({ elements }: KernelSet, dimensions: readonly string[]): readonly SetEntry[] | undefined {
  if (!elements.some(isException)) return elements.map(({ text }) => ({ texts: text.split(",") }));
  const position = dimensions.indexOf("net");
  if (position < 0 || position !== dimensions.lastIndexOf("net")) return undefined;
  const groups = groupByOthers(elements, position);
  return (
    groups &&
    [...groups.values()].flatMap(({ texts, networks, family }) =>
      innermostMembers(networks).map(({ first, last }) => ({
        texts,
        network: { family, first: addressFromValue(first, family), last: addressFromValue(last, family) },
      })),
    )
  );
}

function isException({ options }: SetElement): boolean {
  return options.includes("nomatch");
}

interface Group {
  readonly texts: readonly string[];
  readonly family: AddressRange["family"];
  readonly networks: Network[];
}

function groupByOthers(elements: readonly SetElement[], position: number): ReadonlyMap<string, Group> | undefined {
  const groups = new Map<string, Group>();
  for (const element of elements) {
    const texts = element.text.split(",");
    const range = parseAddressRange(texts[position] ?? "");
    const key = texts.with(position, "").join(",");
    if (range === undefined || key.includes("-")) return undefined;
    const group = groups.get(key) ?? { texts, family: range.family, networks: [] };
    group.networks.push(...prefixesOf(range, !isException(element)));
    groups.set(key, group);
  }
  return groups;
}

/** The largest prefixes that make up the range, as the kernel stores it. */
function prefixesOf(range: AddressRange, isMember: boolean): Network[] {
  const end = addressValue(range.last);
  const prefixes: Network[] = [];
  for (let first = addressValue(range.first); first <= end; ) {
    let bits = 0n;
    const fits = (size: bigint): boolean => first % (1n << size) === 0n && first + (1n << size) - 1n <= end;
    while (bits < addressBits(range.family) && fits(bits + 1n)) bits++;
    const last = first + (1n << bits) - 1n;
    prefixes.push({ first, last, isMember });
    first = last + 1n;
  }
  return prefixes;
}

/** The ranges whose innermost network is a member. INVARIANT: two networks are disjoint or one holds the other. */
function innermostMembers(networks: readonly Network[]): { first: bigint; last: bigint }[] {
  const sorted = [...networks].sort((a, b) => compare(a.first, b.first) || compare(b.last, a.last));
  const open: Network[] = [];
  const ranges: { first: bigint; last: bigint }[] = [];
  let next = 0n;
  const closeBefore = (limit: bigint | undefined): void => {
    for (let top = open.at(-1); top !== undefined && (limit === undefined || top.last < limit); top = open.at(-1)) {
      emit(top, top.last);
      open.pop();
    }
  };
  const emit = (network: Network, last: bigint): void => {
    if (network.isMember && next <= last) ranges.push({ first: next, last });
    if (last >= next) next = last + 1n;
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
