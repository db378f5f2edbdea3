/** Finds rules whose time has passed: by a condition on dates, or by what their comment says. */
import type { Ace } from "../../model/acl.js";
import type { Check } from "../check.js";

/** Conditions that end on a day: netfilter's `-m time`, and nft's `meta time`. */
const CONDITIONS = [/--datestop\s+"?(\d{4}-\d{2}-\d{2})/, /meta time <=?\s+"?(\d{4}-\d{2}-\d{2})/];

/** Words before a day in a comment that say that the rule is not for longer. */
const WORDS =
  /\b(?:expires?|expiry|until|till|remove (?:after|by|on)|valid (?:to|until)|ends?)\b[ :=]*(\d{4}-\d{2}-\d{2})/i;

export const expiredAce: Check = {
  id: "expired-ace",
  title: "rule whose time has passed",
  severity: "warning",
  *run({ rules, today }) {
    for (const { at, aces } of rules) {
      const [{ ace }] = aces;
      const end = endOf(ace);
      if (end === undefined || end.day >= today) continue;
      yield {
        subject: at,
        message: `${end.isCondition ? "it is not in force any more" : "its comment says that it is no longer needed"}: it ended on ${end.day}`,
        evidence: [],
        help: end.isCondition
          ? "delete it: it matches nothing now"
          : "delete it, or write down until when it is needed",
      };
    }
  },
};

function endOf({ matches, remark = "" }: Ace): { readonly day: string; readonly isCondition: boolean } | undefined {
  const day = matches.unmodeled.flatMap((text) => CONDITIONS.flatMap((one) => one.exec(text)?.[1] ?? [])).sort()[0];
  if (day !== undefined) return { day, isCondition: true };
  const said = WORDS.exec(remark)?.[1];
  return said === undefined ? undefined : { day: said, isCondition: false };
}
