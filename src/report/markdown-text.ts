/** Writes text of any origin so that Markdown shows it as it is. */
import { printable } from "./wrap-text.js";

/** Code that no backtick or table bar of the input breaks out of. */
export function code(text: string): string {
  const clean = printable(text).replaceAll("|", "\\|");
  const longest = [...clean.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 0);
  const fence = "`".repeat(longest + 1);
  return longest > 0 ? `${fence} ${clean} ${fence}` : `${fence}${clean}${fence}`;
}

/** Our own words, in which backticks set the user's apart. */
export function prose(text: string): string {
  return printable(text).replace(/[<>[\]*_|\\]/g, (character) => `\\${character}`);
}

/** A table; cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/** Lines as a block of code that no line of the input ends. */
export function fenced(lines: readonly string[]): string[] {
  const clean = lines.flatMap((line) => line.split(/\r?\n/)).map(printable);
  const longest = clean.reduce((most, line) => Math.max(most, /^\s*(`*)/.exec(line)?.[1]?.length ?? 0), 2);
  const fence = "`".repeat(longest + 1);
  return [fence, ...clean, fence];
}
