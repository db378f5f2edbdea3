import type { Prerequisite, PrerequisiteCheck, PrerequisiteComparison, Quantity } from "../model/requirement.js";
import type { CatalogueDraft } from "./catalogue-draft.js";
import { parseCitations } from "./parse-citations.js";
import { parseConditions } from "./parse-conditions.js";
import { readFactValue } from "./read-facts.js";
import { field, items, located, number, text, type YamlValue } from "./yaml-value.js";

/** A prerequisite; undefined iff it has no id. */
export function parsePrerequisite(
  value: YamlValue,
  documents: ReadonlyMap<string, string>,
  draft: CatalogueDraft,
): Prerequisite | undefined {
  const id = located(field(value, "id"));
  if (id === undefined) return undefined;
  draft.define("prerequisite", id);
  const severity = readSeverity(value) ?? "error";
  return {
    id: id.text,
    title: text(field(value, "title")) ?? id.text,
    checks: items(field(value, "checks")).flatMap((check) => parseCheck(check, severity, draft) ?? []),
    citations: parseCitations(field(value, "cites"), documents, draft),
    at: id.at,
  };
}

type Severity = PrerequisiteCheck["severity"];

function readSeverity(value: YamlValue): Severity | undefined {
  return text(field(value, "severity")) as Severity | undefined;
}

function parseCheck(value: YamlValue, severity: Severity, draft: CatalogueDraft): PrerequisiteCheck | undefined {
  const role = located(field(value, "role"));
  const comparison = parseComparison(value, draft);
  if (role !== undefined) draft.refer("role", [role]);
  if (comparison === undefined) return undefined;
  return {
    ...(role === undefined ? {} : { role: role.text }),
    when: parseConditions(field(value, "when")),
    severity: readSeverity(value) ?? severity,
    statement: text(field(value, "statement")) ?? "",
    comparison,
  };
}

const KINDS = ["at-most", "at-least", "one-of", "none-of", "ascii"] as const;

function parseComparison(value: YamlValue, draft: CatalogueDraft): PrerequisiteComparison | undefined {
  const [kind, ...more] = KINDS.filter((key) => field(value, key) !== undefined);
  if (kind === undefined) return { kind: "informative" };
  const operand = field(value, kind);
  if (more.length > 0) draft.error("two-comparisons", value.at, "a check compares one thing", "write two checks");
  switch (kind) {
    case "at-most":
    case "at-least": {
      const [left, right] = [parseQuantity(operand, draft), parseQuantity(field(operand, "bound"), draft)];
      return left && right && { kind, value: left, bound: right };
    }
    case "one-of":
    case "none-of": {
      const fact = text(field(operand, "fact"));
      const values = items(field(operand, "values")).flatMap((item) => readFactValue(item) ?? []);
      return fact === undefined ? undefined : { kind, fact, values };
    }
    case "ascii": {
      const fact = text(operand);
      return fact === undefined ? undefined : { kind, fact };
    }
  }
}

function parseQuantity(value: YamlValue | undefined, draft: CatalogueDraft): Quantity | undefined {
  const given = number(value);
  if (given !== undefined) return { kind: "number", value: given };
  if (value?.kind !== "mapping") return undefined;
  const fact = text(field(value, "fact"));
  if (fact !== undefined) return { kind: "fact", fact };
  const kind = field(value, "sum") === undefined ? "largest" : "sum";
  const [subject, over] = [text(field(value, kind)), located(field(value, "over"))];
  if (subject === undefined || over === undefined) {
    const help = "write `fact: a`, `sum: a, over: role` or `largest: a, over: role`";
    draft.error("unclear-number", value.at, "it is not said which number is meant", help);
    return undefined;
  }
  draft.refer("role", [over]);
  return { kind, fact: subject, role: over.text };
}
