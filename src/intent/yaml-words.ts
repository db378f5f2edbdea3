/** Says the YAML library's syntax errors in plain words: its own may quote the input. */
import type { YAMLException } from "js-yaml";
import type { Diagnostic } from "../model/diagnostic.js";
import { problem } from "./problem.js";

type Words = readonly [message: string, help?: string];

const WORDS: readonly (readonly [reason: RegExp, ...words: Words])[] = [
  [/^tab characters/, "a tab is used to indent", "indent with spaces"],
  [/within a (?:single|double) quoted scalar$/, "a quote that opens above is not closed"],
  [/within a flow collection$/, "a bracket that opens above is not closed"],
  [
    /^deficient/,
    "a quote or bracket that opens above is not closed",
    "their lines are indented by more than their key",
  ],
  [/^missed comma/, "inside `[ ]` or `{ }` a comma is missing", "or a bracket before this is not closed"],
  [/^expected the node content/, "something is missing here before the comma"],
  [/^unknown escape/, "unknown escape after `\\` in a text in double quotes", "use single quotes, or write `\\\\`"],
  [/^expected hexadecimal/, "an escape in a text in double quotes lacks digits", "use single quotes, or write `\\\\`"],
  [/^name of an a/, "an alias or anchor has no usable name", "put text that starts with `*` or `&` in quotes"],
  [/^alias node/, "an alias cannot have a tag or an anchor of its own"],
  [/\btag\b/i, "tags are not read here", "leave the `!` word out"],
  [/directive/, "lines that start with `%` are not read here"],
  [/multiline key|after a mapping key$/, "a key without its `:`", "a key and its `:` stand on one line"],
  [/non-printable|null byte|JSON character/, "this character cannot stand in a text"],
];

const INDENT: Words = ["the indentation does not fit the lines above", "items of one list start at the same column"];
const SECOND_COLON: Words = ["a second `:` on one line", "put the text in quotes, or start a new line"];
const BAD_START: Words = ["a text cannot start with this character", "put the text in quotes"];
const OTHER: Words = ["this does not belong here", "put texts with signs in quotes"];

/** The diagnostic for the first thing in a text that is no YAML. */
export function describeSyntaxError({ reason, mark }: YAMLException, text: string, file: string): Diagnostic {
  const at = { file, line: (mark?.line ?? 0) + 1, column: (mark?.column ?? 0) + 1 };
  const deep = /^nesting exceeded maxDepth \((\d+)\)/.exec(reason)?.[1];
  if (deep !== undefined) return problem("error", "yaml/too-deep", at, `more than ${deep} levels inside each other`);
  const known = WORDS.find(([pattern]) => pattern.test(reason));
  const [message, help] = known === undefined ? wordsForPlace(text, mark?.position ?? 0) : known.slice(1);
  return problem("error", "yaml/syntax", at, message as string, help as string | undefined);
}

/** Where the library only says that something else should stand here: what does tells more. */
function wordsForPlace(text: string, position: number): Words {
  const before = text.slice(text.lastIndexOf("\n", position - 1) + 1, position);
  if (before.trim() === "") return INDENT;
  if (text[position] === ":") return SECOND_COLON;
  return /[@`%[\]{},|>]/.test(text[position] ?? "") && /:\s+$/.test(before) ? BAD_START : OTHER;
}
