/** Prefixes with holes in them. */
import {
  type AddressRange,
  addressFromValue,
  addressValue,
  formatAddressRange,
  isSubrange,
  parseAddressRange,
  rangesOverlap,
} from "../../model/address.js";

/** True iff the text is a prefix, and no service tag. */
export function isPrefix(text: string): boolean {
  return parseAddressRange(text) !== undefined;
}

/** Routes of which none leads what is for one of the prefixes, unless one for a part of that prefix does. */
export function withoutDropped<T extends { readonly to: string }>(
  routes: readonly T[],
  dropped: readonly string[],
): T[] {
  const holes = dropped.flatMap((text) => parseAddressRange(text) ?? []);
  return routes.flatMap((route) => {
    const whole = parseAddressRange(route.to);
    const inside = whole === undefined ? [] : holes.filter((hole) => isSubrange(hole, whole));
    if (whole === undefined || inside.length === 0) return [route];
    return remainder(whole, inside).map((range) => ({ ...route, to: formatAddressRange(range) }));
  });
}

/** The prefixes of a prefix that are in none of the holes. */
function remainder(prefix: AddressRange, holes: readonly AddressRange[]): AddressRange[] {
  if (holes.some((hole) => isSubrange(prefix, hole))) return [];
  if (!holes.some((hole) => rangesOverlap(prefix, hole))) return [prefix];
  const { family, first, last } = prefix;
  const middle = (addressValue(first) + addressValue(last)) / 2n;
  const low = { family, first, last: addressFromValue(middle, family) };
  const high = { family, first: addressFromValue(middle + 1n, family), last };
  return [low, high].flatMap((half) => remainder(half, holes));
}
