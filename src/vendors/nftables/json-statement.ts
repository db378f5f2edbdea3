/** Reads the statements of rules in nft's JSON. */
import { type JsonValue, jsonMember, jsonText } from "../../syntax/json.js";
import { describe } from "./describe.js";
import { jsonExpression, jsonVerdict, textList } from "./json-expression.js";
import { withoutLines } from "./rule-meaning.js";
import type { NatAction, Operator, Statement } from "./types.js";

const PASSING: ReadonlySet<string> = new Set(["counter", "log", "last", "reset", "ct helper", "ct timeout", "secmark"]);
const CONDITIONS: ReadonlySet<string> = new Set(["limit", "quota", "ct count", "meter"]);
const OPERATORS: ReadonlySet<string> = new Set(["==", "!=", "<", ">", "<=", ">=", "!"]);
const NAT_ACTIONS: ReadonlySet<string> = new Set<NatAction>(["dnat", "snat", "masquerade", "redirect"]);

/** The statement of one entry of a rule's `expr`; one that is not known may do anything. */
export function jsonStatement(entry: JsonValue): Statement {
  const member = entry.kind === "object" ? entry.members[0] : undefined;
  if (member === undefined) return { kind: "unknown", text: "an empty statement" };
  const { key, value } = member;
  const verdict = jsonVerdict(key, value);
  if (verdict !== undefined) return { kind: "verdict", verdict };
  if (PASSING.has(key)) return { kind: "pass", text: key };
  if (CONDITIONS.has(key)) return { kind: "condition", text: key, details: JSON.stringify(value, withoutLines) };
  if (NAT_ACTIONS.has(key)) return natStatement(key as NatAction, value);
  return Object.hasOwn(READERS, key) ? (READERS[key] as Reader)(value) : unknown(key, value);
}

function unknown(text: string, value: JsonValue): Statement {
  return { kind: "unknown", text, details: JSON.stringify(value, withoutLines) };
}

type Reader = (value: JsonValue) => Statement;

const READERS: Readonly<Record<string, Reader>> = {
  match: (value) => {
    const operator = jsonText(jsonMember(value, "op")) ?? "in";
    return {
      kind: "match",
      left: jsonExpression(jsonMember(value, "left")),
      operator: OPERATORS.has(operator) ? (operator as Operator) : "implicit",
      right: jsonExpression(jsonMember(value, "right")),
    };
  },
  vmap: (value) => ({
    kind: "vmap",
    key: jsonExpression(jsonMember(value, "key")),
    map: jsonExpression(jsonMember(value, "data")),
  }),
  mangle: (value) => {
    const [left, right] = [jsonMember(value, "key"), jsonMember(value, "value")].map(jsonExpression);
    const text = `${left && describe(left)} set ${right && describe(right)}`;
    return left?.kind === "field" && right !== undefined
      ? { kind: "assign", field: left.name, value: right, text }
      : { kind: "unknown", text };
  },
  reject: (value) => {
    const type = jsonText(jsonMember(value, "type"));
    if (type === "tcp reset") return { kind: "reject", demands: "tcp" };
    return type === "icmp" || type === "icmpv6" ? { kind: "reject", demands: type } : { kind: "reject" };
  },
  notrack: () => ({ kind: "notrack" }),
  set: (value) => {
    const set = (jsonText(jsonMember(value, "set")) ?? "").replace(/^@/, "");
    const text = `${jsonText(jsonMember(value, "op"))} @${set}`;
    return { kind: "update", set, text, details: JSON.stringify(value, withoutLines) };
  },
  flow: (value) => ({ kind: "offload", text: `flow add ${jsonText(jsonMember(value, "flowtable"))}` }),
  xt: (value) => ({
    kind: jsonText(jsonMember(value, "type")) === "match" ? "condition" : "unknown",
    text: `xt ${jsonText(jsonMember(value, "name"))}`,
    details: JSON.stringify(value, withoutLines),
  }),
};

function natStatement(action: NatAction, value: JsonValue): Statement {
  const [family, addr, port] = ["family", "addr", "port"].map((name) => jsonMember(value, name));
  const flags = textList(jsonMember(value, "flags"));
  const isPrefix = textList(jsonMember(value, "type_flags")).includes("prefix");
  return {
    ...{ kind: "nat", action, text: action },
    ...(family && { family: jsonText(family) ?? "" }),
    ...(addr && { addresses: jsonExpression(addr) }),
    ...(port && { ports: jsonExpression(port) }),
    flags: isPrefix ? [...flags, "netmap"] : flags,
  };
}
