/** Finds rules that no packet reaches, with the earlier rules that take all their packets. */
import type { Ace, Action } from "../../model/acl.js";
import type { SourceRef } from "../../model/source-ref.js";
import type { Check, CheckFinding } from "../check.js";
import { distinctPlaces, type Rule } from "../rules.js";
import { exampleOf, linesText, verbOf } from "../words.js";

export const shadowedAce: Check = {
  id: "shadowed-ace",
  title: "rule that no packet reaches",
  severity: "warning",
  *run({ rules, survey }, onIncomplete) {
    for (const rule of rules) {
      const reach = survey.reachOf(rule);
      if (reach.kind === "undecided") onIncomplete();
      else if (reach.kind === "shadowed") {
        yield reach.by.length > 0
          ? covered(rule, distinctPlaces(reach.by))
          : cutOff(rule, distinctPlaces(reach.callers));
      }
    }
  },
};

function covered(rule: Rule, by: readonly Ace[]): CheckFinding {
  const conflicting = by.filter((ace) => isConflict(rule.action, ace.action)).map(({ at }) => at);
  const decides = `${linesText(
    by.map(({ at }) => at),
    rule.at,
  )} ${by.length === 1 ? "decides" : "decide"}`;
  const share = by.length === 1 ? "all of its packets" : "some of its packets";
  return {
    subject: rule.at,
    ...(conflicting.length > 0 ? { severity: "error" } : {}),
    message: `no packet reaches it: ${decides} every packet it matches${contraryText(rule, by, conflicting)}`,
    evidence: by.map(({ at, action }) => ({ at, note: `${verbOf(action)} ${share}` })),
    ...exampleOf(rule),
    help:
      conflicting.length > 0
        ? `move it before ${linesText(conflicting, rule.at)} if it is to act, else delete it`
        : "delete it: nothing changes",
  };
}

function contraryText(rule: Rule, by: readonly Ace[], conflicting: readonly SourceRef[]): string {
  if (conflicting.length === 0) return "";
  return conflicting.length === by.length ? ", the other way" : `, ${linesText(conflicting, rule.at)} the other way`;
}

function cutOff(rule: Rule, callers: readonly Ace[]): CheckFinding {
  return {
    subject: rule.at,
    message: "no packet reaches it: those it matches never come to its acl",
    evidence: callers.map(({ at }) => ({ at, note: "sends other packets there, or none" })),
    ...exampleOf(rule),
    help: "delete it, or send its packets to the acl",
  };
}

/** True iff one lets packets on and the other stops them. */
function isConflict(a: Action | undefined, b: Action): boolean {
  const [one, other] = [a?.kind, b.kind];
  const stops = (kind: string | undefined) => kind === "drop" || kind === "reject";
  const lets = (kind: string | undefined) => kind === "accept" || kind === "translate";
  return (stops(one) && lets(other)) || (lets(one) && stops(other));
}
