/** Writes expressions and statements as nft does, for doubts and messages. */
import type { Element, Expression, Operator, Verdict } from "./types.js";

const MOST_ELEMENTS = 3;

/** Text such as `ip saddr . tcp dport`; long sets are cut short. */
export function describe(expression: Expression): string {
  switch (expression.kind) {
    case "value":
      return expression.isQuoted ? `"${expression.text}"` : expression.text;
    case "variable":
      return `$${expression.name}`;
    case "reference":
      return `@${expression.name}`;
    case "field":
      return expression.name.replace(/^meta (?=iif|oif)/, "");
    case "prefix":
      return `${describe(expression.address)}/${expression.length}`;
    case "range":
      return `${describe(expression.first)}-${describe(expression.last)}`;
    case "concat":
      return expression.parts.map(describe).join(" . ");
    case "list":
      return expression.parts.map(describe).join(",");
    case "binary":
      return `${describe(expression.left)} ${expression.operator} ${describe(expression.right)}`;
    case "set":
      return describeElements(expression.elements);
    case "map":
      return `${describe(expression.key)} map ${describe(expression.map)}`;
    case "verdict":
      return describeVerdict(expression.verdict);
    case "other":
      return expression.text;
  }
}

/** Text of a match, e.g. `meta mark != 0x1`. */
export function describeMatch(left: Expression, operator: Operator, right: Expression): string {
  return [describe(left), ...(operator === "implicit" ? [] : [operator]), describe(right)].join(" ");
}

function describeElements(elements: readonly Element[]): string {
  const shown = elements.slice(0, MOST_ELEMENTS).map(({ key, value }) => {
    return value === undefined ? describe(key) : `${describe(key)} : ${describe(value)}`;
  });
  return `{ ${[...shown, ...(elements.length > MOST_ELEMENTS ? ["…"] : [])].join(", ")} }`;
}

function describeVerdict(verdict: Verdict): string {
  return "chain" in verdict ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}
