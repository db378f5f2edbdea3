/** Turns the values of a rule into numbers, addresses and interface names. */
import { type AddressRange, type Family, parseAddress, parseAddressRange } from "../../model/address.js";
import type { Endpoint, InterfacePattern, Operand } from "../../model/matches.js";
import type { PortRange } from "../../model/service.js";
import type { BinaryOperator, Expression } from "./types.js";
import { type NumberType, valueNumber } from "./value-names.js";

const OPERATIONS: Readonly<Record<BinaryOperator, (a: number, b: number) => number>> = {
  "|": (a, b) => (a | b) >>> 0,
  "^": (a, b) => (a ^ b) >>> 0,
  "&": (a, b) => (a & b) >>> 0,
  "<<": (a, b) => (a << b) >>> 0,
  ">>": (a, b) => a >>> b,
};

/** The number an expression stands for where its one field has the value `field`; undefined iff that is not known. */
export function numberOf(expression: Expression, type: NumberType, field?: number): number | undefined {
  switch (expression.kind) {
    case "value":
      return valueNumber(expression.text, type);
    case "field":
      return field;
    case "list":
      return combine(
        "|",
        expression.parts.map((part) => numberOf(part, type, field)),
      );
    case "binary":
      return combine(expression.operator, [
        numberOf(expression.left, type, field),
        numberOf(expression.right, type, field),
      ]);
    default:
      return undefined;
  }
}

function combine(operator: BinaryOperator, values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((a, b) => (a === undefined || b === undefined ? undefined : OPERATIONS[operator](a, b)));
}

/** The numbers an operand of a comparison stands for; undefined iff they are not known. */
export function rangesOf(expression: Expression, type: NumberType): PortRange[] | undefined {
  if (expression.kind === "set") return allOf(expression.elements.map(({ key }) => rangesOf(key, type)));
  if (expression.kind === "range") {
    const [first, last] = [numberOf(expression.first, type), numberOf(expression.last, type)];
    return first === undefined || last === undefined || first > last ? undefined : [{ first, last }];
  }
  const number = numberOf(expression, type);
  return number === undefined ? undefined : [{ first: number, last: number }];
}

/** The lists one after the other; undefined iff one of them is. */
export function allOf<T>(lists: readonly (readonly T[] | undefined)[]): T[] | undefined {
  const all: T[] = [];
  for (const list of lists) {
    if (list === undefined) return undefined;
    for (const item of list) all.push(item);
  }
  return all;
}

/** The addresses an operand stands for; what cannot be read stays in the list as text. */
export function addressOperands(expression: Expression, family: Family): Operand<Endpoint>[] {
  if (expression.kind === "set") return expression.elements.flatMap(({ key }) => addressOperands(key, family));
  if (expression.kind === "list") return expression.parts.flatMap((part) => addressOperands(part, family));
  const text = addressText(expression);
  const range = text === undefined ? undefined : parseAddressRange(text);
  if (range?.family === family) return [{ literal: range }];
  const isName = expression.kind === "value" && /^[a-z0-9-]+(?:\.[a-z0-9-]+)+\.?$/i.test(expression.text);
  if (isName && parseAddress(expression.text) === undefined) return [{ literal: { fqdn: expression.text } }];
  return [{ unresolved: text ?? "an address that is not written out" }];
}

/** The one range of addresses an expression stands for. */
export function addressRangeOf(expression: Expression): AddressRange | undefined {
  const text = addressText(expression);
  return text === undefined ? undefined : parseAddressRange(text);
}

function addressText(expression: Expression): string | undefined {
  switch (expression.kind) {
    case "value":
      return expression.text;
    case "prefix": {
      const address = addressText(expression.address);
      return address === undefined ? undefined : `${address}/${expression.length}`;
    }
    case "range": {
      const [first, last] = [addressText(expression.first), addressText(expression.last)];
      return first === undefined || last === undefined ? undefined : `${first}-${last}`;
    }
    default:
      return undefined;
  }
}

/** The names an operand stands for, `eth*` being every name that starts so; undefined iff they are not known. */
export function interfacePatterns(expression: Expression, isIndex: boolean): InterfacePattern[] | undefined {
  if (expression.kind === "set") return allOf(expression.elements.map(({ key }) => interfacePatterns(key, isIndex)));
  if (expression.kind !== "value") return undefined;
  const { text, isQuoted } = expression;
  // an index of an interface that is gone is printed as a number
  if (isIndex && !isQuoted && /^\d+$/.test(text)) return undefined;
  // names have at most 15 bytes (IFNAMSIZ)
  if (new TextEncoder().encode(text.replace(/\*$/, "")).length > 15) return undefined;
  if (text.endsWith("\\*")) return [{ name: `${text.slice(0, -2)}*` }];
  return [text.endsWith("*") && !isIndex ? { prefix: text.slice(0, -1) } : { name: text }];
}
