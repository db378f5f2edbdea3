/** Puts rules into a listing of nft, before the rule that stops their packets or at the end of its chain. */
import type { Insertion, PatchedText } from "../../model/allow-list.js";
import { writeRules } from "./render.js";

/** The listing with the rules put in; undefined where it is no listing, or where a rule cannot be written. */
export function insertAces(text: string, { acl, stoppedBy, at }: Insertion): PatchedText | undefined {
  const lines = text.split("\n");
  const [family, table, chain] = acl.name.split(" ");
  const body = bodyOf(lines, `table ${family} ${table} {`, `chain ${chain} {`);
  const { value: rules } = writeRules({ ...acl, defaultAction: { kind: "return" } }, []);
  if (body === undefined || rules === undefined) return undefined;
  const target = stoppedBy === undefined ? body.end : at.line - 1;
  const position = body.rules.indexOf(target);
  if (target !== body.end && position < 0) return undefined;
  const own = rules.filter((rule) => rule !== "return");
  const commands = own.map((rule, index) => {
    const place = position < 0 ? "add rule" : "insert rule";
    const at = position < 0 ? "" : ` index ${position + index}`;
    return `nft ${shellText(`${place} ${family} ${table} ${chain}${at} ${rule}`)}`;
  });
  const ending = text.includes("\r\n") ? "\r" : "";
  return { text: lines.toSpliced(target, 0, ...own.map((rule) => `\t\t${rule}${ending}`)).join("\n"), commands };
}

interface Body {
  /** Indexes of the lines at which rules begin. */
  readonly rules: readonly number[];
  /** Index of the line that closes the chain. */
  readonly end: number;
}

/** The chain in the form `nft list ruleset` prints, in which each brace that stays open stands at the end of its line. */
function bodyOf(lines: readonly string[], table: string, chain: string): Body | undefined {
  const at = lines.findIndex((line) => line.trim() === table);
  const closing = lines.findIndex((line, index) => index > at && line.trimEnd() === "}");
  const start = lines.findIndex((line, index) => index > at && index < closing && line.trim() === chain);
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
