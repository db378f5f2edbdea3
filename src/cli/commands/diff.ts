/** `flowproof diff`: shows exactly which packets fare differently after a change, or proves that none does. */
import type { Difference } from "../../model/difference.js";
import { diffExports } from "../../pipeline/diff-exports.js";
import { readInput } from "../../read/read-inputs.js";
import { diffJson } from "../../report/diff-json.js";
import { diffText } from "../../report/diff-text.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { refuseInputs } from "../refuse.js";
import type { Terminal } from "../terminal.js";

export interface DiffOptions {
  readonly beforeAs?: string;
  readonly afterAs?: string;
  readonly format: "text" | "json";
}

const CODES: Readonly<Record<Difference["result"], ExitCode>> = {
  equal: EXIT.proved,
  different: EXIT.refuted,
  undecided: EXIT.undecided,
};

/** Compares two exports; 0 iff it is proved that every packet fares the same, 1 iff some fares otherwise, else 3. */
export async function diff(before: string, after: string, options: DiffOptions, terminal: Terminal): Promise<ExitCode> {
  const [first, second] = await Promise.all([readInput(before), readInput(after)]);
  const side = (read: typeof first, as: string | undefined) => ({
    inputs: [read.value],
    ...(as === undefined ? {} : { as }),
  });
  const { value, diagnostics } = diffExports(side(first, options.beforeAs), side(second, options.afterAs));
  const all = [...first.diagnostics, ...second.diagnostics, ...diagnostics];
  if (value === undefined) return refuseInputs(all, terminal);
  const difference = { ...value, diagnostics: all };
  const presentation = terminal.presentation(false);
  await terminal.write(options.format === "json" ? diffJson(difference) : diffText(difference, presentation));
  return CODES[difference.result];
}
