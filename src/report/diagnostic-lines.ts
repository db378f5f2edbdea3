/** Turns diagnostics into lines, the grave ones first and not more than a person reads. */
import type { Diagnostic } from "../model/diagnostic.js";
import type { Presentation } from "../model/reporter.js";
import { formatSourceRef } from "../model/source-ref.js";
import { paint, type Tone } from "./paint.js";
import { wrapAfter } from "./wrap-text.js";

const TONES: Readonly<Record<Diagnostic["severity"], Tone>> = { error: "bad", warning: "doubt", info: "quiet" };
const ORDER: readonly Diagnostic["severity"][] = ["error", "warning", "info"];
const SHOWN = 25;

/** Errors and warnings (with `explain` also information), at most 25 unless `explain`. */
export function diagnosticLines(diagnostics: readonly Diagnostic[], presentation: Presentation): string[] {
  const told = diagnostics.filter(({ severity }) => presentation.explain || severity !== "info");
  const ordered = ORDER.flatMap((severity) => told.filter((diagnostic) => diagnostic.severity === severity));
  const shown = presentation.explain ? ordered : ordered.slice(0, SHOWN);
  const hidden = ordered.length - shown.length;
  return [
    ...shown.flatMap((diagnostic) => oneDiagnostic(diagnostic, presentation)),
    ...(hidden > 0 ? [`  and ${hidden} more (--explain)`] : []),
  ];
}

function oneDiagnostic(diagnostic: Diagnostic, { width, color }: Presentation): string[] {
  const { at, severity, message, code, help } = diagnostic;
  const lines = wrapAfter("  ", `${formatSourceRef(at)}: ${severity}: ${message} [${code}]`, width);
  const painted = lines.map((line, index) =>
    index === 0 ? line.replace(`${severity}:`, paint(`${severity}:`, TONES[severity], color)) : line,
  );
  return help === undefined ? painted : [...painted, ...wrapAfter("    help: ", help, width)];
}
