/** Finds pairs of rules with different actions and common packets: the classic relations, for information. */
import type { CompiledAce } from "../../compile/compile-acl.js";
import type { Ace } from "../../model/acl.js";
import { isExact } from "../../sets/bounds.js";
import type { PacketSet } from "../../sets/packet-set.js";
import type { AuditContext, Check, CheckFinding } from "../check.js";
import { isForEverything } from "../openness.js";
import type { PlacedAce, Rule } from "../rules.js";
import { distinctPlaces } from "../rules.js";
import { linesText, verbOf } from "../words.js";

type Relation = "generalizes" | "correlates";

/** Pairs looked at in all, and for one rule. */
const MOST_PAIRS = 200_000;
const MOST_OF_RULE = 500;

export const generalizedAce: Check = {
  id: "generalized-ace",
  title: "rule with exceptions before it",
  severity: "info",
  run: (context, onIncomplete) => relatedRules(context, "generalizes", onIncomplete),
};

export const correlatedAce: Check = {
  id: "correlated-ace",
  title: "rule that shares packets with an earlier one of another action",
  severity: "info",
  run: (context, onIncomplete) => relatedRules(context, "correlates", onIncomplete),
};

function* relatedRules(context: AuditContext, relation: Relation, onIncomplete: () => void): Iterable<CheckFinding> {
  let pairs = 0;
  const isGeneral = generalAces();
  for (const rule of context.rules) {
    if (!isDeciding(rule.action?.kind) || context.survey.reachOf(rule).kind !== "live") continue;
    const related: Ace[] = [];
    for (const placed of rule.aces) {
      if (isForEverything(placed.acl.aces[placed.position].matches.bounds.possibly)) continue; // a default, written out
      let own = 0;
      for (const other of contraryBefore(placed)) {
        if (++pairs > MOST_PAIRS) return onIncomplete();
        if (++own > MOST_OF_RULE) break;
        if (isGeneral(other)) continue;
        const { bounds } = other.matches;
        const mine = placed.acl.aces[placed.position].matches.bounds;
        if (isExact(bounds) && isExact(mine) && relationOf(mine.surely, bounds.surely) === relation)
          related.push(other.ace);
      }
    }
    if (related.length > 0) yield findingOf(rule, relation, distinctPlaces(related));
  }
}

/** Rules by interface or state alone, such as those for replies and the loopback, meet all others and tell nothing. */
function generalAces(): (compiled: CompiledAce) => boolean {
  const known = new Map<CompiledAce, boolean>();
  return (compiled) => {
    let isGeneral = known.get(compiled);
    if (isGeneral === undefined) {
      const { possibly } = compiled.matches.bounds;
      isGeneral = isForEverything(possibly.forget(["states", "ingressInterfaces", "egressInterfaces"]));
      known.set(compiled, isGeneral);
    }
    return isGeneral;
  };
}

function isDeciding(kind: string | undefined): boolean {
  return kind === "accept" || kind === "drop" || kind === "reject";
}

function isStop(kind: string): boolean {
  return kind === "drop" || kind === "reject";
}

function* contraryBefore({ acl, ace, position }: PlacedAce): Iterable<CompiledAce> {
  for (const earlier of acl.neighbours(position)) {
    if (earlier >= position) return;
    const other = acl.aces[earlier];
    const { kind } = other.ace.action;
    if (other.ace.isImplied || !isDeciding(kind) || isStop(kind) === isStop(ace.action.kind)) continue;
    yield other;
  }
}

function relationOf(later: PacketSet, earlier: PacketSet): Relation | undefined {
  if (!later.overlaps(earlier) || earlier.includes(later)) return undefined;
  return later.includes(earlier) ? "generalizes" : "correlates";
}

const MOST_LINES = 12;

function findingOf(rule: Rule, relation: Relation, others: readonly Ace[]): CheckFinding {
  const lines = linesText(
    others.map(({ at }) => at),
    rule.at,
  );
  const isOne = others.length === 1;
  return {
    subject: rule.at,
    message:
      relation === "generalizes"
        ? `${lines} ${isOne ? "is an exception" : "are exceptions"} from it: what comes first decides`
        : `some of its packets ${lines} ${isOne ? "decides" : "decide"} the other way: what comes first decides`,
    evidence: others.slice(0, MOST_LINES).map(({ at, action }) => ({
      at,
      note: `${verbOf(action)} ${relation === "generalizes" ? "a part" : "some"} of its packets`,
    })),
    help: "nothing, if their order is meant",
  };
}
