/** Carries out the commands of iptables on the tables read so far. */
import type { Family } from "../../model/address.js";
import type { ShellWords } from "../../syntax/shell-words.js";
import type { OptionPool } from "./option-pool.js";
import { parseRule } from "./parse-rule.js";
import type { Rule } from "./types.js";

export interface OpenChain {
  readonly name: string;
  readonly line: number;
  policy?: string;
  readonly rules: Rule[];
}

export interface OpenTable {
  readonly name: string;
  readonly line: number;
  /** The family its header or command says. */
  readonly stated: Family | undefined;
  readonly chains: Map<string, OpenChain>;
  readonly unreadable: number[];
  isComplete: boolean;
}

/** One command: its words, its line, and why it may not be carried out (inside `if`) or not be read right. */
export interface Command {
  readonly split: ShellWords;
  readonly line: number;
  readonly doubts: readonly string[];
  readonly pool: OptionPool;
}

/** What a command did: `rule`, its line became a rule; `done`, it changed the table; `failed`, it could not be carried out. */
export type Outcome = { readonly kind: "rule" | "done" } | { readonly kind: "failed"; readonly why: string };

const POLICIES: ReadonlySet<string> = new Set(["ACCEPT", "DROP", "QUEUE", "RETURN"]);
const RULE: Outcome = { kind: "rule" };
const DONE: Outcome = { kind: "done" };

/** The spellings of the commands. */
const COMMANDS: Readonly<Record<string, keyof typeof RUN>> = {
  ...{ "-A": "append", "--append": "append", "-I": "insert", "--insert": "insert", "-N": "create" },
  ...{ "--new-chain": "create", "-P": "setPolicy", "--policy": "setPolicy", "-F": "flush", "--flush": "flush" },
  ...{ "-D": "remove", "--delete": "remove", "-X": "removeChain", "--delete-chain": "removeChain" },
  ...{ "-R": "replace", "--replace": "replace", "-Z": "zero", "--zero": "zero" },
};

type Run = (table: OpenTable, command: Command) => Outcome;

const RUN = {
  append: (table: OpenTable, command: Command) => addRule(table, command, 2, "end"),
  insert: (table: OpenTable, command: Command) => {
    const position = command.split.words[2] ?? "";
    return /^\d+$/.test(position) ? addRule(table, command, 3, Number(position)) : addRule(table, command, 2, 1);
  },
  replace: (table: OpenTable, command: Command) => {
    const place = findRule(table, command);
    if (place === undefined) return failed("no rule has this number");
    place.rules[place.index] = readRule(command, 3);
    return RULE;
  },
  remove: (table: OpenTable, command: Command) => {
    const place = findRule(table, command);
    if (place === undefined) return failed("there is no such rule to delete");
    place.rules.splice(place.index, 1);
    return DONE;
  },
  create: (table: OpenTable, { split: { words }, line }: Command) => {
    if (words.length !== 2) return failed("a chain's name is expected");
    openChain(table, words[1] as string, line);
    return DONE;
  },
  setPolicy: (table: OpenTable, { split: { words }, line }: Command) => {
    const [, name = "", policy = ""] = words;
    if (!isPolicy(policy)) return failed("a policy is ACCEPT or DROP");
    openChain(table, name, line).policy = policy;
    return DONE;
  },
  flush: (table: OpenTable, { split: { words } }: Command) => {
    for (const chain of table.chains.values()) {
      if (words[1] === undefined || chain.name === words[1]) chain.rules.length = 0;
    }
    return DONE;
  },
  removeChain: (table: OpenTable, { split: { words } }: Command) => {
    for (const { name, policy } of [...table.chains.values()]) {
      if (words[1] === name || (words[1] === undefined && policy === undefined)) table.chains.delete(name);
    }
    return DONE;
  },
  zero: () => DONE,
} satisfies Record<string, Run>;

/** Carries out the command its first word names. */
export function runCommand(table: OpenTable, command: Command): Outcome {
  const [word = "", chain = ""] = command.split.words;
  const name = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (name === undefined) return failed("not a command of iptables-save");
  if (chain.includes("$")) return failed("which chain is meant depends on a variable");
  const isRule = name === "append" || name === "insert";
  if (!isRule && command.doubts.length > 0) return failed(command.doubts.join(", "));
  return RUN[name](table, command);
}

/** True iff a built-in chain can have this policy. */
export function isPolicy(text: string): boolean {
  return POLICIES.has(text);
}

/** The chain of the name, made on this line if there is none. */
export function openChain(table: OpenTable, name: string, line: number): OpenChain {
  const known = table.chains.get(name);
  if (known !== undefined) return known;
  const chain: OpenChain = { name, line, rules: [] };
  table.chains.set(name, chain);
  return chain;
}

function failed(why: string): Outcome {
  return { kind: "failed", why };
}

function addRule(table: OpenTable, command: Command, start: number, place: number | "end"): Outcome {
  const name = command.split.words[1];
  if (name === undefined) return failed("a chain's name is expected");
  const { rules } = openChain(table, name, command.line);
  const rule = readRule(command, start);
  if (place === "end") rules.push(rule);
  else rules.splice(indexOfPosition(rules, place), 0, rule);
  return RULE;
}

function readRule({ split, line, doubts, pool }: Command, start: number): Rule {
  const { words, quoted } = split;
  const rule = parseRule({ words, quoted, start }, line, pool);
  return doubts.length === 0 ? rule : { ...rule, problems: [...rule.problems, ...doubts] };
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

/** The rule a command names by its number or, as `-D` may, by its words. */
function findRule(table: OpenTable, command: Command): { rules: Rule[]; index: number } | undefined {
  const [, chain = "", position = ""] = command.split.words;
  const rules = table.chains.get(chain)?.rules ?? [];
  if (/^\d+$/.test(position)) {
    const index = indexOfPosition(rules, Number(position));
    return index < rules.length ? { rules, index } : undefined;
  }
  const wanted = identity(readRule(command, 2));
  const index = rules.findIndex((rule) => identity(rule) === wanted);
  return index < 0 ? undefined : { rules, index };
}

function identity({ matches, target }: Rule): string {
  return JSON.stringify([matches, target]);
}
