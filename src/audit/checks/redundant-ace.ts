/** Finds rules that packets reach and without which every packet would fare the same. */
import type { Ace } from "../../model/acl.js";
import type { SourceRef } from "../../model/source-ref.js";
import { Budget } from "../../sets/budget.js";
import type { Check, CheckFinding } from "../check.js";
import { findReplacement, type Replacement } from "../redundancy.js";
import { distinctPlaces, type Rule } from "../rules.js";
import { linesText, packetsOf, verbOf } from "../words.js";

/** A bound on the work of all rules together. */
const STEPS = 3_000_000;

export const redundantAce: Check = {
  id: "redundant-ace",
  title: "rule without which nothing would change",
  severity: "warning",
  *run({ rules, survey }, onIncomplete) {
    const budget = new Budget(STEPS);
    for (const rule of rules) {
      const reach = survey.reachOf(rule);
      if (reach.kind === "repeated") yield repeated(rule, distinctPlaces(reach.by));
      if (reach.kind !== "live") continue;
      const replacement = findReplacement(survey, rule, budget);
      if (replacement === "undecided") onIncomplete();
      else if (replacement !== undefined) yield replaced(rule, replacement);
    }
  },
};

/** A rule for wide networks may be replaced by hundreds of narrow ones: the first say enough. */
const MOST_PLACES = 12;

function repeated(rule: Rule, by: readonly Ace[]): CheckFinding {
  return {
    subject: rule.at,
    message: `nothing changes without it: ${linesText(
      by.map(({ at }) => at),
      rule.at,
    )} decide the same packets alike`,
    evidence: by.map(({ at, action }) => ({ at, note: `${verbOf(action)} some of the packets it matches` })),
    help: "delete it, or those that make it needless",
  };
}

function replaced(rule: Rule, { aces, defaults, packets }: Replacement): CheckFinding {
  const places: readonly SourceRef[] = [...aces.slice(0, MOST_PLACES), ...defaults];
  const onlyDefault = aces.length === 0;
  const would = onlyDefault ? "the default does the same" : `${linesText(aces, rule.at)} would do the same`;
  return {
    subject: rule.at,
    // Writing the default out is good custom, not a mistake.
    ...(onlyDefault ? { severity: "info" } : {}),
    message: `nothing changes without it: ${would}`,
    evidence: places.map((at, i) => ({
      at,
      note: i < places.length - defaults.length ? "would decide its packets alike" : "is the default",
    })),
    ...packetsOf(packets),
    help: onlyDefault ? "keep it if it is there to be read or counted" : "delete it, but not together with those lines",
  };
}
