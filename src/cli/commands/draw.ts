/** `flowproof draw`: the proof results of a topology as a picture. */
import { listNamedFiles } from "../../pipeline/list-named-files.js";
import { proveTopology } from "../../pipeline/prove-topology.js";
import { withScripts } from "../../pipeline/with-scripts.js";
import { readProveInputs } from "../../read/read-inputs.js";
import { drawings } from "../../report/drawings.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { refuseInputs } from "../refuse.js";
import type { Terminal } from "../terminal.js";

export interface DrawOptions {
  readonly format: keyof typeof drawings;
  readonly only: readonly string[];
}

/** Draws a topology; a picture of a refuted flow is a success like any other. */
export async function draw(path: string, options: DrawOptions, terminal: Terminal): Promise<ExitCode> {
  const inputs = await withScripts(await readProveInputs(path, [], listNamedFiles));
  const { analysis, diagnostics } = proveTopology(inputs, { only: options.only });
  if (analysis === undefined) return refuseInputs(diagnostics, terminal);
  await terminal.write(drawings[options.format](analysis));
  return EXIT.proved;
}
