/** Reads any YAML with the YAML library, and says its mistakes in our words. */

import { Composer, LineCounter, Parser } from "yaml";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { SourceRef } from "../model/source-ref.js";
import { problem, sortByPosition } from "./problem.js";
import { convertYaml } from "./yaml-convert.js";
import type { YamlValue } from "./yaml-value.js";
import { describeSyntaxError } from "./yaml-words.js";

/** Levels of nesting. */
const MAX_DEPTH = 64;

/**
 * The document's value; undefined iff it cannot be read as a whole (the diagnostics say why). In a mapping that repeats
 * a key or has one that is no text, the other entries stand.
 */
export function readWithLibrary(text: string, file: string): Parsed<YamlValue | undefined> {
  const start: SourceRef = { file, line: 1, column: 1 };
  const lines = new LineCounter();
  const at = (offset: number): SourceRef => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const tooDeep = findTooDeep(tokens);
  if (tooDeep !== undefined) {
    return refuse(problem("error", "yaml/too-deep", at(tooDeep), `more than ${MAX_DEPTH} levels inside each other`));
  }
  // Repeated keys are found in convertYaml: the library compares every two keys of a mapping.
  const [document, second] = new Composer({ uniqueKeys: false }).compose(tokens);
  // The syntax of a long file takes more memory than its values, which are still to be made.
  tokens.length = 0;
  if (document === undefined) return refuse(problem("error", "yaml/empty", start, "the file says nothing"));
  const mistakes = [...document.errors, ...document.warnings].map((error) => describeSyntaxError(error, at));
  if (second !== undefined) mistakes.push(describeSecondDocument(at(second.range[0])));
  if (mistakes.length > 0 || document.contents === null) return refuse(...mistakes);
  return convertYaml(document.contents, at);
}

function refuse(...diagnostics: Diagnostic[]): Parsed<undefined> {
  return { value: undefined, diagnostics: sortByPosition(diagnostics) };
}

function describeSecondDocument(at: SourceRef): Diagnostic {
  return problem("error", "yaml/several-documents", at, "a second document starts here", "keep one in each file");
}

/** What the syntax tokens of the YAML library have in common where they nest. */
interface SyntaxToken {
  readonly offset: number;
  readonly value?: SyntaxToken | null | undefined;
  readonly key?: SyntaxToken | null | undefined;
  readonly items?: readonly { readonly key?: SyntaxToken | null; readonly value?: SyntaxToken }[];
}

function addChildren(below: SyntaxToken[], { key, value }: Pick<SyntaxToken, "key" | "value">): void {
  if (key != null) below.push(key);
  if (value != null) below.push(value);
}

/** Offset of a token nested too deeply for the recursion of all later steps; walks without recursion itself. */
function findTooDeep(tokens: readonly object[]): number | undefined {
  let level = tokens as readonly SyntaxToken[];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return level[0]?.offset;
    const below: SyntaxToken[] = [];
    for (const token of level) {
      addChildren(below, token);
      for (const item of token.items ?? []) addChildren(below, item);
    }
    level = below;
  }
  return undefined;
}
