import type { Analysis } from "../model/analysis.js";
import { formatSourceRef, type SourceRef } from "../model/source-ref.js";
import { code } from "./markdown-text.js";
import { lineAt } from "./quote-line.js";
import { folderOf, withoutFolder } from "./short-names.js";

/** A place in an input with the line that stands there, as Markdown. */
export function placeText(at: SourceRef, { sources, topology }: Analysis): string {
  const where = code(withoutFolder(formatSourceRef(at), folderOf(topology)));
  const line = lineAt(at, sources);
  return line === undefined ? where : `${where} ${code(line)}`;
}
