/** Turns what needed packets make use of an accepting rule into the rules that would be enough. */
import type { CompiledDevice } from "../compile/compile-device.js";
import { connectionsOf, type UsedPart } from "../compile/needed-packets.js";
import type { Ace } from "../model/acl.js";
import { PacketSet } from "../sets/packet-set.js";
import { aceOfEntry } from "./acl-of-list.js";
import { entriesOfPackets } from "./entries-of-packets.js";
import { mergeEntries } from "./merge-entries.js";
import type { Need } from "./plan-allow-lists.js";

/** An accepting rule and what takes its place. */
export interface Tightening {
  readonly acl: string;
  readonly ace: Ace;
  /** None: nothing needs the rule. */
  readonly instead: readonly Ace[];
  readonly reasons: Need["reason"][];
}

// A rule in more parts than this is one that nobody would read.
const MOST_PARTS = 24;

/**
 * The rules that accept what of the rule at `line` of a file the parts make use of, and nothing that it does not accept;
 * undefined iff the rule cannot be told from others, is in doubt, or would come apart in too many.
 */
export function tightenAce(
  compiled: CompiledDevice,
  at: Ace["at"],
  used: ReadonlyMap<Ace, readonly UsedPart<Need>[]>,
): Tightening | undefined {
  const placed = [...compiled.acls.values()].flatMap(({ acl, aces }) =>
    aces
      .filter(({ ace }) => ace.at.file === at.file && ace.at.line === at.line)
      .map(({ ace, matches }) => ({ acl: acl.name, ace, matches })),
  );
  const [first] = placed;
  if (first === undefined || new Set(placed.map(({ acl }) => acl)).size > 1) return undefined;
  const states = new Set(placed.map(({ ace }) => JSON.stringify(ace.matches.states)));
  const isSure = placed.every(({ ace, matches: { bounds } }) => {
    return bounds.surely === bounds.possibly && ace.matches.tags === undefined;
  });
  // What logs its packets would stop doing so: a narrower rule is written without.
  if (placed.some(({ ace }) => ace.logs)) return undefined;
  if (!isSure || states.size > 1 || placed.some(({ ace }) => ace.action.kind !== "accept")) return undefined;
  const parts = placed.flatMap(({ ace }) => used.get(ace) ?? []);
  const matched = PacketSet.unionOf(placed.map(({ matches }) => matches.bounds.surely));
  const instead = acesFor(first.ace, matched, parts);
  if (instead.length > MOST_PARTS) return undefined;
  return { acl: first.acl, ace: first.ace, instead, reasons: parts.map(({ need }) => need.reason) };
}

function acesFor({ matches }: Ace, matched: PacketSet, parts: readonly UsedPart<Need>[]): Ace[] {
  const entries = parts.flatMap((part) => {
    const { direction, reason } = part.need;
    const needed = connectionsOf(part)
      .forget(["states", "tags"])
      .intersect(matched.forget(["states", "tags"]));
    return entriesOfPackets(needed, direction, reason);
  });
  return mergeEntries(entries).map((entry) => {
    const ace = aceOfEntry(entry, undefined);
    const { states } = matches;
    return states === undefined ? ace : { ...ace, matches: { ...ace.matches, states } };
  });
}
