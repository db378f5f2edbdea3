/** An exact set of addresses of both families: sorted, disjoint, non-adjacent ranges of 129-bit keys. */
import type { Address, AddressRange, Family } from "../model/address.js";
import { addressFromValue, addressValue, familyOf } from "../model/address.js";

/** Keys are the address values, those of IPv6 shifted above all of IPv4. */
interface KeyRange {
  readonly first: bigint;
  readonly last: bigint;
}

export type AddressSet = readonly KeyRange[];

const IPV4_END = (1n << 32n) - 1n;
const IPV6_START = 1n << 32n;
const LAST_KEY = IPV6_START + (1n << 128n) - 1n;

export const NO_ADDRESSES: AddressSet = [];
export const EVERY_ADDRESS: AddressSet = [{ first: 0n, last: LAST_KEY }];

function keyOf(address: Address): bigint {
  return familyOf(address) === "ipv4" ? addressValue(address) : IPV6_START + addressValue(address);
}

/** The set of exactly the addresses in the ranges, which may overlap. */
export function addressSetOf(ranges: readonly AddressRange[]): AddressSet {
  return merge(ranges.map(({ first, last }) => ({ first: keyOf(first), last: keyOf(last) })));
}

function merge(ranges: readonly KeyRange[]): AddressSet {
  const merged: { first: bigint; last: bigint }[] = [];
  for (const range of [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const previous = merged[merged.length - 1];
    if (previous !== undefined && range.first <= previous.last + 1n) {
      if (range.last > previous.last) previous.last = range.last;
    } else merged.push({ ...range });
  }
  return merged;
}

/** Every address not in the set. */
function complementAddresses(set: AddressSet): AddressSet {
  const gaps: KeyRange[] = [];
  let next = 0n;
  for (const { first, last } of set) {
    if (first > next) gaps.push({ first: next, last: first - 1n });
    next = last + 1n;
  }
  if (next <= LAST_KEY) gaps.push({ first: next, last: LAST_KEY });
  return gaps;
}

/** The addresses in both. */
export function intersectAddresses(a: AddressSet, b: AddressSet): AddressSet {
  const common: KeyRange[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const left = a[i] as KeyRange;
    const right = b[j] as KeyRange;
    const { first } = left.first < right.first ? right : left;
    const endsFirst = left.last < right.last ? left : right;
    if (first <= endsFirst.last) common.push({ first, last: endsFirst.last });
    if (endsFirst === left) i++;
    else j++;
  }
  return common;
}

/** The addresses of `a` that are not in `b`. */
export function subtractAddresses(a: AddressSet, b: AddressSet): AddressSet {
  return intersectAddresses(a, complementAddresses(b));
}

/** The addresses in either. */
export function uniteAddresses(a: AddressSet, b: AddressSet): AddressSet {
  return merge([...a, ...b]);
}

/** True iff the address is in the set. */
export function hasAddress(set: AddressSet, address: Address): boolean {
  const key = keyOf(address);
  return set.some(({ first, last }) => first <= key && key <= last);
}

/** The set as ranges within one family each, in ascending order. */
export function addressRanges(set: AddressSet): AddressRange[] {
  return set.flatMap(({ first, last }) => {
    const ranges: AddressRange[] = [];
    if (first <= IPV4_END) ranges.push(rangeOf("ipv4", first, last < IPV4_END ? last : IPV4_END));
    if (last >= IPV6_START)
      ranges.push(rangeOf("ipv6", first > IPV6_START ? first - IPV6_START : 0n, last - IPV6_START));
    return ranges;
  });
}

function rangeOf(family: Family, first: bigint, last: bigint): AddressRange {
  return { family, first: addressFromValue(first, family), last: addressFromValue(last, family) };
}
