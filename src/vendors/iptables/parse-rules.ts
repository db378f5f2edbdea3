/** Turns the text of iptables-save and ip6tables-save into tables, chains and rules with their physical lines. */
import type { Family } from "../../model/address.js";
import type { Diagnostic, LineAccount, LineFate, Parsed } from "../../model/diagnostic.js";
import { type ShellWords, splitShellWords } from "../../syntax/shell-words.js";
import { familyInRules } from "./family.js";
import { parseRule } from "./parse-rule.js";
import type { Rule, RuleFile, Table } from "./types.js";

interface OpenChain {
  readonly name: string;
  readonly line: number;
  policy?: string;
  readonly rules: Rule[];
}

interface OpenTable {
  readonly name: string;
  readonly line: number;
  readonly stated: Family | undefined;
  readonly chains: Map<string, OpenChain>;
  isComplete: boolean;
}

const COUNTERS = /^\[\d+:\d+\]\s*/;
const POLICIES: ReadonlySet<string> = new Set(["ACCEPT", "DROP", "QUEUE", "RETURN"]);

/** The spellings of the commands a save may hold. */
const COMMANDS: Readonly<Record<string, keyof typeof RUN>> = {
  ...{ "-A": "append", "--append": "append", "-I": "insert", "--insert": "insert", "-N": "create" },
  ...{ "--new-chain": "create", "-P": "setPolicy", "--policy": "setPolicy", "-F": "flush", "--flush": "flush" },
  ...{ "-D": "remove", "--delete": "remove", "-X": "removeChain", "--delete-chain": "removeChain" },
  ...{ "-R": "replace", "--replace": "replace", "-Z": "zero", "--zero": "zero" },
};

/** The commands whose line becomes a rule. */
const ADDING: ReadonlySet<string> = new Set(["append", "insert", "replace"]);

function lineOf({ line }: Rule): number {
  return line;
}

/** Undefined iff the command was carried out; else why not. */
type Run = (table: OpenTable, split: ShellWords, line: number) => string | undefined;

const RUN = {
  append: (table: OpenTable, split: ShellWords, line: number) => addRule(table, split, line, 2, "end"),
  insert: (table: OpenTable, split: ShellWords, line: number) => {
    const isNumbered = /^\d+$/.test(split.words[2] ?? "");
    return addRule(table, split, line, isNumbered ? 3 : 2, isNumbered ? Number(split.words[2]) : 1);
  },
  create: (table: OpenTable, { words }: ShellWords, line: number) => {
    if (words.length !== 2) return "a chain's name is expected";
    openChain(table, words[1] as string, line);
    return undefined;
  },
  setPolicy: (table: OpenTable, { words }: ShellWords, line: number) => {
    if (!POLICIES.has(words[2] ?? "")) return "a policy is ACCEPT or DROP";
    openChain(table, words[1] as string, line).policy = words[2] as string;
    return undefined;
  },
  flush: (table: OpenTable, { words }: ShellWords) => {
    for (const chain of table.chains.values()) {
      if (words[1] === undefined || chain.name === words[1]) chain.rules.length = 0;
    }
    return undefined;
  },
  remove: (table: OpenTable, { words }: ShellWords) => {
    const place = findRule(table, words);
    if (place === undefined) return "only a rule given by its number can be deleted";
    place.rules.splice(place.index, 1);
    return undefined;
  },
  removeChain: (table: OpenTable, { words }: ShellWords) => {
    for (const { name, policy } of [...table.chains.values()]) {
      if (words[1] === name || (words[1] === undefined && policy === undefined)) table.chains.delete(name);
    }
    return undefined;
  },
  replace: (table: OpenTable, split: ShellWords, line: number) => {
    const place = findRule(table, split.words);
    if (place === undefined) return "only a rule given by its number can be replaced";
    place.rules[place.index] = parseRule({ ...split, start: 3 }, line);
    return undefined;
  },
  zero: () => undefined,
} satisfies Record<string, Run>;

function addRule(table: OpenTable, split: ShellWords, line: number, start: number, place: number | "end") {
  const name = split.words[1];
  if (name === undefined) return "a chain's name is expected";
  const { rules } = openChain(table, name, line);
  const rule = parseRule({ ...split, start }, line);
  if (place === "end") rules.push(rule);
  else rules.splice(indexOfPosition(rules, place), 0, rule);
  return undefined;
}

/** Index of the rule that the kernel counts as number `position`, 1-based. */
function indexOfPosition(rules: readonly Rule[], position: number): number {
  let seen = 1;
  const index = rules.findIndex((rule) => {
    if (seen >= position) return true;
    seen += rule.weight;
    return false;
  });
  return index < 0 ? rules.length : index;
}

function findRule(table: OpenTable, words: readonly string[]): { rules: Rule[]; index: number } | undefined {
  const rules = table.chains.get(words[1] ?? "")?.rules;
  if (rules === undefined || !/^\d+$/.test(words[2] ?? "")) return undefined;
  const index = indexOfPosition(rules, Number(words[2]));
  return index < rules.length ? { rules, index } : undefined;
}

function openChain(table: OpenTable, name: string, line: number): OpenChain {
  const known = table.chains.get(name);
  if (known !== undefined) return known;
  const chain: OpenChain = { name, line, rules: [] };
  table.chains.set(name, chain);
  return chain;
}

/** Reads a save line by line; a line it cannot read costs that line. */
class SaveReader {
  private readonly tables: OpenTable[] = [];
  private readonly lines: LineAccount[] = [];
  private readonly ruleLines: number[] = [];
  private readonly diagnostics: Diagnostic[] = [];
  private table: OpenTable | undefined;
  private stated: Family | undefined;

  constructor(private readonly file: string) {}

  read(text: string): Parsed<RuleFile> {
    text.split(/\r?\n/).forEach((line, index) => {
      const trimmed = line.trim();
      if (trimmed !== "") this.readLine(trimmed, index + 1);
    });
    if (this.table !== undefined) this.reportOpenTable(this.table);
    const tables = this.tables.map((table) => this.finish(table));
    this.accountRemoved(tables);
    return { value: { kind: "rules", file: this.file, tables, lines: this.lines }, diagnostics: this.diagnostics };
  }

  private readLine(line: string, number: number): void {
    if (line.startsWith("#")) this.readComment(line, number);
    else if (line.startsWith("*")) this.openTable(line.slice(1).trim(), number);
    else if (this.table === undefined) this.reject(number, "outside of every table");
    else if (line.startsWith(":")) this.readChain(this.table, line, number);
    else if (line === "COMMIT") this.closeTable(this.table, number);
    else this.readCommand(this.table, line, number);
  }

  private readComment(line: string, number: number): void {
    const generator = /\b(ip6?tables)(?:-nft|-legacy)?-save\b/.exec(line)?.[1];
    if (generator !== undefined && line.includes("Generated by")) {
      this.stated = generator === "iptables" ? "ipv4" : "ipv6";
    }
    this.account(number, "harmless", "comment");
  }

  private openTable(name: string, number: number): void {
    if (this.table !== undefined) this.reportOpenTable(this.table);
    this.table = { name, line: number, stated: this.stated, chains: new Map(), isComplete: false };
    this.tables.push(this.table);
    this.account(number, "modelled", `table ${name}`);
  }

  private closeTable(table: OpenTable, number: number): void {
    table.isComplete = true;
    this.table = undefined;
    this.account(number, "modelled", `end of table ${table.name}`);
  }

  private readChain(table: OpenTable, line: string, number: number): void {
    const [name = "", policy] = line.slice(1).trim().split(/\s+/);
    if (name === "" || policy === undefined || !(policy === "-" || POLICIES.has(policy))) {
      this.reject(number, "a chain has a name and a policy");
      return;
    }
    const chain = openChain(table, name, number);
    if (policy !== "-") chain.policy = policy;
    this.account(number, "modelled", policy === "-" ? `chain ${name}` : `chain ${name}, policy ${policy}`);
  }

  private readCommand(table: OpenTable, line: string, number: number): void {
    const split = splitShellWords(line.startsWith("[") ? line.replace(COUNTERS, "") : line);
    const [word = ""] = split.words;
    const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
    if (command === undefined || split.unclosed) {
      this.reject(number, command === undefined ? "not a command of iptables-save" : "a quote is not closed");
      return;
    }
    const failure = RUN[command](table, split, number);
    if (failure !== undefined) this.reject(number, failure);
    else if (ADDING.has(command)) this.ruleLines.push(number);
    else this.account(number, "modelled", `command ${word}`);
  }

  /** Rules that a later command of the same file has taken away. */
  private accountRemoved(tables: readonly Table[]): void {
    const kept = new Set(
      tables.flatMap(({ chains }) => [...chains.values()].flatMap(({ rules }) => rules)).map(lineOf),
    );
    for (const line of this.ruleLines) if (!kept.has(line)) this.account(line, "harmless", "taken away further down");
  }

  private finish({ stated, ...table }: OpenTable): Table {
    const family = stated ?? familyInRules(table.chains.values()) ?? familyInName(this.file);
    return { ...table, family, file: this.file };
  }

  private reportOpenTable(table: OpenTable): void {
    this.diagnostics.push({
      ...{ code: "iptables/incomplete-table", severity: "error", effect: "unknown" },
      message: `table ${table.name} has no COMMIT: the export may be cut`,
      at: { file: this.file, line: table.line },
    });
  }

  private reject(line: number, note: string): void {
    this.account(line, "rejected", note);
    this.diagnostics.push({
      ...{ code: "iptables/unreadable-line", severity: "error", message: note, effect: "unknown" },
      at: { file: this.file, line },
    });
  }

  private account(line: number, fate: LineFate, note: string): void {
    this.lines.push({ line, fate, note });
  }
}

function familyInName(file: string): Family {
  return /ip6|v6/i.test(file.slice(file.lastIndexOf("/") + 1)) ? "ipv6" : "ipv4";
}

/** The tables of a save; the family is what its header says, else what its rules show, else what its name says. */
export function parseRules(text: string, file: string): Parsed<RuleFile> {
  return new SaveReader(file).read(text);
}
