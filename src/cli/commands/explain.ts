/** `flowproof explain`: shows what became of every line of an export. */
import { explainExports } from "../../pipeline/explain-exports.js";
import { readAllInputs } from "../../read/read-inputs.js";
import { explainJson } from "../../report/explain-json.js";
import { explainText } from "../../report/explain-text.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { refuseInputs } from "../refuse.js";
import type { Terminal } from "../terminal.js";

export interface ExplainOptions {
  readonly as?: string;
  readonly format: "text" | "json";
}

/** Explains the exports of one device; 0 iff a format reads them. */
export async function explain(
  paths: readonly string[],
  options: ExplainOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const read = await readAllInputs(paths);
  const { value, diagnostics } = explainExports(read.value, options.as);
  if (value === undefined) return refuseInputs([...read.diagnostics, ...diagnostics], terminal);
  const explanation = { ...value, diagnostics: [...read.diagnostics, ...diagnostics] };
  const presentation = terminal.presentation(false);
  await terminal.write(options.format === "json" ? explainJson(explanation) : explainText(explanation, presentation));
  return EXIT.proved;
}
