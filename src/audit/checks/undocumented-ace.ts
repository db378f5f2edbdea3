/** Finds rules without the comment, the owner or the log that a configuration asks for. */
import type { DocumentationPolicy } from "../../model/finding.js";
import type { Check } from "../check.js";
import type { PlacedAce, Rule } from "../rules.js";

export const undocumentedAce: Check = {
  id: "undocumented-ace",
  title: "rule without the comment, owner or log that is asked for",
  severity: "warning",
  asksForDocumentation: true,
  *run({ rules, documentation }) {
    if (documentation === undefined) return;
    for (const rule of rules) {
      const lacking = isDeciding(rule) ? lackOf(rule, documentation) : [];
      if (lacking.length === 0) continue;
      yield {
        subject: rule.at,
        message: `it has no ${lacking.join(" and no ")}`,
        evidence: [],
        help: `add the ${lacking.join(" and the ")}, as the configuration asks`,
      };
    }
  },
};

function isDeciding({ action }: Rule): boolean {
  return action?.kind === "accept" || action?.kind === "drop" || action?.kind === "reject";
}

function lackOf({ action, aces }: Rule, { comment, owner, log }: DocumentationPolicy): string[] {
  const [{ ace }] = aces;
  const asksForLog = log === "all" || (log !== undefined && (action?.kind === "accept") === (log === "accept"));
  return [
    ...(comment && (ace.remark ?? "").trim() === "" ? ["comment"] : []),
    ...(owner !== undefined && !owner.test(ace.remark ?? "") ? ["owner"] : []),
    ...(asksForLog && !aces.every(isLogged) ? ["log"] : []),
  ];
}

/** True iff the ace logs its packets, or one before it in its acl surely logs all of them. */
function isLogged({ acl, ace, position }: PlacedAce): boolean {
  if (ace.logs) return true;
  const { possibly } = acl.aces[position].matches.bounds;
  return acl.aces
    .slice(0, position)
    .some((earlier) => earlier.ace.logs === true && earlier.matches.bounds.surely.includes(possibly));
}
