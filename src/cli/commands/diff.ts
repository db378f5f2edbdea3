/** `flowproof diff`: shows exactly which packets fare differently after a change, or proves that none does. */
import type { Family } from "../../model/address.js";
import type { Direction } from "../../model/device.js";
import type { Parsed } from "../../model/diagnostic.js";
import type { ChangeStep, Difference } from "../../model/difference.js";
import { UsageError } from "../../model/usage-error.js";
import { type DiffRequest, type DiffSide, diffExports } from "../../pipeline/diff-exports.js";
import { diffTopology } from "../../pipeline/diff-topology.js";
import { listNamedFiles } from "../../pipeline/list-named-files.js";
import { withScripts } from "../../pipeline/with-scripts.js";
import { readAllInputs, readInput, readProveInputs } from "../../read/read-inputs.js";
import { diffJson } from "../../report/diff-json.js";
import { diffText } from "../../report/diff-text.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { refuseInputs } from "../refuse.js";
import type { Terminal } from "../terminal.js";

export interface DiffOptions {
  readonly beforeAs?: string;
  readonly afterAs?: string;
  /** More exports of the same device. */
  readonly beforeWith: readonly string[];
  readonly afterWith: readonly string[];
  readonly topology?: string;
  readonly device?: string;
  readonly expect?: string;
  readonly direction: readonly (readonly [Direction, Direction])[];
  readonly family?: Family;
  readonly in?: string;
  readonly out?: string;
  readonly format: "text" | "json";
}

const CODES: Readonly<Record<Difference["result"] | ChangeStep["result"], ExitCode>> = {
  ...{ equal: EXIT.proved, different: EXIT.refuted, undecided: EXIT.undecided },
  ...{ proved: EXIT.proved, refuted: EXIT.refuted },
};

/** Compares exports; 0 iff every packet surely fares the same (with `--expect`: but for those meant), 1 iff some fares otherwise, else 3. */
export async function diff(before: string, after: string, options: DiffOptions, terminal: Terminal): Promise<ExitCode> {
  const first = await readSide([before, ...options.beforeWith], options.beforeAs);
  const second = await readSide([after, ...options.afterWith], options.afterAs);
  const request = await requestOf(options);
  const { value, diagnostics } = await compare(first.value, second.value, request, options);
  const all = [...first.diagnostics, ...second.diagnostics, ...diagnostics];
  if (value === undefined) return refuseInputs(all, terminal);
  const difference = { ...value, diagnostics: all };
  const presentation = terminal.presentation(false);
  await terminal.write(options.format === "json" ? diffJson(difference) : diffText(difference, presentation));
  return codeOf(difference);
}

async function readSide(paths: readonly string[], as: string | undefined): Promise<Parsed<DiffSide>> {
  const { value, diagnostics } = await readAllInputs(paths);
  return { value: { inputs: value, ...(as === undefined ? {} : { as }) }, diagnostics };
}

async function requestOf({ direction, family, in: ingress, out: egress, expect }: DiffOptions): Promise<DiffRequest> {
  return {
    scope: {
      directions: direction,
      ...(family === undefined ? {} : { family }),
      ...(ingress === undefined ? {} : { ingress }),
      ...(egress === undefined ? {} : { egress }),
    },
    ...(expect === undefined ? {} : { expect: (await readInput(expect)).value }),
  };
}

async function compare(
  before: DiffSide,
  after: DiffSide,
  request: DiffRequest,
  { topology, device }: DiffOptions,
): Promise<Parsed<Difference | undefined>> {
  if (topology === undefined) {
    if (device !== undefined) throw new UsageError("`--device` names a device of a topology", "give a `--topology`");
    return diffExports(before, after, request);
  }
  const inputs = await withScripts(await readProveInputs(topology, [], listNamedFiles));
  return diffTopology(inputs, [before, after], request, device);
}

function codeOf({ result, expected }: Difference): ExitCode {
  const codes = expected === undefined ? [CODES[result]] : expected.steps.map((step) => CODES[step.result]);
  return [EXIT.refuted, EXIT.undecided].find((code) => codes.includes(code)) ?? EXIT.proved;
}
