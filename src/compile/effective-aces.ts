/** What single aces contribute to an acl: the packets they decide, and whether anything would change without them. */
import type { Action } from "../model/acl.js";
import { type Bounds, exactly, intersectBounds } from "../sets/bounds.js";
import type { Budget } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";
import type { CompiledAcl } from "./compile-acl.js";

/**
 * The packets (of `within`) that the ace at `position` (in deciding order) decides: surely, because it surely matches them and no earlier
 * ace possibly does; possibly, because it may match them and no earlier ace surely does. Only acls without jumps have an
 * answer of their own; undefined iff the budget ran out.
 */
export function effectivePackets(
  acl: CompiledAcl,
  position: number,
  budget: Budget,
  within: PacketSet = PacketSet.all,
): Bounds | undefined {
  const effective = (): Bounds => {
    let { surely, possibly } = intersectBounds(acl.aces[position].matches.bounds, exactly(within));
    for (const earlier of acl.candidates(possibly)) {
      if (earlier >= position || possibly.isEmpty) break;
      const { ace, matches } = acl.aces[earlier];
      if (isPassing(ace.action, acl)) continue;
      surely = surely.subtract(matches.bounds.possibly);
      if (endsWalk(ace.action)) possibly = possibly.subtract(matches.bounds.surely);
    }
    return { surely, possibly };
  };
  return budget.run<Bounds | undefined>(effective, () => undefined);
}

/**
 * True iff removing the ace at `position` surely changes no packet's outcome, though packets may reach it; undefined iff the
 * budget ran out. Acls whose other aces jump or translate are never said to have a redundant ace.
 */
export function isRedundant(acl: CompiledAcl, position: number, budget: Budget): boolean | undefined {
  const { ace } = acl.aces[position];
  const kind = ace.action.kind;
  if (kind === "pass") return true;
  if (kind !== "accept" && kind !== "drop" && kind !== "reject") return false;
  const reached = effectivePackets(acl, position, budget);
  if (reached === undefined) return undefined;
  return budget.run<boolean | undefined>(
    () => isDecidedAlike(acl, position, kind, reached.possibly),
    () => undefined,
  );
}

function isDecidedAlike(acl: CompiledAcl, position: number, kind: Action["kind"], packets: PacketSet): boolean {
  let rest = packets;
  for (const later of acl.candidates(packets)) {
    if (rest.isEmpty) return true;
    if (later <= position) continue;
    const { ace, matches } = acl.aces[later];
    if (ace.action.kind === "pass" || !rest.overlaps(matches.bounds.possibly)) continue;
    if (ace.action.kind !== kind) return false;
    rest = rest.subtract(matches.bounds.surely);
  }
  return rest.isEmpty || acl.acl.defaultAction.kind === kind;
}

/** Only an ordered walk can be left early: elsewhere a return is a pass. */
function isPassing({ kind }: Action, { acl }: CompiledAcl): boolean {
  return kind === "pass" || (kind === "return" && acl.evaluation !== "first-match");
}

function endsWalk({ kind }: Action): boolean {
  return kind === "accept" || kind === "drop" || kind === "reject" || kind === "translate";
}
