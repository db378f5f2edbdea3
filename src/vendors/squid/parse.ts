/** Turns the text of a Squid configuration file into its directives. */
import type { Parsed } from "../../model/diagnostic.js";
import type { SquidFile, SquidLine } from "./types.js";

/** Every directive of the text; any text is one, so there is nothing to complain about before the words have a meaning. */
export function parseSquid(text: string, file: string): Parsed<SquidFile> {
  const directives: SquidLine[] = [];
  const comments: number[] = [];
  const values: { text: string; line: number }[] = [];
  let begun: { text: string; lines: number[] } = { text: "", lines: [] };
  const finish = (): void => {
    const [directive, ...words] = splitWords(begun.text);
    if (directive === undefined) comments.push(...begun.lines);
    else directives.push({ directive, words, lines: begun.lines });
    begun = { text: "", lines: [] };
  };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === "") continue;
    if (trimmed.startsWith("#")) {
      comments.push(line); // also between continued lines, where Squid skips them
      continue;
    }
    values.push({ text: trimmed, line });
    // Squid joins continued lines without the white space the next one begins with, and without any of its own.
    const joined = begun.text + raw.trimStart();
    begun.lines.push(line);
    const isContinued = joined.endsWith("\\");
    begun.text = isContinued ? joined.slice(0, -1) : joined;
    if (!isContinued) finish();
  }
  finish();
  return { value: { file, directives, comments, values }, diagnostics: [] };
}

/** Words of a line up to a comment; a word that begins with a quote ends at the next one and keeps both. */
function splitWords(text: string): string[] {
  const words = text.match(/"[^"]*"?|\S+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith("#"));
  return comment < 0 ? words : words.slice(0, comment);
}
