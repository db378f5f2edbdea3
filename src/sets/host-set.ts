/** An exact set of what a request can name as its host: DNS names and address literals. */
import type { Address, AddressRange } from "../model/address.js";
import {
  compareAddresses,
  formatAddress,
  formatAddressRange,
  parseAddress,
  parseAddressRange,
  singleAddress,
} from "../model/address.js";
import {
  type AddressSet,
  addressRanges,
  addressSetOf,
  EVERY_ADDRESS,
  hasAddress,
  intersectAddresses,
  NO_ADDRESSES,
  subtractAddresses,
  uniteAddresses,
} from "./address-set.js";
import {
  ALL_NAMES,
  filterNames,
  hasName,
  intersectNames,
  isEmptyNames,
  type NameRegion,
  type NameScope,
  type NameTree,
  NO_NAMES,
  nameInRegion,
  nameRegions,
  nameTreeOf,
  subtractNames,
  uniteNames,
} from "./name-tree.js";

export interface HostSet {
  readonly names: NameTree;
  readonly literals: AddressSet;
}

export const NO_HOSTS: HostSet = { names: NO_NAMES, literals: NO_ADDRESSES };
export const ALL_HOSTS: HostSet = { names: ALL_NAMES, literals: EVERY_ADDRESS };
export const ALL_LITERALS: HostSet = { names: NO_NAMES, literals: EVERY_ADDRESS };

/** The names and subtrees of the patterns. */
export function hostSetOfNames(patterns: Iterable<{ readonly name: string; readonly scope: NameScope }>): HostSet {
  return { names: nameTreeOf(patterns), literals: NO_ADDRESSES };
}

/** The address literals in the ranges. */
export function hostSetOfAddresses(ranges: readonly AddressRange[]): HostSet {
  return { names: NO_NAMES, literals: addressSetOf(ranges) };
}

/**
 * The hosts that texts of our own input files stand for: `*.example.com` every name below, `.example.com` the domain and
 * every name below, anything else the name itself; addresses and prefixes stand for literals.
 */
export function parseHostSet(texts: readonly string[]): HostSet {
  const ranges = texts.flatMap((text) => parseAddressRange(text) ?? []);
  const names = texts.filter((text) => parseAddressRange(text) === undefined).map(parseNamePattern);
  return uniteHosts(hostSetOfNames(names), hostSetOfAddresses(ranges));
}

/** The texts, as `parseHostSet` reads them, in the fewest ones that stand for the same hosts. */
export function uniteHostTexts(texts: readonly string[]): string[] {
  const united = formatHosts(parseHostSet(texts));
  const isBoth = (name: string): boolean => united.includes(name) && united.includes(`*.${name}`);
  return united
    .filter((text) => !isBoth(text))
    .map((text) => (text.startsWith("*.") && isBoth(text.slice(2)) ? text.slice(1) : text));
}

function parseNamePattern(text: string): { name: string; scope: NameScope } {
  if (text.startsWith("*.")) return { name: text.slice(2), scope: "below" };
  if (text.startsWith(".")) return { name: text.slice(1), scope: "name-and-below" };
  return { name: text, scope: "name" };
}

/**
 * The address a request's host text is; undefined iff it is a name. IPv6 may stand in brackets, and an IPv4-mapped
 * address (RFC 4291 2.5.5.2) is the IPv4 address.
 */
export function addressOfHost(host: string): Address | undefined {
  const address = parseAddress(host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host);
  if (address === undefined || address.length === 1) return address;
  const isMapped = address[0] === 0 && address[1] === 0 && address[2] === 0xffff;
  return isMapped ? [address[3] as number] : address;
}

/** The set of one host, by the text a request names it with. */
export function singleHost(host: string): HostSet {
  const address = addressOfHost(host);
  return address === undefined
    ? hostSetOfNames([{ name: host, scope: "name" }])
    : hostSetOfAddresses([singleAddress(address)]);
}

/** True iff a request for the host text is for a host of the set. */
export function hasHost(set: HostSet, host: string): boolean {
  const address = addressOfHost(host);
  return address === undefined ? hasName(set.names, host) : hasAddress(set.literals, address);
}

export function intersectHosts(a: HostSet, b: HostSet): HostSet {
  return { names: intersectNames(a.names, b.names), literals: intersectAddresses(a.literals, b.literals) };
}

export function subtractHosts(a: HostSet, b: HostSet): HostSet {
  return { names: subtractNames(a.names, b.names), literals: subtractAddresses(a.literals, b.literals) };
}

export function uniteHosts(a: HostSet, b: HostSet): HostSet {
  return { names: uniteNames(a.names, b.names), literals: uniteAddresses(a.literals, b.literals) };
}

export function complementHosts(set: HostSet): HostSet {
  return subtractHosts(ALL_HOSTS, set);
}

/** True iff the set holds no host. */
export function isEmptyHosts(set: HostSet): boolean {
  return isEmptyNames(set.names) && set.literals.length === 0;
}

/** True iff every host of `inner` is in `outer`. */
export function isSubsetOfHosts(inner: HostSet, outer: HostSet): boolean {
  return isEmptyHosts(subtractHosts(inner, outer));
}

/** A piece of a host set that conditions on names are asked about as a whole. */
export type HostRegion = NameRegion | { readonly scope: "literals"; readonly range: AddressRange };

/** Disjoint regions that together are exactly the set. */
export function* hostRegions(set: HostSet): Generator<HostRegion> {
  yield* nameRegions(set.names);
  for (const range of addressRanges(set.literals)) yield { scope: "literals", range };
}

/** The hosts in the regions of the set that `keep` says yes to. */
export function filterHosts(set: HostSet, keep: (region: HostRegion) => boolean): HostSet {
  const ranges = addressRanges(set.literals).filter((range) => keep({ scope: "literals", range }));
  return { names: filterNames(set.names, keep), literals: addressSetOf(ranges) };
}

/** A host of the set, a name where there is one; undefined iff the set is empty. */
export function someHost(set: HostSet): string | undefined {
  const region = hostRegions(set).next().value;
  if (region === undefined) return undefined;
  return region.scope === "literals" ? formatAddress(region.range.first) : nameInRegion(region);
}

/** The only address literal of a region, where it has just one. */
export function singleLiteral(region: HostRegion): Address | undefined {
  if (region.scope !== "literals") return undefined;
  const { first, last } = region.range;
  return compareAddresses(first, last) === 0 ? first : undefined;
}

/** Texts of the set for people, in the notation `parseHostSet` reads, with what a subtree leaves out after it. */
export function formatHosts(set: HostSet): string[] {
  return [...hostRegions(set)].map((region) => {
    if (region.scope === "literals") return formatAddressRange(region.range);
    if (region.scope === "name") return region.name;
    const below = region.name === "" ? "any name" : `*.${region.name}`;
    return region.except.length === 0 ? below : `${below} (outside ${region.except.join(", ")})`;
  });
}
