import type { Diagnostic } from "../../src/model/diagnostic.js";

/** Diagnostics as one line each: place, code and message. */
export function lines(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ at, code, message }) => `${at.line}:${at.column} ${code} ${message}`);
}
