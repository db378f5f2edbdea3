/** Reads expressions of nft's JSON (libnftables-json(5)). */
import { type JsonMember, type JsonValue, jsonItems, jsonMember, jsonText } from "../../syntax/json.js";
import { withoutLines } from "./rule-meaning.js";
import type { BinaryOperator, Carried, Element, Expression, Verdict } from "./types.js";

const OPERATORS: ReadonlySet<string> = new Set<BinaryOperator>(["|", "^", "&", "<<", ">>"]);

/** The expression of a value; what this reader does not know becomes words that mean anything. */
export function jsonExpression(value: JsonValue | undefined): Expression {
  if (value === undefined) return { kind: "other", text: "nothing" };
  if (value.kind === "array") return { kind: "list", parts: value.items.map(jsonExpression) };
  if (value.kind === "scalar") return scalar(String(value.value));
  const [member] = value.members;
  if (member === undefined) return { kind: "other", text: "nothing" };
  const reader = Object.hasOwn(READERS, member.key) ? READERS[member.key] : undefined;
  return reader === undefined ? special(member.key, member.value) : reader(member.value);
}

function scalar(text: string): Expression {
  return text.startsWith("@") ? { kind: "reference", name: text.slice(1) } : { kind: "value", text, isQuoted: false };
}

const READERS: Readonly<Record<string, (value: JsonValue) => Expression>> = {
  prefix: (value) => ({
    kind: "prefix",
    address: jsonExpression(jsonMember(value, "addr")),
    length: Number(jsonText(jsonMember(value, "len"))),
  }),
  range: (value) => {
    const [first, last] = jsonItems(value);
    return { kind: "range", first: jsonExpression(first), last: jsonExpression(last) };
  },
  concat: (value) => ({ kind: "concat", parts: jsonItems(value).map(jsonExpression) }),
  set: (value) => ({ kind: "set", elements: jsonElements(value) }),
  map: (value) => ({
    kind: "map",
    key: jsonExpression(jsonMember(value, "key")),
    map: jsonExpression(jsonMember(value, "data")),
  }),
  elem: (value) => jsonExpression(jsonMember(value, "val")),
  payload: (value) => {
    const base = jsonMember(value, "base");
    return base === undefined
      ? field(texts(value, "protocol", "field").join(" "))
      : field(`@${texts(value, "base", "offset", "len").join(",")}`);
  },
  meta: (value) => field(`meta ${texts(value, "key").join("")}`),
  ct: (value) => field(["ct", ...texts(value, "dir", "family", "key")].join(" ")),
  fib: (value) => {
    const flags = textList(jsonMember(value, "flags"));
    return field(["fib", flags.join(" . "), ...texts(value, "result")].join(" "));
  },
};

function field(name: string): Expression {
  return { kind: "field", name };
}

/** The texts of the members that are there. */
function texts(value: JsonValue, ...names: readonly string[]): string[] {
  return names.flatMap((name) => jsonText(jsonMember(value, name)) ?? []);
}

/** The texts of a list, or the one text that stands alone. */
export function textList(value: JsonValue | undefined): string[] {
  const list = value?.kind === "scalar" ? [value] : jsonItems(value);
  return list.flatMap((each) => jsonText(each) ?? []);
}

/** Operators, verdicts, and the fields of headers that are named by their kind: `{"tcp option": {…}}`. */
function special(key: string, value: JsonValue): Expression {
  if (OPERATORS.has(key)) {
    const operands = jsonItems(value).map(jsonExpression);
    return operands.reduce((left, right) => ({ kind: "binary", operator: key as BinaryOperator, left, right }));
  }
  const verdict = jsonVerdict(key, value);
  if (verdict !== undefined) return { kind: "verdict", verdict };
  const others = value.kind === "object" ? value.members.filter((member) => !NAMING.has(member.key)) : [];
  const rest = others.map((member) => `${member.key} ${JSON.stringify(member.value, withoutLines)}`);
  return field([key, ...texts(value, ...NAMING), ...rest].join(" "));
}

/** What names a field of a header; all else that stands beside it makes another field. */
const NAMING: ReadonlySet<string> = new Set(["name", "field", "key"]);

/** The verdict that a key with its value stands for. */
export function jsonVerdict(key: string, value: JsonValue): Verdict | undefined {
  if (key === "accept" || key === "drop" || key === "continue" || key === "return") return { kind: key };
  if (key !== "jump" && key !== "goto") return undefined;
  return { kind: key, chain: jsonText(jsonMember(value, "target")) ?? "" };
}

/** The elements of a set or the entries of a map. */
export function jsonElements(value: JsonValue | undefined): Element[] {
  if (value !== undefined && value.kind !== "array") return [jsonElement(value)];
  return jsonItems(value).map(jsonElement);
}

function jsonElement(value: JsonValue): Element {
  const [key, mapped] = value.kind === "array" ? value.items : [value];
  const element = jsonMember(key, "elem");
  const timeout = jsonText(jsonMember(element, "timeout"));
  return {
    key: jsonExpression(key),
    ...(mapped && { value: jsonExpression(mapped) }),
    expires: timeout !== undefined || jsonMember(element, "expires") !== undefined,
    ...(timeout && { timeout }),
    ...(element?.kind === "object" && carriedIn(element.members)),
  };
}

/** The conditions among the parts of an element, or among the statements of a set. */
export function carriedIn(parts: readonly JsonMember[]): Carried {
  const conditions = parts.filter(({ key }) => !PLAIN_PARTS.has(key));
  const [first] = conditions;
  return first === undefined ? {} : { condition: first.key, details: JSON.stringify(conditions, withoutLines) };
}

const PLAIN_PARTS: ReadonlySet<string> = new Set(["val", "timeout", "expires", "comment", "counter", "last"]);
