/** Turns the text of a YAML file into one value that knows where each part stands, within fixed bounds of work. */

import { LineCounter } from "yaml";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { SourceRef } from "../model/source-ref.js";
import { problem, sortByPosition } from "./problem.js";
import { convertYaml } from "./yaml-convert.js";
import { MAX_DEPTH, readSyntax } from "./yaml-syntax.js";
import type { YamlValue } from "./yaml-value.js";
import { describeSyntaxError } from "./yaml-words.js";

/** In characters; holds some forty thousand components. */
const MAX_LENGTH = 8 * 1024 * 1024;

/**
 * The document's value; undefined iff it cannot be read as a whole (the diagnostics say why). In a mapping that repeats
 * a key or has one that is no text, the other entries stand.
 */
export function parseYaml(text: string, file: string): Parsed<YamlValue | undefined> {
  const start: SourceRef = { file, line: 1, column: 1 };
  if (text.length > MAX_LENGTH) {
    return refuse([problem("error", "yaml/too-large", start, `the file is longer than ${MAX_LENGTH} characters`)]);
  }
  const lines = new LineCounter();
  const at = (offset: number): SourceRef => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const syntax = readSyntax(text, lines.addNewLine);
  if ("tooDeep" in syntax) {
    const message = `more than ${MAX_DEPTH} levels inside each other`;
    return refuse([problem("error", "yaml/too-deep", at(syntax.tooDeep), message)]);
  }
  const [document, second] = syntax.documents;
  if (document === undefined) return refuse([problem("error", "yaml/empty", start, "the file says nothing")]);
  const mistakes = [...document.errors, ...document.warnings].map((error) => describeSyntaxError(error, at));
  if (second !== undefined) mistakes.push(describeSecondDocument(at(second.range[0])));
  if (mistakes.length > 0 || document.contents === null) return refuse(mistakes);
  return convertYaml(document.contents, at, syntax.earlier);
}

function refuse(diagnostics: readonly Diagnostic[]): Parsed<undefined> {
  return { value: undefined, diagnostics: sortByPosition(diagnostics) };
}

function describeSecondDocument(at: SourceRef): Diagnostic {
  return problem("error", "yaml/several-documents", at, "a second document starts here", "keep one in each file");
}
