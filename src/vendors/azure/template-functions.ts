/** The functions of ARM templates whose result follows from their values alone. */
import {
  type JsonArray,
  type JsonMember,
  type JsonScalar,
  type JsonValue,
  jsonMember,
  jsonText,
} from "../../syntax/json.js";
import { isExpression } from "./expression.js";

/** A scalar that stands on no line yet. */
export function scalar(value: JsonScalar["value"]): JsonScalar {
  return { kind: "scalar", value, line: 0, endLine: 0 };
}

/** A list that stands on no line. */
export function array(items: readonly JsonValue[]): JsonArray {
  return { kind: "array", items, line: 0, endLine: 0 };
}

/** The result; undefined: this is no call that the function takes. */
type TemplateFunction = (values: readonly JsonValue[]) => JsonValue | undefined;

const MOST_ITEMS = 10_000;

const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  true: () => scalar(true),
  false: () => scalar(false),
  null: () => scalar(null),
  concat: joined,
  string: ([value]) => onText(value, (text) => scalar(text)),
  int: ([value]) => onText(value, (text) => (/^-?\d+$/.test(text) ? scalar(Number(text)) : undefined)),
  tolower: ([value]) => onText(value, (text) => scalar(text.toLowerCase())),
  toupper: ([value]) => onText(value, (text) => scalar(text.toUpperCase())),
  trim: ([value]) => onText(value, (text) => scalar(text.trim())),
  replace: (values) => onTexts(values, ([text = "", from = "", to = ""]) => scalar(text.replaceAll(from, to))),
  split: (values) => onTexts(values, ([text = "", separator = ""]) => array(text.split(separator).map(scalar))),
  join: ([list, separator]) =>
    list?.kind === "array"
      ? onTexts(list.items, (texts) => onText(separator, (by) => scalar(texts.join(by))))
      : undefined,
  format: (values) => onTexts(values, formatted),
  padleft: (values) => onTexts(values, ([text = "", width, by = " "]) => scalar(text.padStart(Number(width), by))),
  substring: (values) =>
    onTexts(values, ([text = "", from, length]) =>
      scalar(text.slice(Number(from), length === undefined ? undefined : Number(from) + Number(length))),
    ),
  startswith: (values) => onTexts(values, ([text = "", start = ""]) => scalar(isStart(text, start))),
  resourceid: (values) => onTexts(values, (texts) => scalar(texts.join("/"))),
  createarray: (values) => array(values),
  createobject: createObject,
  array: ([value]) => (value === undefined || value.kind === "array" ? value : array([value])),
  first: ([list]) => itemAt(list, 0),
  last: ([list]) => itemAt(list, -1),
  length: ([value]) => sizeOf(value),
  empty: ([value]) => onSize(value, (size) => scalar(size === 0)),
  contains: ([whole, part]) => contained(whole, part),
  union: united,
  flatten: ([list]) =>
    list?.kind === "array" && list.items.every(({ kind }) => kind === "array") ? joined(list.items) : undefined,
  range: ([first, count]) => counted(numberOf(first), numberOf(count)),
  equals: ([a, b]) => compared(a, b),
  not: ([value]) => (value?.kind === "scalar" && typeof value.value === "boolean" ? scalar(!value.value) : undefined),
  greater: (values) => onNumbers(values, (a, b) => a > b),
  greaterorequals: (values) => onNumbers(values, (a, b) => a >= b),
  less: (values) => onNumbers(values, (a, b) => a < b),
  lessorequals: (values) => onNumbers(values, (a, b) => a <= b),
  add: (values) => onNumbers(values, (a, b) => a + b),
  sub: (values) => onNumbers(values, (a, b) => a - b),
  mul: (values) => onNumbers(values, (a, b) => a * b),
  div: (values) => onNumbers(values, (a, b) => (b === 0 ? undefined : Math.trunc(a / b))),
  mod: (values) => onNumbers(values, (a, b) => (b === 0 ? undefined : a % b)),
};

/** Those that put values together without looking at what is in them. */
const STRUCTURAL = new Set(["array", "concat", "createarray", "createobject", "flatten", "union"]);
const PICKING = new Set(["empty", "first", "last", "length"]);

/** What the function of that lower-case name gives; undefined: it depends on what is not known. */
export function applyFunction(name: string, values: readonly JsonValue[]): JsonValue | undefined {
  if (!Object.hasOwn(FUNCTIONS, name)) return undefined;
  const isBlind = STRUCTURAL.has(name) || PICKING.has(name);
  return isBlind || values.every(isKnown) ? FUNCTIONS[name]?.(values) : undefined;
}

function isKnown(value: JsonValue): boolean {
  if (value.kind === "array") return value.items.every(isKnown);
  if (value.kind === "object") return value.members.every((member) => isKnown(member.value));
  return typeof value.value !== "string" || !isExpression(value.value);
}

/** A property of an object by its name, an item of a list by its number; undefined iff there is none. */
export function pickValue(value: JsonValue, key: JsonValue): JsonValue | undefined {
  if (key.kind !== "scalar") return undefined;
  if (value.kind === "array") return typeof key.value === "number" ? value.items[key.value] : undefined;
  return jsonMember(value, String(key.value));
}

function onText<T>(value: JsonValue | undefined, then: (text: string) => T): T | undefined {
  const text = jsonText(value);
  return text === undefined ? undefined : then(text);
}

function onTexts(
  values: readonly JsonValue[],
  then: (texts: readonly string[]) => JsonValue | undefined,
): JsonValue | undefined {
  const texts = values.flatMap((value) => onText(value, (text) => [text]) ?? []);
  return texts.length === values.length ? then(texts) : undefined;
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return value?.kind === "scalar" && typeof value.value === "number" ? value.value : undefined;
}

function onNumbers(
  [first, second]: readonly JsonValue[],
  then: (a: number, b: number) => number | boolean | undefined,
): JsonValue | undefined {
  const [a, b] = [numberOf(first), numberOf(second)];
  const result = a === undefined || b === undefined ? undefined : then(a, b);
  return result === undefined ? undefined : scalar(result);
}

/** Lists after each other, or texts. */
function joined(values: readonly JsonValue[]): JsonValue | undefined {
  if (!values.some(({ kind }) => kind === "array")) return onTexts(values, (texts) => scalar(texts.join("")));
  const items = values.flatMap((value) => (value.kind === "array" ? value.items : [value]));
  return items.length > MOST_ITEMS ? undefined : array(items);
}

function formatted([pattern, ...values]: readonly string[]): JsonValue | undefined {
  if (pattern === undefined || /\{(?!\d+\})/.test(pattern.replaceAll("{{", ""))) return undefined;
  const filled = pattern.replace(/\{\{|\}\}|\{(\d+)\}/g, (whole, index: string | undefined) =>
    index === undefined ? whole.slice(1) : (values[Number(index)] ?? "\u0000"),
  );
  return filled.includes("\u0000") ? undefined : scalar(filled);
}

function isStart(text: string, start: string): boolean {
  return text.toLowerCase().startsWith(start.toLowerCase());
}

function createObject(values: readonly JsonValue[]): JsonValue | undefined {
  const members: JsonMember[] = [];
  for (let i = 0; i < values.length; i += 2) {
    const key = onText(values[i], (text) => text);
    const value = values[i + 1];
    if (key === undefined || value === undefined) return undefined;
    members.push({ key, line: value.line, value });
  }
  return { kind: "object", members, line: 0, endLine: 0 };
}

function itemAt(list: JsonValue | undefined, index: number): JsonValue | undefined {
  if (list?.kind === "array") return list.items.at(index);
  return onText(list, (text) => scalar(text.at(index) ?? ""));
}

function sizeOf(value: JsonValue | undefined): JsonValue | undefined {
  return onSize(value, scalar);
}

function onSize(value: JsonValue | undefined, then: (size: number) => JsonValue): JsonValue | undefined {
  if (value?.kind === "array") return then(value.items.length);
  if (value?.kind === "object") return then(value.members.length);
  return value?.kind === "scalar" && value.value === null ? then(0) : onText(value, (text) => then(text.length));
}

function contained(whole: JsonValue | undefined, part: JsonValue | undefined): JsonValue | undefined {
  return onText(part, (wanted) => {
    if (whole?.kind === "object") return scalar(jsonMember(whole, wanted) !== undefined);
    if (whole?.kind !== "array") return onText(whole, (text) => scalar(text.includes(wanted)));
    const isPlain = whole.items.every(({ kind }) => kind === "scalar");
    return isPlain ? scalar(whole.items.some((item) => item.kind === "scalar" && item.value === wanted)) : undefined;
  });
}

/** Objects whose later members replace earlier ones; of lists, each different scalar once. */
function united(values: readonly JsonValue[]): JsonValue | undefined {
  if (values.every((value) => value.kind === "object")) {
    const members = values.flatMap((value) => value.members);
    const isNested = members.some(({ value }) => value.kind === "object");
    const last = new Map(members.map((member) => [member.key.toLowerCase(), member]));
    return isNested ? undefined : { kind: "object", members: [...last.values()], line: 0, endLine: 0 };
  }
  if (!values.every((value) => value.kind === "array")) return undefined;
  const items = values.flatMap((value) => value.items);
  if (items.length > MOST_ITEMS) return undefined;
  const seen = new Set<JsonScalar["value"]>();
  return array(items.filter((item) => item.kind !== "scalar" || (!seen.has(item.value) && seen.add(item.value))));
}

function counted(first: number | undefined, count: number | undefined): JsonValue | undefined {
  if (first === undefined || count === undefined || count < 0 || count > MOST_ITEMS) return undefined;
  return array(Array.from({ length: count }, (_, index) => scalar(first + index)));
}

function compared(a: JsonValue | undefined, b: JsonValue | undefined): JsonValue | undefined {
  if (a?.kind !== "scalar" || b?.kind !== "scalar") return undefined;
  return scalar(a.value === b.value);
}
