/** Bounds of the hosts in whose text a regular expression is found, exact for the forms people write for domains. */
import { parseAddress, singleAddress } from "../model/address.js";
import { ALL_HOSTS, type HostSet, hostSetOfAddresses, hostSetOfNames, NO_HOSTS, uniteHosts } from "./host-set.js";
import type { NameScope } from "./name-tree.js";
import type { CharRange, RegexNode } from "./regex-syntax.js";

export interface HostBounds {
  readonly surely: HostSet;
  readonly possibly: HostSet;
}

/** `any`: some text, possibly empty; `some`: at least one character. Other tokens are one known character. */
type Token = "start" | "end" | "any" | "some" | { readonly char: string };

/** One way through a pattern. `isExact` is false where it stands for more texts than its tokens say. */
interface Way {
  readonly tokens: readonly Token[];
  readonly isExact: boolean;
}

// `(a|b|c)(d|e|f)…` multiplies; patterns with more ways than this are left to the caller's search.
const MAX_WAYS = 256;
const MAX_CHARS_IN_SET = 16;

/** Which hosts a pattern is certainly, and which it is possibly, found in; a host's text is lower case. */
export function hostsFound(tree: RegexNode): HostBounds {
  const ways = waysThrough(tree);
  if (ways === undefined) return { surely: NO_HOSTS, possibly: ALL_HOSTS };
  const found = ways.map(hostsOfWay);
  const surely = found.reduce((all, { hosts }) => uniteHosts(all, hosts), NO_HOSTS);
  return { surely, possibly: found.every(({ isExact }) => isExact) ? surely : ALL_HOSTS };
}

function waysThrough(tree: RegexNode): readonly Way[] | undefined {
  switch (tree.kind) {
    case "start":
    case "end":
      return [{ tokens: [tree.kind], isExact: true }];
    case "char":
      return waysOfChars(tree.ranges);
    case "choice":
      return limited(tree.options.map(waysThrough), (options) => options.flat());
    case "sequence":
      return joined(tree.parts);
    case "repeat":
      return waysOfRepeat(tree.part, tree.min, tree.max);
  }
}

function limited(
  parts: readonly (readonly Way[] | undefined)[],
  combine: (parts: readonly (readonly Way[])[]) => readonly Way[],
): readonly Way[] | undefined {
  if (parts.includes(undefined)) return undefined;
  const ways = combine(parts as readonly (readonly Way[])[]);
  return ways.length > MAX_WAYS ? undefined : ways;
}

function joined(parts: readonly RegexNode[]): readonly Way[] | undefined {
  let ways: readonly Way[] | undefined = [{ tokens: [], isExact: true }];
  for (const part of parts) {
    ways = limited([ways, waysThrough(part)], ([before, after]) =>
      (before as readonly Way[]).flatMap((left) => (after as readonly Way[]).map((right) => join(left, right))),
    );
    if (ways === undefined) return undefined;
  }
  return ways;
}

function join(left: Way, right: Way): Way {
  return { tokens: [...left.tokens, ...right.tokens], isExact: left.isExact && right.isExact };
}

function isAnyChar(ranges: readonly CharRange[]): boolean {
  return ranges.length === 1 && ranges[0]?.first === 0 && ranges[0].last === 0xffff;
}

function waysOfChars(ranges: readonly CharRange[]): readonly Way[] | undefined {
  // An unescaped dot: people mean a dot, and a dot is certainly found.
  if (isAnyChar(ranges)) return [{ tokens: [{ char: "." }], isExact: false }];
  const size = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  if (size > 2 * MAX_CHARS_IN_SET) return undefined;
  const chars = new Set(
    ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
  );
  const lower = [...chars].filter((char) => char < 65 || char > 90);
  if (lower.length > MAX_CHARS_IN_SET) return undefined;
  return lower.map((char) => ({ tokens: [{ char: String.fromCharCode(char) }], isExact: true }));
}

function waysOfRepeat(part: RegexNode, min: number, max: number | undefined): readonly Way[] | undefined {
  if (part.kind === "char" && isAnyChar(part.ranges) && max === undefined && min <= 1) {
    return [{ tokens: [min === 0 ? "any" : "some"], isExact: true }];
  }
  if (min === 0 && max === 1) {
    return limited([[{ tokens: [], isExact: true }], waysThrough(part)], (options) => options.flat());
  }
  return undefined;
}

function hostsOfWay(way: Way): { hosts: HostSet; isExact: boolean } {
  const { lead, body, isWhole } = anchored(way.tokens);
  const nothing = { hosts: NO_HOSTS, isExact: false };
  if (!isWhole || body.some((token) => typeof token === "string")) return nothing;
  const text = body.map((token) => (typeof token === "string" ? "" : token.char)).join("");
  if (text.endsWith(".")) return { hosts: NO_HOSTS, isExact: way.isExact }; // no host's text ends so
  if (text.includes(":")) return nothing; // IPv6 has more spellings than the one a host's text has
  if (lead === "nothing") return { hosts: exactHost(text), isExact: way.isExact };
  if (text === "") return lead === "any" ? { hosts: ALL_HOSTS, isExact: true } : nothing;
  if (/(^|\.)\d*$/.test(text)) return nothing; // may end the text of an IPv4 address
  if (text.startsWith(".")) return { hosts: scoped(text.slice(1), "below"), isExact: way.isExact };
  return { hosts: scoped(text, lead === "any" ? "name-and-below" : "below"), isExact: false };
}

/** What a way allows before its body; `isWhole` iff the body must reach the end of the text. */
function anchored(tokens: readonly Token[]): {
  lead: "nothing" | "any" | "some";
  body: readonly Token[];
  isWhole: boolean;
} {
  const isWhole = tokens[tokens.length - 1] === "end";
  const inner = isWhole ? tokens.slice(0, -1) : tokens;
  const isStarted = inner[0] === "start";
  const rest = isStarted ? inner.slice(1) : inner;
  const [first, ...others] = rest;
  if (first === "any" || first === "some") return { lead: first, body: others, isWhole };
  return { lead: isStarted ? "nothing" : "any", body: rest, isWhole };
}

function exactHost(text: string): HostSet {
  const address = parseAddress(text);
  return address === undefined ? scoped(text, "name") : hostSetOfAddresses([singleAddress(address)]);
}

function scoped(name: string, scope: NameScope): HostSet {
  return hostSetOfNames([{ name, scope }]);
}
