/** What a user has stated about DNS: nothing is looked up, and a name that is not mentioned may have any address. */
import type { Address, AddressRange } from "../model/address.js";
import { compareAddresses, formatAddress, singleAddress } from "../model/address.js";
import { addressSetOf, intersectAddresses, subtractAddresses } from "../sets/address-set.js";

/** All addresses of a name (none: it does not resolve), or ranges that hold all of them, whichever and how many they are. */
export type KnownAddresses = { readonly exactly: readonly Address[] } | { readonly within: readonly AddressRange[] };

export interface NameKnowledge {
  /** By lower-case name, or `*.suffix` for every name below that has no key of its own and none nearer to it. */
  readonly names: ReadonlyMap<string, KnownAddresses>;
  /** By address text: the name an address resolves back to; empty text where it resolves to none. */
  readonly reverseNames?: ReadonlyMap<string, string>;
}

/** What stated ranges say of a name: single addresses are all that it has; a range holds them, whichever they are. */
export function knownAddresses(ranges: readonly AddressRange[]): KnownAddresses {
  const isEach = ranges.every(({ first, last }) => compareAddresses(first, last) === 0);
  return isEach ? { exactly: ranges.map(({ first }) => first) } : { within: ranges };
}

/** The doubt about a name of which only ranges are stated, for people. */
export function withinDoubt(name: string): string {
  return `which of the stated addresses are those of \`${name}\``;
}

/** Nothing is known of any name. */
export const NO_KNOWLEDGE: NameKnowledge = { names: new Map() };

/** Whether something holds: `unknown` iff what is known does not tell. */
export type Truth = "yes" | "no" | "unknown";

/** Whether a name with these addresses has one in the ranges. */
export function areInto(known: KnownAddresses, ranges: readonly AddressRange[]): Truth {
  const target = addressSetOf(ranges);
  if ("exactly" in known) {
    return intersectAddresses(addressSetOf(known.exactly.map(singleAddress)), target).length > 0 ? "yes" : "no";
  }
  const within = addressSetOf(known.within);
  if (intersectAddresses(within, target).length === 0) return "no";
  return subtractAddresses(within, target).length === 0 ? "yes" : "unknown";
}

/** Whether the name has an address in the ranges. */
export function resolvesInto(name: string, ranges: readonly AddressRange[], { names }: NameKnowledge): Truth {
  const own = names.get(name);
  if (own !== undefined) return areInto(own, ranges);
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
    const below = names.get(`*${name.slice(dot)}`);
    if (below !== undefined) return areInto(below, ranges);
  }
  return "unknown";
}

/** The name an address resolves back to, `nameless` where it is known to have none; undefined iff it is not known. */
export function reverseName(address: Address, nameless: string, knowledge: NameKnowledge): string | undefined {
  const name = knowledge.reverseNames?.get(formatAddress(address));
  return name === "" ? nameless : name;
}
