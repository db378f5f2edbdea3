/** Puts rules into a listing of nft, before a rule, in its place, or at the end of its chain. */
import type { Insertion, PatchedText } from "../../model/allow-list.js";
import { TABLES, type TableFamily, writeRules } from "./render.js";

/** The listing as it will be; undefined where it is no listing, or where a rule cannot be written. */
export function insertAces(text: string, { acl, stoppedBy, at, instead }: Insertion): PatchedText | undefined {
  const lines = text.split("\n");
  const [family = "", table, chain] = acl.name.split(" ");
  if (!isTableFamily(family)) return undefined;
  const body = bodyOf(lines, `table ${family} ${table} {`, `chain ${chain} {`);
  const aces = [...(instead ?? []), ...acl.aces];
  const { value: rules } = writeRules({ ...acl, aces, defaultAction: { kind: "return" } }, [], family);
  if (body === undefined || rules === undefined) return undefined;
  const target = stoppedBy === undefined ? body.end : at.line - 1;
  const position = body.rules.indexOf(target);
  if (target !== body.end && position < 0) return undefined;
  const own = rules.filter((rule) => rule !== "return");
  const removal = instead === undefined ? [] : removalOf(lines, body, position);
  if (removal === undefined) return undefined;
  const place = `${family} ${table} ${chain}`;
  const put = position < 0 ? `add rule ${place}` : `insert rule ${place}`;
  const commands = own.map((rule, index) => `${put}${position < 0 ? "" : ` index ${position + index}`} ${rule}`);
  const removed = removal.map((handle) => `delete rule ${place} handle ${handle}`);
  const ending = text.includes("\r\n") ? "\r" : "";
  const added = own.map((rule) => `\t\t${rule}${ending}`);
  return {
    text: lines.toSpliced(target, removal.length, ...added).join("\n"),
    commands: [...commands, ...removed].map((command) => `nft ${shellText(command)}`),
  };
}

function isTableFamily(family: string): family is TableFamily {
  return family in TABLES;
}

/** The handle of a rule of one line, which is what nft removes it by and `nft -a list ruleset` shows; undefined without. */
function removalOf(lines: readonly string[], { rules, end }: Body, position: number): [string] | undefined {
  const from = rules[position];
  const handle = from === undefined ? undefined : /# handle (\d+)\s*$/.exec(lines[from] as string)?.[1];
  const isOneLine = from !== undefined && (rules[position + 1] ?? end) === from + 1;
  return handle !== undefined && isOneLine ? [handle] : undefined;
}

interface Body {
  /** Indexes of the lines at which rules begin. */
  readonly rules: readonly number[];
  /** Index of the line that closes the chain. */
  readonly end: number;
}

/** The chain in the form `nft list ruleset` prints, in which each brace that stays open stands at the end of its line. */
function bodyOf(lines: readonly string[], table: string, chain: string): Body | undefined {
  const named = (line: string): string => line.replace(/# handle \d+\s*$/, "").trim();
  const at = lines.findIndex((line) => named(line) === table);
  const closing = lines.findIndex((line, index) => index > at && line.trimEnd() === "}");
  const start = lines.findIndex((line, index) => index > at && index < closing && named(line) === chain);
  if (at < 0 || start < 0) return undefined;
  const rules: number[] = [];
  let depth = 0;
  let isContinued = false;
  for (let index = start + 1; index < closing; index++) {
    const line = withoutTexts(lines[index] as string);
    const isHead = /^(type|policy|comment|flags|#)\b|^#/.test(line);
    if (depth === 0 && !isContinued && line === "}") return { rules, end: index };
    if (depth === 0 && !isContinued && line !== "" && !isHead) rules.push(index);
    depth += count(line, "{") - count(line, "}");
    isContinued = line.endsWith("\\");
  }
  return undefined;
}

function withoutTexts(line: string): string {
  return line.replace(/"[^"]*"/g, '""').trim();
}

function count(line: string, brace: string): number {
  return line.split(brace).length - 1;
}

function shellText(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
