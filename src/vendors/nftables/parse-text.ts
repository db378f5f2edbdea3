/** Reads nft text: the listing of a rule set, or a script of commands. */
import type { Parsed } from "../../model/diagnostic.js";
import { CommandSink } from "./command-sink.js";
import { Cursor } from "./cursor.js";
import { parseDelete, parseElementCommand, parseFlush, parseRuleCommand, parseTableName } from "./parse-command.js";
import {
  parseChain,
  parseDefine,
  parseObject,
  parseSetDefinition,
  parseTableBlock,
  recovering,
} from "./parse-table.js";
import { tokenize } from "./tokenize.js";
import type { CommandFile } from "./types.js";

/** The commands of the text in order. */
export function parseNftText(text: string, file: string): Parsed<CommandFile> {
  const sink = new CommandSink(file, text);
  const cursor = new Cursor(tokenize(text));
  for (cursor.skipSeparators(); !cursor.atKind("eof"); cursor.skipSeparators()) {
    recovering(cursor, sink, () => parseCommand(cursor, sink));
  }
  const { commands, ledger, diagnostics } = sink;
  return { value: { kind: "commands", file, commands, ledger }, diagnostics };
}

type CommandReader = (cursor: Cursor, sink: CommandSink, line: number) => void;

const ASKING: CommandReader = (cursor) => cursor.skipStatement();

/** Commands by their first word; `add` may be left out. */
const VERBS: Readonly<Record<string, CommandReader>> = {
  define: parseDefine,
  redefine: parseDefine,
  undefine: (cursor, sink, line) => sink.add({ kind: "define", name: cursor.name(), value: undefined, line }),
  include: (cursor, sink, line) => {
    sink.add({ kind: "include", path: cursor.name(), line });
    sink.mark(line, line, "approximated", "what the included file holds");
  },
  flush: parseFlush,
  delete: parseDelete,
  destroy: parseDelete,
  insert: (cursor, sink) => parseRuleCommand(cursor, sink, "start"),
  replace: (cursor, sink) => parseRuleCommand(cursor, sink, "replace"),
  add: parseAdd,
  create: parseAdd,
  ...{ list: ASKING, monitor: ASKING, describe: ASKING, reset: ASKING, export: ASKING },
};

function parseCommand(cursor: Cursor, sink: CommandSink): void {
  cursor.skip("sudo");
  cursor.skip("nft");
  const { kind, text, line } = cursor.token;
  const reader = kind === "word" && Object.hasOwn(VERBS, text) ? VERBS[text] : undefined;
  if (reader === undefined) parseAdd(cursor, sink, line);
  else {
    cursor.next();
    reader(cursor, sink, line);
  }
}

const OBJECTS = ["counter", "quota", "limit", "flowtable", "secmark", "synproxy", "ct"] as const;

function parseAdd(cursor: Cursor, sink: CommandSink, line: number): void {
  if (cursor.skip("table")) {
    const table = parseTableName(cursor);
    if (cursor.at("{")) parseTableBlock(cursor, sink, table);
    else sink.add({ kind: "table", table, flags: [], line });
  } else if (cursor.skip("chain")) {
    parseChain(cursor, sink, parseTableName(cursor));
  } else if (cursor.skip("set", "map")) {
    parseSetDefinition(cursor, sink, parseTableName(cursor));
  } else if (cursor.skip("element")) {
    parseElementCommand(cursor, sink, "add", line);
  } else if (cursor.at(...OBJECTS)) {
    parseObject(cursor, sink, () => parseTableName(cursor));
  } else parseRuleCommand(cursor, sink, "end");
}
