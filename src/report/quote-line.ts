/** Turns a position in an input into the line found there, as a compiler would show it. */
import type { SourceRef } from "../model/source-ref.js";
import { maskSecrets } from "./mask-secrets.js";
import { wrapText } from "./wrap-text.js";

/** Lines of every input by file name. */
export type Sources = ReadonlyMap<string, readonly string[]>;

const LONGEST_QUOTE = 240;

/** The line at a position without its indentation and with secrets masked; undefined iff no line says the thing. */
export function lineAt(at: SourceRef, sources: Sources): string | undefined {
  const line = at.isUnwritten ? undefined : sources.get(at.file)?.[at.line - 1];
  return line === undefined ? undefined : excerpt(maskSecrets(line), at.column ?? 1).trim();
}

/** The line at a position, numbered and wrapped into `width` columns; empty iff no line says the thing. */
export function quoteLine(at: SourceRef, sources: Sources, width: number): string[] {
  const line = lineAt(at, sources);
  if (line === undefined) return [];
  const gutter = `${at.line} | `;
  const rest = `${" ".repeat(gutter.length - 2)}| `;
  return wrapText(line, width - gutter.length).map((text, index) => (index === 0 ? gutter : rest) + text);
}

// A whole document may stand on one line; then only what follows the position tells anything.
function excerpt(line: string, column: number): string {
  if (line.length <= LONGEST_QUOTE) return line;
  const start = column > LONGEST_QUOTE / 2 ? column - 1 : 0;
  const text = line.slice(start, start + LONGEST_QUOTE);
  return `${start > 0 ? "…" : ""}${text}${start + LONGEST_QUOTE < line.length ? "…" : ""}`;
}
