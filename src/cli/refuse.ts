/** Turns the diagnostics of inputs that cannot be used into the message a user sees. */
import { type Diagnostic, formatDiagnostic } from "../model/diagnostic.js";
import { EXIT, type ExitCode } from "./exit-code.js";
import type { Terminal } from "./terminal.js";

const SHOWN = 50;

/** Tells the errors, then the warnings, as compilers print them, and gives the exit code that goes with it. */
export function refuseInputs(diagnostics: readonly Diagnostic[], terminal: Terminal): ExitCode {
  const told = (["error", "warning"] as const).flatMap((severity) =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity),
  );
  for (const diagnostic of told.slice(0, SHOWN)) terminal.tell(`${formatDiagnostic(diagnostic)}\n`);
  if (told.length > SHOWN) terminal.tell(`and ${told.length - SHOWN} more\n`);
  return EXIT.unusable;
}
