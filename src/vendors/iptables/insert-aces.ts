/** Puts rules into a saved rule set, before the rule that stops their packets or at the end of its chain. */
import type { Insertion, PatchedText } from "../../model/allow-list.js";
import { writeChain } from "./render.js";

const RULE = /^\s*(?:\[\d+:\d+\]\s*)?-A\s+(\S+)/;

/** The save or list of rules with those put in; undefined in other forms, or where a rule cannot be written. */
export function insertAces(text: string, { acl, stoppedBy, at }: Insertion): PatchedText | undefined {
  const lines = text.split("\n");
  const chain = chainAt(lines[at.line - 1] ?? "", stoppedBy !== undefined);
  if (chain === undefined) return undefined;
  const { value: written } = writeChain({ ...acl, defaultAction: { kind: "return" } }, []);
  if (written === undefined || written.place.chain !== chain) return undefined;
  const target = stoppedBy === undefined ? endOfChain(lines, at.line, chain) : at.line - 1;
  const position = positionOf(lines, target, chain);
  const tool = written.place.family === "ipv4" ? "iptables" : "ip6tables";
  const ending = text.includes("\r\n") ? "\r" : "";
  const commands = written.rules.map((rule, index) =>
    rule.replace(/^-A (\S+)/, `${tool} -t ${written.place.table} -I $1 ${position + index}`),
  );
  const patched = lines.toSpliced(target, 0, ...written.rules.map((rule) => rule + ending));
  return { text: patched.join("\n"), commands };
}

function chainAt(line: string, isRule: boolean): string | undefined {
  return (isRule ? RULE : /^\s*(?::|-P\s+|-N\s+)(\S+)/).exec(line)?.[1];
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
