import type { Diagnostic } from "../model/diagnostic.js";
import { formatSourceRef, type SourceRef } from "../model/source-ref.js";

/** One mistake in an input file of ours; such a file is used only without errors, so nothing in the model can differ. */
export function problem(
  severity: Diagnostic["severity"],
  code: string,
  at: SourceRef,
  message: string,
  help?: string,
): Diagnostic {
  return { code, severity, message, at, effect: "none", ...(help === undefined ? {} : { help }) };
}

/** The diagnostics in the order of the text, without repetitions of one message at one place. */
export function sortByPosition(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return [...diagnostics]
    .sort((a, b) => a.at.line - b.at.line || (a.at.column ?? 0) - (b.at.column ?? 0))
    .filter((diagnostic) => {
      const key = `${formatSourceRef(diagnostic.at)} ${diagnostic.message}`;
      return !seen.has(key) && seen.add(key);
    });
}

/** Words as a list for people: "`a`, `b` or `c`". */
export function orList(words: readonly string[]): string {
  const quoted = words.map((word) => `\`${word}\``);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

/** "1 disk", "2 disks". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
