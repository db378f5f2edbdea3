/** Turns inputs into their lines, to quote those a SourceRef points at. */
import type { TextInput } from "../model/inputs.js";

/** The lines of every input by its name. */
export function sourceLines(inputs: readonly TextInput[]): ReadonlyMap<string, readonly string[]> {
  return new Map(inputs.map(({ file, text }) => [file, text.split(/\r?\n/)]));
}
