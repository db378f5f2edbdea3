/** Finds rules that packets reach and without which every packet would fare the same. */
import type { Ace } from "../../model/acl.js";
import type { SourceRef } from "../../model/source-ref.js";
import { Budget } from "../../sets/budget.js";
import type { Check, CheckFinding } from "../check.js";
import { RedundancySearch, type Replacement } from "../redundancy.js";
import { distinctPlaces, type Rule } from "../rules.js";
import { exampleOf, linesText, verbOf } from "../words.js";

/** A bound on the work of all rules together. */
const STEPS = 40_000_000;

export const redundantAce: Check = {
  id: "redundant-ace",
  title: "rule without which nothing would change",
  severity: "warning",
  *run({ rules, survey }, onIncomplete) {
    const search = new RedundancySearch(survey, new Budget(STEPS));
    for (const rule of rules) {
      const reach = survey.reachOf(rule);
      if (reach.kind === "repeated") yield repeated(rule, distinctPlaces(reach.by));
      if (reach.kind !== "live") continue;
      const replacement = search.find(rule);
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
    )} ${by.length === 1 ? "decides" : "decide"} the same packets alike`,
    evidence: by.map(({ at, action }) => ({ at, note: `${verbOf(action)} some of the packets it matches` })),
    help: "delete it, or those that make it needless",
  };
}

function replaced(rule: Rule, { aces, defaults }: Replacement): CheckFinding {
  const places: readonly SourceRef[] = [...aces.slice(0, MOST_PLACES), ...defaults];
  const onlyDefault = aces.length === 0 && defaults.length > 0;
  const others = aces.length === 0 ? "rules behind it" : linesText(aces, rule.at);
  return {
    subject: rule.at,
    // Writing the default out is good custom, not a mistake.
    ...(onlyDefault ? { severity: "info" } : {}),
    message: `nothing changes without it: ${onlyDefault ? "the default does" : `${others} would do`} the same`,
    evidence: places.map((at, i) => ({
      at,
      note: i < places.length - defaults.length ? "would decide its packets alike" : "is the default",
    })),
    ...exampleOf(rule),
    help: onlyDefault ? "keep it if it is there to be read or counted" : "delete it, but not together with those lines",
  };
}
