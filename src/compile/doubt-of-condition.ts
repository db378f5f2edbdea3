/** Says of a condition that could not be decided what is missing and where it was written. */

import type { RequestAce, RequestCondition } from "../model/proxy.js";
import type { Doubt } from "../model/verdict.js";

/** The doubt a condition of an ace raises where neither its holding nor its failing is certain. */
export function doubtOf(condition: RequestCondition, ace: RequestAce): Doubt {
  switch (condition.kind) {
    case "unmodeled":
      return { condition: condition.text, at: condition.at };
    case "destination":
      return { condition: "the addresses of the name asked for, which no input gives", at: condition.at };
    case "host":
      return { condition: "the name that the address asked for resolves back to", at: condition.at };
    case "host-pattern":
    case "url-pattern":
    case "path-pattern":
      return {
        condition: `whether \`${condition.pattern}\` is found in ${SEARCHED[condition.kind]}`,
        at: condition.at,
      };
    case "header-pattern":
      return {
        condition: `whether \`${condition.pattern}\` is found in the header \`${condition.header}\``,
        at: condition.at,
      };
    case "authenticated":
      return {
        condition: condition.users === "unknown" ? "which users match" : "the spelling of the user's name",
        at: condition.at,
      };
    default:
      return { condition: `a condition on the ${condition.kind}`, at: ace.at };
  }
}

const SEARCHED = {
  "host-pattern": "the host, or in its reverse name",
  "url-pattern": "the url",
  "path-pattern": "the path",
} as const;
