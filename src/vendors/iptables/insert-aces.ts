/** Puts rules into a saved rule set, before a rule, in its place, or at the end of its chain. */
import type { Insertion, PatchedText } from "../../model/allow-list.js";
import { writeChain } from "./render.js";

const RULE = /^\s*(?:\[\d+:\d+\]\s*)?-A\s+(\S+)/;

/** The save or list of rules as it will be; undefined in other forms, or where a rule cannot be written. */
export function insertAces(text: string, { acl, stoppedBy, at, instead }: Insertion): PatchedText | undefined {
  const lines = text.split("\n");
  const chain = chainAt(lines[at.line - 1] ?? "", stoppedBy !== undefined);
  if (chain === undefined || isContinued(lines, at.line - 1)) return undefined;
  const aces = [...(instead ?? []), ...acl.aces];
  const { value: written } = writeChain({ ...acl, aces, defaultAction: { kind: "return" } }, []);
  if (written === undefined || written.place.chain !== chain) return undefined;
  const target = stoppedBy === undefined ? endOfChain(lines, at.line, chain) : at.line - 1;
  const { table, family } = written.place;
  const tool = `${family === "ipv4" ? "iptables" : "ip6tables"} -t ${table}`;
  // A list of its own begins with known connections; these rules join others.
  const own = written.rules.filter((rule) => rule.startsWith("-A "));
  const rules = own.map((rule) => rule.replace(/^-A (\S+) ?/, ""));
  const commands = commandsFor(rules, chain, positionOf(lines, target, chain), instead !== undefined);
  if (!commands.every(isPlain)) return undefined;
  const ending = text.includes("\r\n") ? "\r" : "";
  const patched = lines.toSpliced(target, instead === undefined ? 0 : 1, ...own.map((rule) => rule + ending));
  return { text: patched.join("\n"), commands: commands.map((command) => `${tool} ${command}`) };
}

// Names of chains and interfaces are data from elsewhere: a command has no word in it that a shell would act upon.
function isPlain(command: string): boolean {
  return /^[\w\s.:,/+=!@%-]*$/.test(command.replace(/"[^"]*"/g, ""));
}

function commandsFor(rules: readonly string[], chain: string, position: number, isReplacing: boolean): string[] {
  const [first, ...others] = rules;
  if (!isReplacing) return rules.map((rule, index) => `-I ${chain} ${position + index} ${rule}`);
  if (first === undefined) return [`-D ${chain} ${position}`];
  const further = others.map((rule, index) => `-I ${chain} ${position + 1 + index} ${rule}`);
  return [`-R ${chain} ${position} ${first}`, ...further];
}

function chainAt(line: string, isRule: boolean): string | undefined {
  return (isRule ? RULE : /^\s*(?::|-P\s+|-N\s+)(\S+)/).exec(line)?.[1];
}

function isContinued(lines: readonly string[], index: number): boolean {
  return [lines[index - 1] ?? "", lines[index] ?? ""].some((line) => line.trimEnd().endsWith("\\"));
}

/** The index of the line after the chain's last rule; without rules, of the table's end. */
function endOfChain(lines: readonly string[], declared: number, chain: string): number {
  const commit = lines.findIndex((line, index) => index >= declared && /^\s*COMMIT\b/.test(line));
  // What `iptables -S` prints is one table, and ends with the file.
  const end = commit < 0 ? lines.findLastIndex((line) => line.trim() !== "") + 1 : commit;
  const last = lines.findLastIndex((line, index) => index < end && index >= declared && RULE.exec(line)?.[1] === chain);
  return last < 0 ? end : last + 1;
}

/** The number a rule at this line has within its chain, from 1. */
function positionOf(lines: readonly string[], target: number, chain: string): number {
  const table = lines.findLastIndex((line, index) => index < target && /^\s*\*\w/.test(line));
  return 1 + lines.slice(Math.max(0, table), target).filter((line) => RULE.exec(line)?.[1] === chain).length;
}
