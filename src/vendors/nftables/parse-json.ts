/** Reads the JSON that `nft -j` writes and reads. */
import type { Parsed } from "../../model/diagnostic.js";
import { type JsonValue, jsonItems, jsonMember, jsonText, parseJson } from "../../syntax/json.js";
import { CommandSink } from "./command-sink.js";
import { carriedIn, jsonElements, jsonExpression, textList } from "./json-expression.js";
import { jsonStatement } from "./json-statement.js";
import { withoutLines } from "./rule-meaning.js";
import type { CommandFile, HookSpec, RulePlace, SetSpec, TableName } from "./types.js";

/** The commands of the text in order. */
export function parseNftJson(text: string, file: string): Parsed<CommandFile> {
  const sink = new CommandSink(file, text);
  const { value, error } = parseJson(text);
  if (error !== undefined) sink.reject(1, text.split("\n").length, "JSON that breaks off", error.message);
  for (const item of jsonItems(jsonMember(value, "nftables"))) readItem(item, sink);
  const { commands, ledger, diagnostics } = sink;
  return { value: { kind: "commands", file, commands, ledger }, diagnostics };
}

/** How an object gets into the rule set, or out of it. */
type Verb = "add" | "insert" | "replace" | "delete" | "flush";

const VERBS: Readonly<Record<string, Verb>> = {
  ...{ add: "add", create: "add", insert: "insert", replace: "replace" },
  ...{ delete: "delete", destroy: "delete", flush: "flush" },
};

/** Things that say nothing about packets by themselves. */
const SILENT: ReadonlySet<string> = new Set([
  ...["metainfo", "counter", "ct helper", "ct timeout", "ct expectation", "flowtable", "secmark"],
  ...["synproxy", "list", "reset", "rename"],
]);

function readItem(item: JsonValue, sink: CommandSink): void {
  const member = item.kind === "object" ? item.members[0] : undefined;
  const verb = member && Object.hasOwn(VERBS, member.key) ? VERBS[member.key] : undefined;
  if (member === undefined) reject(item, sink, "an empty entry");
  else if (verb === undefined) readObject("add", item, sink);
  else readObject(verb, member.value, sink);
}

function reject({ line, endLine }: JsonValue, sink: CommandSink, text: string): void {
  sink.reject(line, endLine, text, `what \`${text}\` does is not known`);
}

type ObjectReader = (verb: Verb, value: JsonValue, sink: CommandSink) => void;

const READERS: Readonly<Record<string, ObjectReader>> = {
  table: (_verb, value, sink) => {
    const flags = textList(jsonMember(value, "flags"));
    sink.add({ kind: "table", table: { ...tableOf(value), name: textOf(value, "name") }, flags, line: value.line });
  },
  chain: readChain,
  rule: readRule,
  set: readSet,
  map: readSet,
  limit: readNamed,
  quota: readNamed,
  element: (_verb, value, sink) => {
    const elements = jsonElements(jsonMember(value, "elem"));
    const name = textOf(value, "name");
    sink.add({ kind: "elements", action: "add", table: tableOf(value), name, elements, line: value.line });
    sink.mark(value.line, value.endLine, "modelled", `elements of set ${name}`);
  },
};

/** A limit or the like, which rules name. */
function readNamed(_verb: Verb, value: JsonValue, sink: CommandSink): void {
  const text = JSON.stringify(value, withoutLines);
  sink.add({ kind: "object", table: tableOf(value), name: textOf(value, "name"), text, line: value.line });
}

function readObject(verb: Verb, object: JsonValue, sink: CommandSink): void {
  const member = object.kind === "object" ? object.members[0] : undefined;
  if (member === undefined) {
    reject(object, sink, verb);
    return;
  }
  const { key, value } = member;
  if (verb === "delete" || verb === "flush") removeObject(verb, key, value, sink);
  else if (Object.hasOwn(READERS, key)) READERS[key]?.(verb, value, sink);
  else if (!SILENT.has(key)) reject(object, sink, key);
}

function removeObject(verb: "delete" | "flush", what: string, value: JsonValue, sink: CommandSink): void {
  const { line } = value;
  const name = jsonText(jsonMember(value, "name"));
  if (what === "ruleset") {
    const family = jsonText(jsonMember(value, "family"));
    sink.add({ kind: "flush", what, ...(family && { name: family }), line });
  } else if (what === "rule") {
    sink.add({ kind: "delete-rule", table: tableOf(value), chain: textOf(value, "chain"), line });
  } else if (what === "element") {
    const set = { table: tableOf(value), name: textOf(value, "name") };
    sink.add({ kind: "elements", action: "delete", ...set, elements: [], line });
  } else if (what === "table") sink.add({ kind: verb, what, table: { ...tableOf(value), name: name ?? "" }, line });
  else sink.add({ kind: verb, what, table: tableOf(value), ...(name && { name }), line });
}

function textOf(value: JsonValue, name: string): string {
  return jsonText(jsonMember(value, name)) ?? "";
}

function tableOf(value: JsonValue): TableName {
  return { family: textOf(value, "family"), name: textOf(value, "table") };
}

function readChain(_verb: Verb, value: JsonValue, sink: CommandSink): void {
  const chain = textOf(value, "name");
  const policy = jsonText(jsonMember(value, "policy"));
  const type = jsonText(jsonMember(value, "type"));
  const priority = jsonMember(value, "prio");
  const hook: HookSpec | undefined =
    type === undefined
      ? undefined
      : {
          ...{ type, hook: textOf(value, "hook"), offset: 0 },
          ...(priority && { priority: jsonExpression(priority) }),
          devices: textList(jsonMember(value, "dev")).map((text) => ({ kind: "value", text, isQuoted: true })),
        };
  sink.add({
    ...{ kind: "chain", table: tableOf(value), chain, line: value.line },
    ...(hook && { hook }),
    ...(policy && { policy }),
  });
  if (hook !== undefined) sink.mark(value.line, value.endLine, "modelled", `chain ${chain}`);
}

function readRule(verb: Verb, value: JsonValue, sink: CommandSink): void {
  const { line, endLine } = value;
  const statements = jsonItems(jsonMember(value, "expr")).map(jsonStatement);
  const place = placeOf(verb, jsonMember(value, "index"));
  const rule = { statements, line, endLine };
  sink.add({ kind: "rule", table: tableOf(value), chain: textOf(value, "chain"), rule, place, line });
}

/** A listing gives the rules of a chain in order; commands may give an index. */
function placeOf(verb: Verb, index: JsonValue | undefined): RulePlace {
  if (index !== undefined) {
    const kind = verb === "insert" ? "before" : verb === "replace" ? "replace" : "after";
    return { kind, index: Number(jsonText(index)) };
  }
  if (verb === "replace") return { kind: "unclear" };
  return { kind: verb === "insert" ? "start" : "end" };
}

function specOf(value: JsonValue): SetSpec {
  const [timeout, size] = ["timeout", "size"].map((each) => jsonText(jsonMember(value, each)));
  const statements = jsonItems(jsonMember(value, "stmt"));
  return {
    flags: textList(jsonMember(value, "flags")),
    ...(timeout && { timeout }),
    ...(size && { size }),
    ...carriedIn(statements.flatMap((each) => (each.kind === "object" ? each.members : []))),
  };
}

function readSet(_verb: Verb, value: JsonValue, sink: CommandSink): void {
  const { line } = value;
  const [table, name] = [tableOf(value), textOf(value, "name")];
  sink.add({ kind: "set", table, name, spec: specOf(value), line });
  const elements = jsonElements(jsonMember(value, "elem"));
  sink.add({ kind: "elements", action: "add", table, name, elements, line });
  sink.mark(line, value.endLine, "modelled", `set ${name}`);
}
