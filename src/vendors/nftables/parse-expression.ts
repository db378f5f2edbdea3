/** Reads expressions: the fields a rule asks for and the values it compares them with. */
import type { Cursor } from "./cursor.js";
import { isFieldStart, readField } from "./parse-field.js";
import type { BinaryOperator, Element, Expression, Verdict } from "./types.js";

/** Operators from the loosest to the tightest, with their spelt forms. */
const LEVELS: readonly Readonly<Record<string, BinaryOperator>>[] = [
  { "|": "|", or: "|" },
  { "^": "^", xor: "^" },
  { "&": "&", and: "&" },
  { "<<": "<<", lshift: "<<", ">>": ">>", rshift: ">>" },
];

/** Whether a bare word may be a field of the packet, or is a value whatever it says. */
export type Reading = "field" | "value";

/** `a . b . c`, or one of them alone. */
export function parseConcat(cursor: Cursor, reading: Reading): Expression {
  const first = parseBinary(cursor, reading, 0);
  if (!cursor.at(".")) return first;
  const parts = [first];
  while (cursor.skip(".")) parts.push(parseBinary(cursor, reading, 0));
  return { kind: "concat", parts };
}

function parseBinary(cursor: Cursor, reading: Reading, level: number): Expression {
  const operators = LEVELS[level];
  if (operators === undefined) return parsePrimary(cursor, reading);
  let left = parseBinary(cursor, reading, level + 1);
  while ((cursor.atKind("operator") || cursor.atKind("word")) && Object.hasOwn(operators, cursor.token.text)) {
    const operator = operators[cursor.next().text] as BinaryOperator;
    left = { kind: "binary", operator, left, right: parseBinary(cursor, reading, level + 1) };
  }
  return left;
}

function parsePrimary(cursor: Cursor, reading: Reading): Expression {
  if (cursor.skip("(")) {
    const inner = cursor.nested(() => parseList(cursor, reading));
    cursor.expect(")");
    return inner;
  }
  if (cursor.at("{")) return parseSet(cursor);
  if (cursor.at("@")) return parseReference(cursor);
  if (cursor.skip("*")) return { kind: "value", text: "*", isQuoted: false };
  if (reading === "field" && isFieldStart(cursor)) return readField(cursor);
  return parseValue(cursor);
}

/** `@name`, or `@th,16,16` for bits of a header. */
function parseReference(cursor: Cursor): Expression {
  cursor.expect("@");
  const name = cursor.name();
  if (!/^(?:ll|nh|th|ih)$/.test(name) || !cursor.at(",")) return { kind: "reference", name };
  const numbers = [];
  while (cursor.skip(",")) numbers.push(cursor.name());
  return { kind: "field", name: `@${[name, ...numbers].join(",")}` };
}

/** A value, a prefix or a range. */
function parseValue(cursor: Cursor): Expression {
  const first = parseAtom(cursor);
  if (cursor.at("/") && cursor.ahead(1).kind === "number") {
    cursor.next();
    return { kind: "prefix", address: first, length: Number(cursor.next().text) };
  }
  if (!cursor.at("-")) return first;
  cursor.next();
  return { kind: "range", first, last: parseAtom(cursor) };
}

function parseAtom(cursor: Cursor): Expression {
  const { kind, text } = cursor.token;
  switch (kind) {
    case "variable":
      cursor.next();
      return { kind, name: text };
    case "word":
    case "number":
    case "address":
    case "quoted":
      cursor.next();
      return { kind: "value", text, isQuoted: kind === "quoted" };
    default:
      return cursor.fail("expected a value");
  }
}

/** `a,b,c`, or one of them alone; flags and states are listed so. */
export function parseList(cursor: Cursor, reading: Reading): Expression {
  const first = parseConcat(cursor, reading);
  if (!cursor.at(",")) return first;
  const parts = [first];
  while (cursor.skip(",")) parts.push(parseConcat(cursor, reading));
  return { kind: "list", parts };
}

/** An expression that may be looked up in a map: `tcp dport map { … }`. */
export function parseMapping(cursor: Cursor): Expression {
  const key = parseList(cursor, "field");
  return cursor.skip("map") ? { kind: "map", key, map: parseMapSource(cursor) } : key;
}

/** What a key is looked up in: entries, or the name of a map. */
export function parseMapSource(cursor: Cursor): Expression {
  return cursor.at("{") ? parseSet(cursor) : parseConcat(cursor, "value");
}

/** `{ … }` with the elements of a set or the entries of a map. */
export function parseSet(cursor: Cursor): Expression {
  return cursor.nested(() => {
    cursor.expect("{");
    const elements: Element[] = [];
    for (;;) {
      cursor.skipNewlines();
      if (cursor.skip("}")) return { kind: "set", elements };
      elements.push(parseElement(cursor));
      cursor.skipNewlines();
      if (!cursor.skip(",") && !cursor.at("}")) cursor.fail("expected `,` or `}`");
    }
  });
}

function parseElement(cursor: Cursor): Element {
  const key = cursor.at("{") ? parseSet(cursor) : parseConcat(cursor, "value");
  const before = readOptions(cursor);
  cursor.skipNewlines();
  if (!cursor.skip(":")) return { key, ...before };
  cursor.skipNewlines();
  const value = parseMapValue(cursor);
  const after = readOptions(cursor);
  return { key, value, ...before, ...after, expires: before.expires || after.expires };
}

/** What a map gives for a key: a verdict, or a value. */
function parseMapValue(cursor: Cursor): Expression {
  const verdict = parseVerdict(cursor);
  return verdict === undefined ? parseConcat(cursor, "value") : { kind: "verdict", verdict };
}

/** What stands after a key: how long it stays, its counter, its comment, or a condition it carries. */
function readOptions(cursor: Cursor): Omit<Element, "key" | "value"> {
  let options: Omit<Element, "key" | "value"> = { expires: false };
  for (;;) {
    if (cursor.skip("timeout")) options = { ...options, expires: true, timeout: cursor.name() };
    else if (cursor.skip("expires")) {
      options = { ...options, expires: true };
      cursor.name();
    } else if (cursor.skip("comment", "used")) cursor.name();
    else if (cursor.skip("packets", "bytes")) cursor.name();
    else if (cursor.at("limit", "quota", "ct")) options = { ...options, condition: parseElementCondition(cursor) };
    else if (!cursor.skip("counter", "last", "never")) return options;
  }
}

const OTHER_OPTIONS = ["timeout", "expires", "comment", "counter"] as const;

/** A limit or the like that an element carries, or every element of a set. */
export function parseElementCondition(cursor: Cursor): string {
  const start = cursor.index;
  while (!cursor.isAtEnd && !cursor.at(",", ":", "{", ...OTHER_OPTIONS)) cursor.next();
  return cursor.textFrom(start);
}

const PLAIN_VERDICTS: ReadonlySet<string> = new Set(["accept", "drop", "continue", "return"]);

/** The verdict at the cursor; undefined, and the cursor where it was, iff there is none. */
export function parseVerdict(cursor: Cursor): Verdict | undefined {
  const { kind, text } = cursor.token;
  if (kind !== "word") return undefined;
  if (PLAIN_VERDICTS.has(text)) {
    cursor.next();
    return { kind: text as "accept" };
  }
  if (text !== "jump" && text !== "goto") return undefined;
  cursor.next();
  return { kind: text, chain: cursor.name() };
}
