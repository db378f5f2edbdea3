/** Counts which named sets of the tables no rule asks for, and which sets rules ask for that no table has. */
import type { NamedPlace, SetCensus } from "../../model/device.js";
import type { NftTable } from "./ruleset.js";

export function setCensus(tables: readonly NftTable[]): SetCensus {
  const counts = tables.map(censusOf);
  return { idle: counts.flatMap(({ idle }) => idle), missing: counts.flatMap(({ missing }) => missing) };
}

function censusOf(table: NftTable): SetCensus {
  const asked = new Map<string, NamedPlace>();
  for (const { rules } of table.chains.values()) {
    for (const { rule, file } of rules)
      for (const name of namesIn(rule.statements))
        if (!asked.has(name)) asked.set(name, { name: `@${name}`, at: { file, line: rule.line } });
  }
  for (const { elements, at } of table.sets.values())
    for (const name of namesIn(elements)) if (!asked.has(name)) asked.set(name, { name: `@${name}`, at });
  return {
    idle: [...table.sets.values()].flatMap(({ name, at }) => (asked.has(name) ? [] : [{ name: `@${name}`, at }])),
    missing: [...asked].flatMap(([name, place]) => (table.sets.has(name) ? [] : [place])),
  };
}

/** Names of the sets in some words of a rule: referred to, or changed. */
function namesIn(words: unknown): Set<string> {
  const names = new Set<string>();
  const visit = (word: unknown): void => {
    if (Array.isArray(word)) word.forEach(visit);
    else if (typeof word === "object" && word !== null) {
      const { kind, name, set } = word as { readonly kind?: unknown; readonly name?: unknown; readonly set?: unknown };
      if (kind === "reference" && typeof name === "string") names.add(name);
      if (kind === "update" && typeof set === "string") names.add(set);
      Object.values(word).forEach(visit);
    }
  };
  visit(words);
  return names;
}
