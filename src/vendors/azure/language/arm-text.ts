/** Values of a template as the text of an ARM expression, and such texts as values. */
import type { JsonScalar, JsonValue } from "../../../syntax/json.js";

/** Longer than any expression that is read. */
const TOO_LONG = 20_000;

/** The text of an expression (without brackets) that has the value. */
export function armText(value: JsonValue): string {
  if (value.kind === "array") return `createArray(${value.items.map(armText).join(", ")})`;
  if (value.kind === "object") {
    const entries = value.members.map((member) => `${armLiteral(member.key)}, ${armText(member.value)}`);
    return `createObject(${entries.join(", ")})`;
  }
  if (typeof value.value === "number") return `${value.value}`;
  if (typeof value.value !== "string") return `${value.value}()`;
  if (value.value.startsWith("[[")) return armLiteral(value.value.slice(1));
  return value.value.startsWith("[") && value.value.endsWith("]") ? value.value.slice(1, -1) : armLiteral(value.value);
}

/** A text in quotes. */
export function armLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A value that stands for the expression of that text. */
export function expressionValue(text: string, line: number, endLine = line): JsonScalar {
  const value = text.length > TOO_LONG ? "[too long]" : `[${text}]`;
  return { kind: "scalar", value, line, endLine };
}

/** A text as a template writes it: one that looks like an expression and is none begins with two brackets. */
export function textValue(text: string, line: number, endLine = line): JsonScalar {
  const value = text.startsWith("[") && text.endsWith("]") ? `[${text}` : text;
  return { kind: "scalar", value, line, endLine };
}
