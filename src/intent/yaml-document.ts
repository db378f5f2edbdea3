/** Turns the text of a YAML file into one value that knows where each part stands, within fixed bounds of work. */
import { type Event, parseEvents, YAMLException } from "js-yaml";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import { problem } from "./problem.js";
import { composeYaml } from "./yaml-compose.js";
import type { YamlValue } from "./yaml-value.js";
import { describeSyntaxError } from "./yaml-words.js";

/** In characters; holds some forty thousand components. */
const MAX_LENGTH = 8 * 1024 * 1024;
/** Levels of nesting. */
const MAX_DEPTH = 64;

/**
 * The document's value; undefined iff it cannot be read as a whole (the diagnostics say why). In a mapping that repeats
 * a key or has one that is no text, the other entries stand.
 */
export function parseYaml(text: string, file: string): Parsed<YamlValue | undefined> {
  if (text.length > MAX_LENGTH) {
    const message = `the file is longer than ${MAX_LENGTH} characters`;
    return refuse(problem("error", "yaml/too-large", { file, line: 1, column: 1 }, message));
  }
  let events: readonly Event[];
  try {
    events = parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return refuse(describeSyntaxError(error, text, file));
  }
  return composeYaml(events, text, file);
}

function refuse(diagnostic: Diagnostic): Parsed<undefined> {
  return { value: undefined, diagnostics: [diagnostic] };
}
