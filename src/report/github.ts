/** Writes remarks as workflow commands, which GitHub shows at the lines of a change. */
import type { FindingSeverity } from "../model/finding.js";
import type { Annotation } from "./annotations.js";
import { printable } from "./wrap-text.js";

const LEVELS: Readonly<Record<FindingSeverity, string>> = { error: "error", warning: "warning", info: "notice" };

/** A command a line; no text of an input ends one or begins another. */
export function githubCommands(annotations: readonly Annotation[]): string {
  return annotations
    .map(({ at, severity, subject, message }) => {
      const properties = [
        `file=${property(at.file)}`,
        `line=${at.line}`,
        ...(at.column === undefined ? [] : [`col=${at.column}`]),
        `title=${property(subject)}`,
      ];
      return `::${LEVELS[severity]} ${properties.join(",")}::${lines(message)}\n`;
    })
    .join("");
}

/** Line ends are kept, as the commands write them. */
function lines(text: string): string {
  return text
    .split("\n")
    .map((line) => printable(line).replaceAll("%", "%25"))
    .join("%0A");
}

function property(text: string): string {
  return lines(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
