/** Says a YAML library's syntax errors in plain words. */

import type { YAMLError } from "yaml";
import type { Diagnostic } from "../model/diagnostic.js";
import type { SourceRef } from "../model/source-ref.js";
import { problem } from "./problem.js";

const WORDS: Partial<Record<YAMLError["code"], readonly [message: string, help?: string]>> = {
  ALIAS_PROPS: ["an alias cannot have a tag or an anchor of its own"],
  BAD_ALIAS: ["an alias or anchor has no usable name", "put text that starts with `*` or `&` in quotes"],
  BAD_COLLECTION_TYPE: ["tags are not read here", "leave the `!` word out"],
  BAD_DIRECTIVE: ["lines that start with `%` are not read here"],
  BAD_DQ_ESCAPE: ["unknown escape after `\\` in a text in double quotes", "use single quotes, or write `\\\\`"],
  BAD_INDENT: ["the indentation does not fit the lines above", "items of one list start at the same column"],
  BAD_SCALAR_START: ["a text cannot start with this character", "put the text in quotes"],
  BLOCK_AS_IMPLICIT_KEY: ["a second `:` on one line", "put the text in quotes, or start a new line"],
  BLOCK_IN_FLOW: ["inside `[ ]` or `{ }` a comma is missing, or a list or mapping over several lines stands"],
  KEY_OVER_1024_CHARS: ["a key is longer than 1024 characters"],
  MISSING_CHAR: ["something is missing here: a comma, a colon, `- ` or a closing quote"],
  MULTILINE_IMPLICIT_KEY: ["a key without its `:`", "a key and its `:` stand on one line"],
  TAB_AS_INDENT: ["a tab is used to indent", "indent with spaces"],
  TAG_RESOLVE_FAILED: ["tags are not read here", "leave the `!` word out"],
};

/** The diagnostic for one error or warning of the YAML library; its own message may quote the input and is left out. */
export function describeSyntaxError(error: YAMLError, at: (offset: number) => SourceRef): Diagnostic {
  const isOpenQuote = error.code === "MISSING_CHAR" && error.message.includes("quote");
  const [message, help] = isOpenQuote
    ? ["a quote that opens above is not closed"]
    : (WORDS[error.code] ?? ["this does not belong here"]);
  return problem("error", "yaml/syntax", at(error.pos[0]), message as string, help);
}
