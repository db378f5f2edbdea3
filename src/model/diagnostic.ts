import { formatSourceRef, type SourceRef } from "./source-ref.js";

/** How the model may now differ from the device because of what the diagnostic reports. */
export type Effect = "none" | "may-allow-more" | "may-allow-less" | "unknown";

/** One thing a reader of an input has to tell its user. */
export interface Diagnostic {
  /** `<vendor>/<slug>` or `<stage>/<slug>`, stable across releases. */
  readonly code: string;
  readonly severity: "error" | "warning" | "info";
  /** Lower case, no final period, backticks around the user's text. */
  readonly message: string;
  readonly help?: string;
  readonly at: SourceRef;
  readonly effect: Effect;
}

/** What became of one line of an input; every non-blank line has exactly one fate. */
export type LineFate = "modelled" | "harmless" | "approximated" | "rejected";

/** The fate of one physical line and why. */
export interface LineAccount {
  readonly line: number;
  readonly fate: LineFate;
  /** What it became or why it was not understood, e.g. "ace 3 of filter FORWARD". */
  readonly note: string;
}

/** A value together with everything that has to be said about how it was obtained; parsing never throws. */
export interface Parsed<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** Text form `file:line: severity: message [code]` with the help on a line of its own. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const head = `${formatSourceRef(diagnostic.at)}: ${diagnostic.severity}: ${diagnostic.message} [${diagnostic.code}]`;
  return diagnostic.help === undefined ? head : `${head}\n  help: ${diagnostic.help}`;
}
