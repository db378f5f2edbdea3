/** Reads the commands that name a table, a chain or a set that is already there. */
import type { CommandSink } from "./command-sink.js";
import type { Cursor } from "./cursor.js";
import { parseConcat, parseSet } from "./parse-expression.js";
import { parseRule } from "./parse-rule.js";
import type { Element, RulePlace, TableName } from "./types.js";

const FAMILIES = ["ip", "ip6", "inet", "arp", "bridge", "netdev"] as const;

/** `inet filter`; a table without family is of IPv4. */
export function parseTableName(cursor: Cursor): TableName {
  const hasFamily = cursor.at(...FAMILIES) && cursor.ahead(1).text !== "{";
  const family = hasFamily ? cursor.name() : "ip";
  return { family, name: cursor.name() };
}

/** `inet filter blocked { 10.0.0.1 }`. */
export function parseElementCommand(cursor: Cursor, sink: CommandSink, action: "add" | "delete", line: number): void {
  const table = parseTableName(cursor);
  const name = cursor.name();
  sink.add({ kind: "elements", action, table, name, elements: parseElements(cursor), line });
  sink.mark(line, cursor.ahead(-1).line, "modelled", `elements of set ${table.family} ${table.name} ${name}`);
}

/** Elements in braces, or a variable that holds them. */
function parseElements(cursor: Cursor): readonly Element[] {
  if (!cursor.at("{")) return [{ key: parseConcat(cursor, "value"), expires: false }];
  const set = parseSet(cursor);
  return set.kind === "set" ? set.elements : [];
}

/** `rule inet filter input index 2 tcp dport 22 accept`. */
export function parseRuleCommand(cursor: Cursor, sink: CommandSink, verb: "end" | "start" | "replace"): void {
  if (!cursor.skip("rule") && verb !== "end") cursor.fail("expected `rule`");
  const table = parseTableName(cursor);
  const chain = cursor.name();
  const place = parsePlace(cursor, verb);
  const rule = parseRule(cursor);
  sink.add({ kind: "rule", table, chain, rule, place, line: rule.line });
}

/** `index 3`; handles and positions are numbers that only the kernel knows. */
function parsePlace(cursor: Cursor, verb: "end" | "start" | "replace"): RulePlace {
  const isIndex = cursor.at("index");
  if (!cursor.skip("index", "handle", "position")) return { kind: verb === "replace" ? "unclear" : verb };
  const index = Number(cursor.name());
  if (!isIndex) return { kind: "unclear" };
  return { kind: verb === "start" ? "before" : verb === "replace" ? "replace" : "after", index };
}

/** `ruleset`, or something of a table. */
export function parseFlush(cursor: Cursor, sink: CommandSink, line: number): void {
  const what = cursor.name();
  if (what === "ruleset") {
    sink.add({ kind: "flush", what, ...(cursor.at(...FAMILIES) && { name: cursor.name() }), line });
  } else {
    const table = parseTableName(cursor);
    sink.add({ kind: "flush", what, table, ...(!cursor.isAtEnd && { name: cursor.name() }), line });
  }
}

/** A table, or something of one. */
export function parseDelete(cursor: Cursor, sink: CommandSink, line: number): void {
  const what = cursor.name();
  if (what === "element") parseElementCommand(cursor, sink, "delete", line);
  else if (what === "rule") parseDeleteRule(cursor, sink, line);
  else {
    const table = parseTableName(cursor);
    const name = !cursor.isAtEnd && { name: cursor.name() };
    cursor.skipStatement();
    sink.add({ kind: "delete", what, table, ...name, line });
  }
}

function parseDeleteRule(cursor: Cursor, sink: CommandSink, line: number): void {
  const table = parseTableName(cursor);
  const chain = cursor.name();
  const index = cursor.skip("index") && { index: Number(cursor.name()) };
  cursor.skipStatement();
  sink.add({ kind: "delete-rule", table, chain, ...index, line });
}
