/** Turns a comparison of a small number into what it says of each value. */
import { type RuleContext, setContent } from "./rule-context.js";
import type { Expression, Operator } from "./types.js";
import type { NumberType } from "./value-names.js";
import { numberOf, rangesOf } from "./values.js";

/** A match or the key of a map compared with some of its entries. */
export interface Comparison {
  readonly left: Expression;
  readonly operator: Operator;
  readonly right: Expression;
}

/** One reading of a comparison; with a doubt where the text can be read in more than one way. */
export interface Reading {
  readonly holds: (value: number) => boolean;
  readonly doubt?: string;
}

/** Types whose values are sets of flags: a bare list of them means any of them. */
const FLAG_TYPES: ReadonlySet<NumberType> = new Set(["tcp-flags", "state", "status"]);

const ORDERS: Readonly<Partial<Record<Operator, (a: number, b: number) => boolean>>> = {
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
};

/** What the comparison says; undefined iff its values are not known. */
export function predicatesOf(comparison: Comparison, type: NumberType, context: RuleContext): Reading[] | undefined {
  const { left, operator, right } = comparison;
  const transformed = (value: number): number | undefined => numberOf(left, type, value);
  if (transformed(0) === undefined) return undefined;
  const on =
    (test: (value: number) => boolean) =>
    (value: number): boolean =>
      test(transformed(value) as number);
  const content = setContent(right, context);
  if (content !== undefined || right.kind === "range") {
    const elements: Expression = content === undefined ? right : { kind: "set", elements: content.elements };
    return content?.unclear === undefined ? memberReadings(elements, operator, type, content?.shrinks, on) : undefined;
  }
  const number = numberOf(right, type);
  if (number === undefined) return undefined;
  if (FLAG_TYPES.has(type) && (operator === "implicit" || operator === "!") && left.kind === "field") {
    return flagReadings(right, operator, number, on);
  }
  const order = ORDERS[operator];
  if (order !== undefined) return [{ holds: on((value) => order(value, number)) }];
  return operator === "!" ? undefined : [{ holds: on((value) => (value === number) === (operator !== "!=")) }];
}

type On = (test: (value: number) => boolean) => (value: number) => boolean;

function memberReadings(
  elements: Expression,
  operator: Operator,
  type: NumberType,
  shrinks: string | undefined,
  on: On,
): Reading[] | undefined {
  const ranges = rangesOf(elements, type);
  if (ranges === undefined || !["implicit", "==", "!="].includes(operator)) return undefined;
  const isIn = (value: number): boolean => ranges.some(({ first, last }) => first <= value && value <= last);
  if (operator !== "!=") return [{ holds: on(isIn), ...(shrinks && { doubt: shrinks }) }];
  const isOut = { holds: on((value) => !isIn(value)) };
  return shrinks === undefined ? [isOut] : [isOut, { holds: on(isIn), doubt: shrinks }];
}

/**
 * `ct state a,b` is any of them, and so is `a | b` in a script; but nft 1.0.6 lists `== a,b`, which compares the whole
 * value, as `a | b` too, so that of this form only what both readings have in common is certain.
 */
function flagReadings(right: Expression, operator: Operator, number: number, on: On): Reading[] {
  if (operator === "!") return [{ holds: on((value) => (value & number) === 0) }];
  if (right.kind !== "binary") return [{ holds: on((value) => (value & number) !== 0) }];
  const doubt = "`|` without an operator: any of the flags, or exactly these";
  return [
    { holds: on((value) => value === number && number !== 0) },
    { holds: on((value) => value !== number && (value & number) !== 0), doubt },
  ];
}
