/** Turns one condition on the host, its addresses or the url into bounds of the hosts of a box. */
import { type AddressRange, parseAddress, singleAddress } from "../model/address.js";
import type { RequestCondition } from "../model/proxy.js";
import { hasWord } from "../sets/choice-set.js";
import { type HostBounds, hostsFound } from "../sets/host-pattern.js";
import {
  ALL_LITERALS,
  filterHosts,
  type HostRegion,
  type HostSet,
  hostSetOfAddresses,
  hostSetOfNames,
  intersectHosts,
  NO_HOSTS,
  parseHostSet,
  subtractHosts,
  uniteHosts,
} from "../sets/host-set.js";
import { hasName } from "../sets/name-tree.js";
import type { RequestBox } from "../sets/request-set.js";
import { plainUrl, regionText, tunnelUrl } from "../sets/request-text.js";
import type { Found, TextPattern } from "../sets/text-pattern.js";
import { areInto, type NameKnowledge, reverseName, type Truth } from "./name-knowledge.js";
import { patternOf } from "./pattern-of-condition.js";

type HostCondition = Extract<
  RequestCondition,
  { readonly kind: "destination" | "host" | "host-pattern" | "url-pattern" }
>;
type Condition<Kind extends RequestCondition["kind"]> = Extract<RequestCondition, { readonly kind: Kind }>;
type BoundsOfBox = (box: RequestBox) => HostBounds;

/** For one condition, the bounds of the hosts of a box for which it holds. */
export function hostsOf(condition: HostCondition, knowledge: NameKnowledge): BoundsOfBox {
  switch (condition.kind) {
    case "destination":
      return destinationHosts(condition, knowledge);
    case "host":
      return namedHosts(condition, knowledge);
    case "host-pattern":
      return hostsWithPattern(condition, knowledge);
    case "url-pattern":
      return hostsWithUrl(condition);
  }
}

function destinationHosts(condition: Condition<"destination">, knowledge: NameKnowledge): BoundsOfBox {
  const literals = hostSetOfAddresses(condition.ranges);
  if (!condition.lookup) return ({ hosts }) => exactly(intersectHosts(hosts, literals));
  const { yes, no } = namesByTruth(condition.ranges, knowledge);
  const inside = uniteHosts(literals, yes);
  const outside = uniteHosts(subtractHosts(ALL_LITERALS, literals), no);
  return ({ hosts }) => ({ surely: intersectHosts(hosts, inside), possibly: subtractHosts(hosts, outside) });
}

/** The names known to resolve into the ranges, and those known not to. */
function namesByTruth(ranges: readonly AddressRange[], { names }: NameKnowledge): { yes: HostSet; no: HostSet } {
  const known = [...names].map(([key, addresses]) => ({ key, truth: areInto(addresses, ranges) }));
  const subtrees = known.filter(({ key }) => key.startsWith("*.")).sort((a, b) => a.key.length - b.key.length);
  const single = known.filter(({ key }) => !key.startsWith("*."));
  // Nearer subtrees are longer and replace what wider ones said; single names replace both.
  return subtrees
    .map((subtree) => [subtree])
    .concat([single])
    .reduce(
      (found, layer) => {
        const layerHosts = parseHostSet(layer.map(({ key }) => key));
        const ofLayer = (truth: Truth): HostSet =>
          parseHostSet(layer.filter((entry) => entry.truth === truth).map(({ key }) => key));
        return {
          yes: uniteHosts(subtractHosts(found.yes, layerHosts), ofLayer("yes")),
          no: uniteHosts(subtractHosts(found.no, layerHosts), ofLayer("no")),
        };
      },
      { yes: NO_HOSTS, no: NO_HOSTS },
    );
}

function exactly(hosts: HostSet): HostBounds {
  return { surely: hosts, possibly: hosts };
}

function namedHosts(condition: Condition<"host">, knowledge: NameKnowledge): BoundsOfBox {
  const names = hostSetOfNames(
    condition.patterns.map(({ name, below }) => ({ name, scope: below ? "name-and-below" : "name" })),
  );
  const named = uniteHosts(names, hostSetOfAddresses(condition.addresses));
  const reversed = reversedLiterals(condition.reverse?.nameless, knowledge, (name) =>
    hasName(names.names, name) ? "yes" : "no",
  );
  return ({ hosts }) => withReversed(hosts, exactly(intersectHosts(hosts, named)), reversed);
}

function hostsWithPattern(condition: Condition<"host-pattern">, knowledge: NameKnowledge): BoundsOfBox {
  const pattern = patternOf(condition);
  if (pattern === undefined) return ({ hosts }) => ({ surely: NO_HOSTS, possibly: hosts });
  const known = hostsFound(pattern.tree);
  const reversed = reversedLiterals(condition.reverse?.nameless, knowledge, (name) => truthOf(pattern.find([name])));
  return ({ hosts }) => {
    const searched = searchRegions(intersectHosts(subtractHosts(hosts, known.surely), known.possibly), (region) =>
      pattern.find(regionText(region)),
    );
    const surely = intersectHosts(hosts, known.surely);
    const found = { surely: uniteHosts(surely, searched.surely), possibly: uniteHosts(surely, searched.possibly) };
    return withReversed(hosts, found, reversed);
  };
}

function truthOf(found: Found): Truth {
  return found === "always" ? "yes" : found === "never" ? "no" : "unknown";
}

function searchRegions(hosts: HostSet, find: (region: HostRegion) => Found): HostBounds {
  const possibly = filterHosts(hosts, (region) => find(region) !== "never");
  return { surely: filterHosts(possibly, (region) => find(region) === "always"), possibly };
}

/** Literals whose name a condition holds for, and those whose name it does not hold for. */
interface ReversedLiterals {
  readonly inside: HostSet;
  readonly outside: HostSet;
}

/** Undefined iff the condition makes no reverse lookup. */
function reversedLiterals(
  nameless: string | undefined,
  knowledge: NameKnowledge,
  holds: (name: string) => Truth,
): ReversedLiterals | undefined {
  if (nameless === undefined) return undefined;
  const byTruth: Record<Truth, AddressRange[]> = { yes: [], no: [], unknown: [] };
  for (const text of knowledge.reverseNames?.keys() ?? []) {
    const address = parseAddress(text);
    const name = address && reverseName(address, nameless, knowledge);
    if (address !== undefined && name !== undefined) byTruth[holds(name)].push(singleAddress(address));
  }
  return { inside: hostSetOfAddresses(byTruth.yes), outside: hostSetOfAddresses(byTruth.no) };
}

// A literal that the condition does not hold for by its text is asked about by its name.
function withReversed(hosts: HostSet, found: HostBounds, reversed: ReversedLiterals | undefined): HostBounds {
  if (reversed === undefined) return found;
  const asked = subtractHosts(intersectHosts(hosts, ALL_LITERALS), found.surely);
  return {
    surely: uniteHosts(found.surely, intersectHosts(asked, reversed.inside)),
    possibly: uniteHosts(found.possibly, subtractHosts(asked, reversed.outside)),
  };
}

// Beyond this many schemes in a box they are not told apart.
const MAX_SCHEMES = 8;

function hostsWithUrl(condition: Condition<"url-pattern">): BoundsOfBox {
  const pattern = patternOf(condition);
  if (pattern === undefined) return ({ hosts }) => ({ surely: NO_HOSTS, possibly: hosts });
  return (box) => searchRegions(box.hosts, (region) => findInUrls(pattern, box, region));
}

function findInUrls(pattern: TextPattern, box: RequestBox, region: HostRegion): Found {
  const host = regionText(region);
  if (hasWord(box.methods, "CONNECT")) return pattern.find(tunnelUrl(host, box.ports));
  const isListed = !box.schemes.isComplement && box.schemes.words.size <= MAX_SCHEMES;
  const schemes = isListed ? [...box.schemes.words] : [undefined];
  const found = schemes.map((scheme) => pattern.find(plainUrl(scheme, host, box.ports)));
  return found.every((one) => one === found[0]) ? (found[0] as Found) : "sometimes";
}
