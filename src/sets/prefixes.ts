/** Address ranges as prefixes, and what lies between ranges. */
import {
  type AddressRange,
  ALL_ADDRESSES,
  addressBits,
  addressFromValue,
  addressValue,
  type Family,
} from "../model/address.js";

const MOST = 3;

/** The fewest prefixes that make up a range; undefined iff they are more than a person would write. */
export function prefixesOf({ family, first, last }: AddressRange): AddressRange[] | undefined {
  const end = addressValue(last);
  const prefixes: AddressRange[] = [];
  let start = addressValue(first);
  while (start <= end) {
    if (prefixes.length === MOST) return undefined;
    const next = start + largestBlock(start, end, addressBits(family));
    prefixes.push({ family, first: addressFromValue(start, family), last: addressFromValue(next - 1n, family) });
    start = next;
  }
  return prefixes;
}

function largestBlock(start: bigint, end: bigint, bits: number): bigint {
  let size = 1n << BigInt(bits);
  while (start % size !== 0n || start + size - 1n > end) size >>= 1n;
  return size;
}

/** The addresses of a family in none of the ranges, which are ascending and disjoint. */
export function rangesBetween(ranges: readonly AddressRange[], family: Family): AddressRange[] {
  const gaps: AddressRange[] = [];
  const gap = (from: bigint, to: bigint) => {
    if (from <= to) gaps.push({ family, first: addressFromValue(from, family), last: addressFromValue(to, family) });
  };
  let next = 0n;
  for (const { first, last } of ranges) {
    gap(next, addressValue(first) - 1n);
    next = addressValue(last) + 1n;
  }
  gap(next, addressValue(ALL_ADDRESSES[family].last));
  return gaps;
}
