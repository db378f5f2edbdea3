/** Turns the text of a Squid configuration file into its directives. */
import type { Parsed } from "../../model/diagnostic.js";
import type { SquidFile, SquidLine } from "./types.js";

/** Every directive of the text; any text is one, so there is nothing to complain about before the words have a meaning. */
export function parseSquid(text: string, file: string): Parsed<SquidFile> {
  const directives: SquidLine[] = [];
  const comments: number[] = [];
  const values: { text: string; line: number }[] = [];
  let begun: { text: string; lines: number[]; isCut: boolean } = { text: "", lines: [], isCut: false };
  const finish = (): void => {
    const [directive, ...words] = splitWords(begun.text);
    if (directive === undefined) comments.push(...begun.lines);
    else directives.push({ directive, words, lines: begun.lines, isCut: begun.isCut });
    begun = { text: "", lines: [], isCut: false };
  };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === "") continue;
    if (trimmed.startsWith("#")) {
      comments.push(line); // also between continued lines, where Squid skips them
      if (isCut(raw)) directives.push({ directive: "#", words: [], lines: [line], isCut: true });
      continue;
    }
    values.push({ text: trimmed, line });
    // Squid joins continued lines without the white space the next one begins with, and without any of its own.
    const joined = begun.text + raw.trimStart();
    begun.lines.push(line);
    begun.isCut ||= isCut(raw);
    const isContinued = joined.endsWith("\\");
    begun.text = isContinued ? joined.slice(0, -1) : joined;
    if (!isContinued) finish();
  }
  finish();
  return { value: { file, directives, comments, values }, diagnostics: [] };
}

// Squid 5.7, asked: it reads 8,191 bytes at once, line end included.
const READ_AT_ONCE = 8190;

function isCut(line: string): boolean {
  return line.length > READ_AT_ONCE / 4 && new TextEncoder().encode(line).length > READ_AT_ONCE;
}

/** Words of a line up to a comment; a word that begins with a quote ends at the next one and keeps both. */
function splitWords(text: string): string[] {
  const words = text.match(/"[^"]*"?|\S+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith("#"));
  return comment < 0 ? words : words.slice(0, comment);
}
