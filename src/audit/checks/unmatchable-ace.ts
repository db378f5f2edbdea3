/** Finds rules whose conditions hold for no packet at all. */
import type { Check } from "../check.js";

export const unmatchableAce: Check = {
  id: "unmatchable-ace",
  title: "rule whose conditions exclude each other",
  severity: "warning",
  *run({ rules, survey }) {
    for (const rule of rules) {
      if (survey.reachOf(rule).kind !== "unmatchable") continue;
      yield {
        subject: rule.at,
        message: "its conditions hold for no packet, wherever it stands",
        evidence: [],
        help: "correct the condition that excludes the others, or delete the rule",
      };
    }
  },
};
