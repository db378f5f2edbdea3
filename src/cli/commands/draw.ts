/** `flowproof draw`: the proof results of a topology as a picture. */
import { UsageError } from "../../model/usage-error.js";
import { listNamedFiles } from "../../pipeline/list-named-files.js";
import { proveTopology } from "../../pipeline/prove-topology.js";
import { withScripts } from "../../pipeline/with-scripts.js";
import { readProveInputs } from "../../read/read-inputs.js";
import { type drawings, drawView, type View } from "../../report/drawings.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { refuseInputs } from "../refuse.js";
import type { Terminal } from "../terminal.js";

export interface DrawOptions {
  readonly format: keyof typeof drawings;
  readonly view: "overview" | "matrix";
  readonly requirement?: string;
  readonly device?: string;
  readonly only: readonly string[];
  readonly progress: boolean;
}

/** Draws a topology; a picture of a refuted flow is a success like any other. */
export async function draw(path: string, options: DrawOptions, terminal: Terminal): Promise<ExitCode> {
  const view = viewOf(options);
  const inputs = await withScripts(await readProveInputs(path, [], listNamedFiles));
  const { analysis, diagnostics } = proveTopology(inputs, {
    only: options.only,
    onStep: (step) => terminal.progress(step, options.progress),
  });
  if (analysis === undefined) return refuseInputs(diagnostics, terminal);
  await terminal.write(await drawView(analysis, view, options.format));
  return EXIT.proved;
}

function viewOf({ view, requirement, device }: DrawOptions): View {
  const asked = [requirement !== undefined, device !== undefined, view === "matrix"].filter(Boolean);
  if (asked.length > 1)
    throw new UsageError("one picture shows one of `--requirement`, `--device` and `--view matrix`");
  if (requirement !== undefined) return { kind: "requirement", id: requirement };
  return device === undefined ? { kind: view } : { kind: "device", name: device };
}
