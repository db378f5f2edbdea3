/** Compiles the pattern of a condition once, however often the condition is asked. */
import type { Pattern } from "../model/proxy.js";
import { compilePattern, type TextPattern } from "../sets/text-pattern.js";

const compiled = new WeakMap<Pattern, { readonly pattern: TextPattern | undefined }>();

/** The condition's pattern; undefined iff it is not understood. */
export function patternOf(condition: Pattern): TextPattern | undefined {
  const known = compiled.get(condition) ?? { pattern: compilePattern(condition.pattern, condition.ignoreCase) };
  compiled.set(condition, known);
  return known.pattern;
}
