import type { FactCondition } from "../model/requirement.js";
import { readFactValue } from "./read-facts.js";
import { field, items, text, type YamlValue } from "./yaml-value.js";

/** The conditions of a `when` list. */
export function parseConditions(value: YamlValue | undefined): FactCondition[] {
  return items(value).flatMap((item) => {
    const [fact, equals] = [text(field(item, "fact")), readFactValue(field(item, "equals"))];
    if (fact === undefined || equals === undefined) return [];
    const of = text(field(item, "of")) as FactCondition["of"];
    return of === undefined ? { fact, equals } : { fact, equals, of };
  });
}
