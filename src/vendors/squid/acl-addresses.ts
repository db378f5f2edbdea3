/** Reads the values of Squid's address acls, and leaves out the ones that Squid 5.7 leaves out. */
import type { Address, AddressRange, Family } from "../../model/address.js";
import {
  ALL_ADDRESSES,
  compareAddresses,
  familyOf,
  parseAddress,
  parseAddressRange,
  prefixRange,
  singleAddress,
} from "../../model/address.js";

const EVERYTHING: readonly AddressRange[] = [ALL_ADDRESSES.ipv4, ALL_ADDRESSES.ipv6];

// Squid 5.7, asked: these old spellings of `all` mean every address of both families.
const SPELLINGS_OF_ALL = new Set([
  "all",
  "0/0",
  "0.0.0.0/0",
  "0.0.0.0/0.0.0.0",
  "0.0.0.0-255.255.255.255",
  "0.0.0.0-0.0.0.0/0",
]);

// Squid 5.7, asked address by address: what `ipv6` stands for.
const IPV6_VALUE: readonly AddressRange[] = [
  "1000::-efff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "fc00::/7",
  "fe80::/10",
].map((text) => parseAddressRange(text) as AddressRange);

// Squid 5.7, asked: a mask of length 0 is taken for no mask, so `::/0` and its other name are the address `::` alone.
const SPELLINGS_OF_UNSPECIFIED = new Set(["ipv4", "::/0"]);

/** True iff the value looks wider than it is: its mask of length 0 is taken for no mask. */
export function isNarrowerThanWritten(text: string): boolean {
  return text === "ipv4" || (/\/0+(\.0+)*$/.test(text) && !SPELLINGS_OF_ALL.has(text));
}

/**
 * The ranges one value stands for, several for `ipv6`; undefined iff it is not an address (Squid would resolve a name when
 * it starts).
 */
export function parseAclAddresses(text: string): readonly (readonly AddressRange[])[] | undefined {
  if (SPELLINGS_OF_ALL.has(text.toLowerCase())) return [EVERYTHING];
  if (SPELLINGS_OF_UNSPECIFIED.has(text)) return [[singleAddress([0, 0, 0, 0])]];
  if (text === "ipv6") return IPV6_VALUE.map((range) => [range]);
  const [span = "", mask, ...rest] = text.split("/");
  if (rest.length > 0) return undefined;
  const [first, last = first] = span.split("-").map((part) => parseAddress(part)) as [Address?, Address?];
  if (first === undefined || last === undefined || first.length !== last.length) return undefined;
  if (span.split("-").length > 2 || compareAddresses(first, last) > 0) return undefined;
  const length = mask === undefined ? 32 * first.length : maskBits(mask, first);
  if (length === undefined) return undefined;
  const kept = length === 0 ? 32 * first.length : length;
  const range = { family: familyOf(first), first: prefixRange(first, kept).first, last: prefixRange(last, kept).last };
  return [[range]];
}

// A mask with holes is taken for as long as its leading ones are (Squid 5.7 says so when it starts).
function maskBits(text: string, address: Address): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= 32 * address.length ? Number(text) : undefined;
  const mask = parseAddress(text);
  if (mask === undefined || mask.length !== address.length) return undefined;
  const bits = mask.map((word) => word.toString(2).padStart(32, "0")).join("");
  return bits.indexOf("0") < 0 ? bits.length : bits.indexOf("0");
}

/**
 * Values of one acl in order. Squid 5.7 keeps them in a search tree without overlaps: of two values that share an address
 * the later one is ignored whole, also where it is the wider.
 */
export class AddressValues {
  private readonly kept: Record<Family, AddressRange[]> = { ipv4: [], ipv6: [] };

  /** Adds one value; false iff it is ignored. */
  add(value: readonly AddressRange[]): boolean {
    const places = value.map((range) => ({ range, index: this.placeOf(range) }));
    if (places.some(({ index }) => index === undefined)) return false;
    for (const { range, index } of places) this.kept[range.family].splice(index as number, 0, range);
    return true;
  }

  ranges(): readonly AddressRange[] {
    return [...this.kept.ipv4, ...this.kept.ipv6];
  }

  /** Index at which the range keeps its family's list in order; undefined iff it overlaps one there. */
  private placeOf({ family, first, last }: AddressRange): number | undefined {
    const ranges = this.kept[family];
    let low = 0;
    for (let high = ranges.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (compareAddresses((ranges[middle] as AddressRange).last, first) < 0) low = middle + 1;
      else high = middle;
    }
    const next = ranges[low];
    return next !== undefined && compareAddresses(next.first, last) <= 0 ? undefined : low;
  }
}
