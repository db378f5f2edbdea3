/** Reads the blocks of nft text: tables, and the chains and sets in them. */
import type { CommandSink } from "./command-sink.js";
import { type Cursor, NftSyntaxError } from "./cursor.js";
import { parseConcat, parseElementCondition } from "./parse-expression.js";
import { parseRule } from "./parse-rule.js";
import type { Element, Expression, HookSpec, SetSpec, TableName } from "./types.js";

/** Reads one part of a block or file; where it cannot, says so and goes to the end of the statement. */
export function recovering(cursor: Cursor, sink: CommandSink, read: () => void): void {
  const start = cursor.index;
  const { line } = cursor.token;
  try {
    read();
    // a block that another one ends has been reported
    if (!cursor.isAtEnd && !cursor.at("table", "chain")) cursor.fail("expected the end of the statement");
  } catch (error) {
    if (!(error instanceof NftSyntaxError)) throw error;
    cursor.index = start;
    cursor.skipStatement();
    if (cursor.index === start && !cursor.atKind("eof")) cursor.next();
    sink.reject(line, Math.max(line, cursor.ahead(-1).line), cursor.textFrom(start), error.message);
  }
}

/** Reads `{ … }` part by part; a word of `outer` starts what cannot stand in it. */
function parseBlock(cursor: Cursor, sink: CommandSink, outer: readonly string[], readPart: () => void): void {
  cursor.nested(() => {
    cursor.expect("{");
    for (;;) {
      cursor.skipSeparators();
      if (cursor.skip("}")) return;
      if (cursor.atKind("eof") || cursor.at(...outer)) {
        const { line } = cursor.ahead(-1);
        sink.reject(line, line, "the end of the block", cursor.atKind("eof") ? "the text ends early" : "an open brace");
        return;
      }
      recovering(cursor, sink, readPart);
    }
  });
}

const OBJECTS = ["counter", "quota", "limit", "flowtable", "secmark", "synproxy"] as const;

/** `{ … }` of a table. */
export function parseTableBlock(cursor: Cursor, sink: CommandSink, table: TableName): void {
  const flags: string[] = [];
  const { line } = cursor.token;
  sink.add({ kind: "table", table, flags, line });
  parseBlock(cursor, sink, ["table"], () => {
    if (cursor.skip("flags")) flags.push(...words(cursor));
    else if (cursor.skip("comment")) cursor.name();
    else if (cursor.skip("chain")) parseChain(cursor, sink, table);
    else if (cursor.skip("set", "map")) parseSetDefinition(cursor, sink, table);
    else if (cursor.at(...OBJECTS, "ct")) parseObject(cursor, sink, () => table);
    else if (cursor.skip("define", "redefine")) parseDefine(cursor, sink);
    else cursor.fail("expected a chain, set, map or object");
  });
}

/** `define name = value`. */
export function parseDefine(cursor: Cursor, sink: CommandSink): void {
  const { line } = cursor.token;
  const name = cursor.name();
  cursor.expect("=");
  const parts = [parseConcat(cursor, "value")];
  while (cursor.skip(",")) parts.push(parseConcat(cursor, "value"));
  const value: Expression = parts.length === 1 ? (parts[0] as Expression) : { kind: "list", parts };
  sink.add({ kind: "define", name, value, line });
  sink.mark(line, cursor.ahead(-1).line, "modelled", `variable ${name}`);
}

/** `name { type … hook … priority …; policy …; rules }`; the block may be missing in commands. */
export function parseChain(cursor: Cursor, sink: CommandSink, table: TableName): void {
  const { line } = cursor.token;
  const chain = cursor.name();
  const at = sink.commands.length;
  sink.add({ kind: "chain", table, chain, line });
  if (cursor.isAtEnd) return;
  let hook: HookSpec | undefined;
  let policy: string | undefined;
  let endLine = line;
  parseBlock(cursor, sink, ["table", "chain"], () => {
    if (cursor.at("type")) {
      hook = parseHook(cursor);
      endLine = cursor.ahead(-1).line;
    } else if (cursor.at("policy") && cursor.ahead(1).kind !== "operator") {
      cursor.next();
      policy = cursor.name();
    } else if (cursor.at("comment")) cursor.skipStatement();
    else if (cursor.at("flags") && cursor.ahead(1).text === "offload") cursor.skipStatement();
    else if (cursor.at("devices") && cursor.ahead(1).text === "=") readDevices(cursor);
    else {
      const rule = parseRule(cursor);
      sink.add({ kind: "rule", table, chain, rule, place: { kind: "end" }, line: rule.line });
    }
  });
  sink.commands[at] = { kind: "chain", table, chain, ...(hook && { hook }), ...(policy && { policy }), line };
  if (hook !== undefined) sink.mark(line, endLine, "modelled", `chain ${table.family} ${table.name} ${chain}`);
}

/** `type filter hook input device "eth0" priority filter + 5`. */
function parseHook(cursor: Cursor): HookSpec {
  cursor.expect("type");
  const type = cursor.name();
  cursor.expect("hook");
  const hook = cursor.name();
  const devices: Expression[] = [];
  if (cursor.skip("device")) devices.push(parseConcat(cursor, "value"));
  else if (cursor.at("devices")) devices.push(readDevices(cursor));
  if (!cursor.skip("priority")) return { type, hook, offset: 0, devices };
  const base = readPriority(cursor);
  const sign = cursor.at("-") ? -1 : 1;
  const offset = cursor.skip("+", "-") ? sign * Number(cursor.name()) : 0;
  return { type, hook, priority: base, offset, devices };
}

/** A name, a number or a variable. */
function readPriority(cursor: Cursor): Expression {
  const sign = cursor.skip("-") ? "-" : "";
  const { kind, text } = cursor.token;
  cursor.name();
  return kind === "variable" ? { kind, name: text } : { kind: "value", text: sign + text, isQuoted: false };
}

function readDevices(cursor: Cursor): Expression {
  cursor.expect("devices");
  cursor.expect("=");
  return parseConcat(cursor, "value");
}

/** `name { type ipv4_addr; flags interval; elements = { … } }`. */
export function parseSetDefinition(cursor: Cursor, sink: CommandSink, table: TableName): void {
  const { line } = cursor.token;
  const name = cursor.name();
  const flags: string[] = [];
  let spec: Omit<SetSpec, "flags"> = {};
  let elements: readonly Element[] = [];
  const at = sink.commands.length;
  parseBlock(cursor, sink, ["table", "chain"], () => {
    if (cursor.skip("flags")) flags.push(...words(cursor));
    else if (cursor.skip("timeout")) spec = { ...spec, timeout: cursor.name() };
    else if (cursor.skip("size")) spec = { ...spec, size: cursor.name() };
    else if (cursor.at("limit", "quota", "ct")) spec = { ...spec, condition: parseElementCondition(cursor) };
    else if (cursor.skip("elements")) {
      cursor.expect("=");
      cursor.skipNewlines();
      const set = parseConcat(cursor, "value");
      elements = set.kind === "set" ? set.elements : [{ key: set, expires: false }];
    } else if (cursor.at("type", "typeof", "gc-interval", "policy", "auto-merge", "comment", "counter", "last")) {
      cursor.skipStatement();
    } else cursor.fail("expected a property of a set");
  });
  sink.commands.splice(
    ...([at, 0] as const),
    { kind: "set", table, name, spec: { flags, ...spec }, line },
    { kind: "elements", action: "add", table, name, elements, line },
  );
  sink.mark(line, cursor.ahead(-1).line, "modelled", `set ${table.family} ${table.name} ${name}`);
}

/** `counter name { … }` and its like: rules refer to them, and they hold nothing of a packet. */
export function parseObject(cursor: Cursor, sink: CommandSink, readTable: () => TableName): void {
  const { line, text } = cursor.next();
  const kind = text === "ct" ? `ct ${cursor.name()}` : text;
  const table = readTable();
  const name = cursor.name();
  const start = cursor.index;
  if (cursor.at("{")) cursor.skipBlock();
  else cursor.skipStatement();
  sink.add({ kind: "object", table, name, text: `${kind} ${cursor.textFrom(start)}`, line });
  sink.mark(line, cursor.ahead(-1).line, "harmless", `${kind} ${name}: no condition on packets by itself`);
}

/** Words with commas between them. */
function words(cursor: Cursor): string[] {
  const list = [cursor.name()];
  while (cursor.skip(",")) list.push(cursor.name());
  return list;
}
