/** Turns the text of a YAML file into one value that knows where each part stands, within fixed bounds of work. */

import type { Parsed } from "../model/diagnostic.js";
import { problem } from "./problem.js";
import { readWithLibrary } from "./yaml-library.js";
import { readSubset } from "./yaml-subset.js";
import type { YamlValue } from "./yaml-value.js";

/** In characters; holds some forty thousand components. */
const MAX_LENGTH = 8 * 1024 * 1024;

/**
 * The document's value; undefined iff it cannot be read as a whole (the diagnostics say why). In a mapping that repeats
 * a key or has one that is no text, the other entries stand.
 */
export function parseYaml(text: string, file: string): Parsed<YamlValue | undefined> {
  if (text.length > MAX_LENGTH) {
    const message = `the file is longer than ${MAX_LENGTH} characters`;
    return {
      value: undefined,
      diagnostics: [problem("error", "yaml/too-large", { file, line: 1, column: 1 }, message)],
    };
  }
  const value = readSubset(text, file);
  return value === undefined ? readWithLibrary(text, file) : { value, diagnostics: [] };
}
