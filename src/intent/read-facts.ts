import type { Facts, FactValue } from "../model/topology.js";
import { entries, items, type YamlValue } from "./yaml-value.js";

/** The facts of a mapping; what is no fact value is left out. */
export function readFacts(value: YamlValue | undefined): Facts {
  const values: Map<string, { value: FactValue; at: YamlValue["at"] }> = new Map();
  for (const entry of entries(value)) {
    const fact = readFactValue(entry.value);
    if (fact !== undefined) values.set(entry.key, { value: fact, at: entry.value.at });
  }
  return { values };
}

/** A text, number, true, false or a list of these; undefined iff the value is something else. */
export function readFactValue(value: YamlValue | undefined): FactValue | undefined {
  if (value?.kind === "sequence") return items(value).flatMap((item) => readScalar(item) ?? []);
  return readScalar(value);
}

function readScalar(value: YamlValue | undefined): string | number | boolean | undefined {
  return value?.kind === "scalar" && value.value !== null ? value.value : undefined;
}
