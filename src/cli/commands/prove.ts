/** `flowproof prove`: decides every requirement on a topology and reports the verdicts. */
import type { PathKind } from "../../model/topology.js";
import { UsageError } from "../../model/usage-error.js";
import { listNamedFiles } from "../../pipeline/list-named-files.js";
import { proveTopology } from "../../pipeline/prove-topology.js";
import { repairTopology } from "../../pipeline/repair-topology.js";
import { withScripts } from "../../pipeline/with-scripts.js";
import { readProveInputs } from "../../read/read-inputs.js";
import { reporters } from "../../report/registry.js";
import { type ExitCode, exitCodeOf } from "../exit-code.js";
import { refuseInputs } from "../refuse.js";
import type { Terminal } from "../terminal.js";
import { tellRepairs } from "./allow.js";

export interface ProveCommandOptions {
  readonly format: keyof typeof reporters;
  readonly path?: PathKind;
  readonly require: readonly string[];
  readonly only: readonly string[];
  readonly explain: boolean;
  /** Show what would repair the exports, too. */
  readonly fix: boolean;
  readonly progress: boolean;
}

/** Proves a topology; the exit code says how it came out. */
export async function prove(path: string, options: ProveCommandOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.fix && options.format !== "text") throw new UsageError("`--fix` prints text", "leave `--format` out");
  const inputs = await withScripts(await readProveInputs(path, options.require, listNamedFiles));
  const onStep = (step: string): void => terminal.progress(step, options.progress);
  const asked = { only: options.only, onStep, ...(options.path === undefined ? {} : { path: options.path }) };
  const { analysis, diagnostics } = proveTopology(inputs, asked);
  if (analysis === undefined) return refuseInputs(diagnostics, terminal);
  if (analysis.verdicts.length === 0)
    throw new UsageError("nothing to prove: no requirement is asked of this topology");
  await terminal.write(reporters[options.format](analysis, terminal.presentation(options.explain)));
  if (options.fix) await tellRepairs(repairTopology(inputs), terminal);
  return exitCodeOf(analysis);
}
