/** Matches on the kernel's sets: `-m set --match-set name src,dst`. */

import type { AnyOf } from "../../model/matches.js";
import { describeUse } from "./describe.js";
import { type MatchDraft, NEVER, type RuleContext } from "./draft.js";
import type { SetDirections } from "./set-elements.js";
import type { MatchUse } from "./types.js";

/** Options that only keep the counters of a set's elements. */
const COUNTING: ReadonlySet<string> = new Set(["--update-counters", "--update-subcounters"]);

/** Reads one use of `-m set` into the draft; what the exports do not say stays a doubt. */
export function readSetMatch(draft: MatchDraft, use: MatchUse, { sets, hooks }: RuleContext): void {
  const [match, ...others] = use.options.filter(({ name }) => !COUNTING.has(name));
  const [name = "", directionText = ""] = match?.values ?? [];
  const directions = readDirections(directionText);
  const isPlain = match?.name === "--match-set" && others.length === 0 && directions !== undefined;
  const found = isPlain ? sets.use(name, directions) : undefined;
  // where a hook knows no such interface, a set that asks for one is left open
  const hasInterfaces = hooks.has("PREROUTING") || hooks.has("POSTROUTING");
  if (match === undefined || found === undefined || (found !== "never" && hasInterfaces && found.asksForInterface)) {
    draft.doubt(describeUse(use));
    return;
  }
  const { negated } = match;
  if (found === "never") {
    if (!negated) draft.add("service", NEVER);
    return;
  }
  const condition: AnyOf<never> = { operands: [{ setRef: found.reference }], negated };
  if (found.compares === "tuple") draft.add("tuples", condition);
  else if (found.compares === "service") draft.add("service", condition);
  else draft.add(found.compares, condition);
}

function readDirections(text: string): SetDirections | undefined {
  const words = text.split(",");
  return words.every((word) => word === "src" || word === "dst") ? words : undefined;
}
