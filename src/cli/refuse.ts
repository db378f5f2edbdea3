/** Turns the diagnostics of inputs that cannot be used into the message a user sees. */
import { type Diagnostic, formatDiagnostic } from "../model/diagnostic.js";
import { EXIT, type ExitCode } from "./exit-code.js";
import type { Terminal } from "./terminal.js";

const SHOWN = 50;

/** Tells the errors, as compilers print them, and gives the exit code that goes with it; warnings can wait until then. */
export function refuseInputs(diagnostics: readonly Diagnostic[], terminal: Terminal): ExitCode {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  for (const error of errors.slice(0, SHOWN)) terminal.tell(`${formatDiagnostic(error)}\n`);
  if (errors.length > SHOWN) terminal.tell(`and ${errors.length - SHOWN} more errors\n`);
  return EXIT.unusable;
}
