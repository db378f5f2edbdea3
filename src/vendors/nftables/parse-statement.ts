/** Reads the statements of a rule. */
import type { Cursor } from "./cursor.js";
import { parseConcat, parseList, parseMapping, parseMapSource, parseVerdict } from "./parse-expression.js";
import { parseNat } from "./parse-nat.js";
import type { Expression, Operator, Statement } from "./types.js";

const OPERATORS: Readonly<Record<string, Operator>> = {
  ...{ "==": "==", eq: "==", "!=": "!=", ne: "!=", "<": "<", lt: "<", ">": ">", gt: ">" },
  ...{ "<=": "<=", le: "<=", ">=": ">=", ge: ">=", "!": "!" },
};

type StatementReader = (cursor: Cursor, start: number) => Statement;

const READERS: Readonly<Record<string, StatementReader>> = {
  counter: readNamed("pass", (cursor) => {
    if (cursor.skip("packets")) cursor.name();
    if (cursor.skip("bytes")) cursor.name();
  }),
  last: readNamed("pass", (cursor) => {
    if (cursor.skip("used")) cursor.name();
  }),
  limit: readNamed("condition", readRate),
  quota: readNamed("condition", readQuota),
  log: readLog,
  reject: readReject,
  notrack: (cursor) => {
    cursor.next();
    return { kind: "notrack" };
  },
  ...{ dnat: parseNat, snat: parseNat, masquerade: parseNat, redirect: parseNat },
  ...{ add: readUpdate, update: readUpdate, delete: readUpdate },
  meter: readRest("condition"),
  reset: readRest("pass"),
  flow: (cursor, start) => {
    cursor.next();
    if (!cursor.skip("add")) cursor.expect("offload");
    cursor.expect("@");
    cursor.name();
    return { kind: "offload", text: cursor.textFrom(start) };
  },
  xt: (cursor, start) => {
    cursor.next();
    const isMatch = cursor.skip("match");
    if (!isMatch) cursor.expect("target");
    cursor.name();
    return { kind: isMatch ? "condition" : "unknown", text: cursor.textFrom(start) };
  },
  comment: (cursor, start) => {
    cursor.next();
    cursor.name();
    return { kind: "pass", text: cursor.textFrom(start) };
  },
};

/** The next statement; words this reader has no meaning for become one that may do anything. */
export function parseStatement(cursor: Cursor): Statement {
  const start = cursor.index;
  const verdict = parseVerdict(cursor);
  if (verdict !== undefined) return { kind: "verdict", verdict };
  const reader = Object.hasOwn(READERS, cursor.token.text) ? READERS[cursor.token.text] : undefined;
  if (reader !== undefined && cursor.atKind("word")) return reader(cursor, start);
  return readMatch(cursor, start);
}

function readMatch(cursor: Cursor, start: number): Statement {
  const left = parseConcat(cursor, "field");
  if (!isAboutFields(left)) return readRest("unknown")(cursor, start);
  if (cursor.skip("vmap")) return { kind: "vmap", key: left, map: parseMapSource(cursor) };
  if (cursor.skip("set")) return readAssignment(cursor, start, left);
  if (left.kind === "field" && left.name === "ct count") {
    cursor.skip("over");
    cursor.name();
    return { kind: "condition", text: cursor.textFrom(start) };
  }
  const operator = operatorAt(cursor);
  const right = parseList(cursor, "value");
  if (!cursor.skip("/")) return { kind: "match", left, operator, right };
  const mask = parseList(cursor, "value");
  const masked: Expression = { kind: "binary", operator: "&", left, right: mask };
  return { kind: "match", left: masked, operator: operator === "implicit" ? "==" : operator, right };
}

function isAboutFields(left: Expression): boolean {
  if (left.kind === "binary") return isAboutFields(left.left);
  return left.kind === "field" || (left.kind === "concat" && left.parts.every(isAboutFields));
}

function operatorAt(cursor: Cursor): Operator {
  const { kind, text } = cursor.token;
  if ((kind !== "operator" && kind !== "word") || !Object.hasOwn(OPERATORS, text)) return "implicit";
  cursor.next();
  return OPERATORS[text] as Operator;
}

function readAssignment(cursor: Cursor, start: number, left: Expression): Statement {
  const value = parseMapping(cursor);
  const field = left.kind === "field" ? left.name : cursor.fail("expected one field before `set`");
  // a queue's class has two numbers: `meta priority set 1:10`
  if (field === "meta priority" && cursor.skip(":")) cursor.name();
  return { kind: "assign", field, value, text: cursor.textFrom(start) };
}

/** `counter`, `limit` and `quota`: in place, or by the name of an object. */
function readNamed(kind: "pass" | "condition", readInPlace: (cursor: Cursor) => void): StatementReader {
  return (cursor, start) => {
    cursor.next();
    if (cursor.skip("name")) parseMapping(cursor);
    else readInPlace(cursor);
    return { kind, text: cursor.textFrom(start) };
  };
}

/** `rate over 10 mbytes/second burst 5 packets`. */
function readRate(cursor: Cursor): void {
  cursor.expect("rate");
  cursor.skip("over");
  cursor.name();
  if (!cursor.at("/")) cursor.name();
  cursor.expect("/");
  cursor.name();
  if (cursor.skip("burst")) {
    cursor.name();
    cursor.name();
  }
}

/** `over 25 mbytes used 0 bytes`. */
function readQuota(cursor: Cursor): void {
  if (!cursor.skip("over")) cursor.skip("until");
  cursor.name();
  cursor.name();
  if (cursor.skip("used")) {
    cursor.name();
    cursor.name();
  }
}

function readLog(cursor: Cursor, start: number): Statement {
  cursor.next();
  while (cursor.at("prefix", "level", "group", "snaplen", "queue-threshold", "flags")) {
    if (cursor.next().text !== "flags") cursor.name();
    else if (cursor.skip("tcp", "ip")) parseList(cursor, "value");
    else cursor.name();
  }
  return { kind: "pass", text: cursor.textFrom(start) };
}

function readReject(cursor: Cursor): Statement {
  cursor.next();
  if (!cursor.skip("with")) return { kind: "reject" };
  if (cursor.skip("tcp")) {
    cursor.expect("reset");
    return { kind: "reject", demands: "tcp" };
  }
  const family = cursor.name();
  cursor.skip("type");
  cursor.name();
  return family === "icmp" || family === "icmpv6" ? { kind: "reject", demands: family } : { kind: "reject" };
}

/** `add @set { ip saddr timeout 5m }`. */
function readUpdate(cursor: Cursor, start: number): Statement {
  cursor.next();
  cursor.expect("@");
  const set = cursor.name();
  if (!cursor.at("{")) cursor.fail("expected `{`");
  cursor.skipBlock();
  return { kind: "update", set, text: cursor.textFrom(start) };
}

function readRest(kind: "pass" | "condition" | "unknown"): StatementReader {
  return (cursor, start) => {
    cursor.skipStatement();
    return { kind, text: cursor.textFrom(start) };
  };
}
