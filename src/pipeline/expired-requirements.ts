/** Tells which requirements held only until a day that has passed. */
import type { Diagnostic } from "../model/diagnostic.js";
import type { RequirementInstance } from "../model/verdict.js";

/** A warning for each `allow` requirement whose last day is before `today`, once. */
export function expiredRequirements(instances: readonly RequirementInstance[], today: string): Diagnostic[] {
  const ended = instances.map(({ requirement }) => requirement).filter(({ expires }) => (expires ?? today) < today);
  const allowed = ended.filter(({ expect }) => expect === "allow");
  return [...new Map(allowed.map((one) => [one.id, one])).values()].map(({ id, expires, at }) => ({
    ...{ code: "allow/expired", severity: "warning", at, effect: "none" },
    message: `\`${id}\` held until ${expires}, and its rules are written all the same`,
    help: "remove it from the catalogue, or give it another last day",
  }));
}
