/** Says a rule in full, with the sets and limits that it names: its words in doubts cut lists short. */
import type { NftTable } from "./ruleset.js";
import type { Rule } from "./types.js";

/**
 * A text that two rules have in common only if they say the same of packets, and so does what they name; of a set also the
 * rules that change it, by its name.
 */
export function meaningOf(
  { statements }: Rule,
  { sets, objects }: NftTable,
  changing: ReadonlyMap<string, readonly Rule[]>,
): string {
  const rule = written(statements);
  const mentions = new Set([...rule.matchAll(/[\w./-]+/g)].map(([name]) => name));
  const named = [...mentions].flatMap((name) => {
    const set = sets.get(name);
    const object = objects.get(name);
    return set === undefined && object === undefined
      ? []
      : [[name, set && [set.spec, set.elements, set.unclear, changing.get(name)], object]];
  });
  return rule + written(named);
}

function written(value: unknown): string {
  return JSON.stringify(value, withoutLines);
}

/** For `JSON.stringify`: what is said, wherever it stands. */
export function withoutLines(key: string, part: unknown): unknown {
  return key === "line" || key === "endLine" ? undefined : part;
}
