import { Address6 } from "ip-address";

export type Family = "ipv4" | "ipv6";

/** One address as unsigned 32-bit words, most significant first: one word for IPv4, four for IPv6. */
export type Address = readonly number[];

/** Inclusive range of addresses of one family, `first` ≤ `last`. */
export interface AddressRange {
  readonly family: Family;
  readonly first: Address;
  readonly last: Address;
}

/** The addresses `a` with `a & mask === value`; needed only where the mask is not contiguous. */
export interface MaskedAddress {
  readonly family: Family;
  readonly value: Address;
  readonly mask: Address;
}

const WORD_MAX = 0xffffffff;

/** Every address of a family. */
export const ALL_ADDRESSES: Readonly<Record<Family, AddressRange>> = {
  ipv4: { family: "ipv4", first: [0], last: [WORD_MAX] },
  ipv6: { family: "ipv6", first: [0, 0, 0, 0], last: [WORD_MAX, WORD_MAX, WORD_MAX, WORD_MAX] },
};

/** Number of bits of an address of the family. */
export function addressBits(family: Family): 32 | 128 {
  return family === "ipv4" ? 32 : 128;
}

/** The family an address belongs to. */
export function familyOf(address: Address): Family {
  return address.length === 1 ? "ipv4" : "ipv6";
}

/** The address a text denotes (dotted quad, or IPv6 without zone); undefined iff it denotes none. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

// Dotted quads are read by hand: exports hold them by the hundred thousand and a library object for each costs more
// than all other parsing together.
function parseIpv4(text: string): Address | undefined {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (octet < 0) return undefined;
      value = value * 256 + octet;
      octet = -1;
      dots++;
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return undefined; // a leading zero is octal to some readers and decimal to others
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
      if (octet > 255) return undefined;
    } else return undefined;
  }
  return dots === 3 && octet >= 0 ? [value * 256 + octet] : undefined;
}

function parseIpv6(text: string): Address | undefined {
  if (text.includes("/") || text.includes("%") || !Address6.isValid(text)) return undefined;
  return addressFromValue(new Address6(text).bigInt(), "ipv6");
}

/** The address of a family with a given numeric value. */
export function addressFromValue(value: bigint, family: Family): Address {
  if (family === "ipv4") return [Number(value)];
  return [96n, 64n, 32n, 0n].map((shift) => Number((value >> shift) & 0xffffffffn));
}

/** The numeric value of an address. */
export function addressValue(address: Address): bigint {
  return address.reduce((value, word) => (value << 32n) | BigInt(word), 0n);
}

/** Canonical text: dotted quad, or RFC 5952 for IPv6. */
export function formatAddress(address: Address): string {
  if (address.length === 1) {
    const word = address[0] as number;
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
  }
  return Address6.fromBigInt(addressValue(address)).correctForm();
}

/** Negative, zero or positive as `a` is before, equal to or after `b` (same family). */
export function compareAddresses(a: Address, b: Address): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** True iff the address lies in the range (an address of the other family does not). */
export function isInRange(address: Address, range: AddressRange): boolean {
  return (
    address.length === range.first.length &&
    compareAddresses(range.first, address) <= 0 &&
    compareAddresses(address, range.last) <= 0
  );
}

/** True iff every address of `inner` lies in `outer`. */
export function isSubrange(inner: AddressRange, outer: AddressRange): boolean {
  return isInRange(inner.first, outer) && isInRange(inner.last, outer);
}

/** True iff the ranges share an address. */
export function rangesOverlap(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && compareAddresses(a.first, b.last) <= 0 && compareAddresses(b.first, a.last) <= 0;
}

/** The range of one address. */
export function singleAddress(address: Address): AddressRange {
  return { family: familyOf(address), first: address, last: address };
}

/** Words with the highest `length` bits set. */
export function prefixMask(family: Family, length: number): Address {
  const first = maskWord(length);
  return family === "ipv4" ? [first] : [first, maskWord(length - 32), maskWord(length - 64), maskWord(length - 96)];
}

function maskWord(length: number): number {
  const bits = Math.min(32, Math.max(0, length));
  return bits === 0 ? 0 : (WORD_MAX << (32 - bits)) >>> 0;
}

/** The range of the prefix that `address` lies in; host bits are masked away. */
export function prefixRange(address: Address, length: number): AddressRange {
  const family = familyOf(address);
  const mask = prefixMask(family, length);
  return {
    family,
    first: address.map((word, i) => (word & (mask[i] as number)) >>> 0),
    last: address.map((word, i) => (word | ~(mask[i] as number)) >>> 0),
  };
}

/** The prefix length a mask stands for; undefined iff its set bits are not leading. */
export function maskLength(mask: Address): number | undefined {
  const family = familyOf(mask);
  const length = mask.reduce((bits, word) => bits + bitCount(word), 0);
  return compareAddresses(prefixMask(family, length), mask) === 0 ? length : undefined;
}

function bitCount(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}

/** The range a text denotes: `a`, `a/length`, `a/mask` (contiguous) or `a-b`; undefined iff it denotes none. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const slash = text.indexOf("/");
  if (slash >= 0) return parsePrefix(text.slice(0, slash), text.slice(slash + 1));
  const dash = text.indexOf("-");
  if (dash >= 0) return parseFirstLast(text.slice(0, dash), text.slice(dash + 1));
  const address = parseAddress(text);
  return address && singleAddress(address);
}

function parsePrefix(addressText: string, lengthText: string): AddressRange | undefined {
  const address = parseAddress(addressText);
  if (address === undefined) return undefined;
  const length = /^\d{1,3}$/.test(lengthText) ? Number(lengthText) : parseMaskLength(lengthText, address);
  if (length === undefined || length > addressBits(familyOf(address))) return undefined;
  return prefixRange(address, length);
}

function parseMaskLength(text: string, address: Address): number | undefined {
  const mask = parseAddress(text);
  return mask !== undefined && mask.length === address.length ? maskLength(mask) : undefined;
}

function parseFirstLast(firstText: string, lastText: string): AddressRange | undefined {
  const first = parseAddress(firstText.trim());
  const last = parseAddress(lastText.trim());
  if (first === undefined || last === undefined || first.length !== last.length) return undefined;
  return compareAddresses(first, last) <= 0 ? { family: familyOf(first), first, last } : undefined;
}

/** Text of a range: one address, a prefix where the range is one, else `first-last`. */
export function formatAddressRange(range: AddressRange): string {
  if (compareAddresses(range.first, range.last) === 0) return formatAddress(range.first);
  const mask = range.first.map((word, i) => ~(word ^ (range.last[i] as number)) >>> 0);
  const length = maskLength(mask);
  const isPrefix = length !== undefined && range.first.every((word, i) => (word & ~(mask[i] as number)) >>> 0 === 0);
  return isPrefix
    ? `${formatAddress(range.first)}/${length}`
    : `${formatAddress(range.first)}-${formatAddress(range.last)}`;
}

/** The fewest prefixes that hold exactly the range: at most 62 for IPv4 and 254 for IPv6. */
export function rangePrefixes({ family, first, last }: AddressRange): AddressRange[] {
  const bits = addressBits(family);
  const end = addressValue(last);
  const prefixes: AddressRange[] = [];
  for (let start = addressValue(first); start <= end; ) {
    let hostBits = 0;
    while (
      hostBits < bits &&
      ((start >> BigInt(hostBits)) & 1n) === 0n &&
      start + (2n << BigInt(hostBits)) - 1n <= end
    ) {
      hostBits++;
    }
    prefixes.push(prefixRange(addressFromValue(start, family), bits - hostBits));
    start += 1n << BigInt(hostBits);
  }
  return prefixes;
}

/** The addresses that are not reachable over the internet: RFC 1918, RFC 6598, loopback, link-local, unique local. */
export const PRIVATE_RANGES: readonly AddressRange[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "fc00::/7",
  "fe80::/10",
  "::1",
].map((text) => parseAddressRange(text) as AddressRange);

/**
 * The addresses that hosts on the internet have: neither private nor "this network", multicast or reserved. Without
 * 168.63.129.16, which Azure puts into every virtual network as the host's own address and no internet host can have.
 */
export const PUBLIC_RANGES: readonly AddressRange[] = [
  "1.0.0.0-9.255.255.255",
  "11.0.0.0-100.63.255.255",
  "100.128.0.0-126.255.255.255",
  "128.0.0.0-168.63.129.15",
  "168.63.129.17-169.253.255.255",
  "169.255.0.0-172.15.255.255",
  "172.32.0.0-192.167.255.255",
  "192.169.0.0-223.255.255.255",
  "2000::/3",
].map((text) => parseAddressRange(text) as AddressRange);
