import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Analysis } from "../../src/model/analysis.js";
import { formatDiagnostic } from "../../src/model/diagnostic.js";
import type { ProveInputs, TextInput } from "../../src/model/inputs.js";
import type { Review } from "../../src/model/review.js";
import { listNamedFiles } from "../../src/pipeline/list-named-files.js";
import { proveTopology } from "../../src/pipeline/prove-topology.js";
import { reviewTopology } from "../../src/pipeline/review-topology.js";
import { readProveInputs } from "../../src/read/read-inputs.js";

const FOLDER = fileURLToPath(new URL("../../../topologies/", import.meta.url));

/** Names of the shipped scenarios. */
export const SCENARIOS: readonly string[] = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** The scenarios that have a state before the repair. */
export const REPAIRED: readonly string[] = SCENARIOS.filter((name) => existsSync(pathOf(name, "before/topology.yaml")));

export function pathOf(scenario: string, file: string): string {
  return join(FOLDER, scenario, file);
}

/** The texts of a shipped topology and of everything it names. */
export function readShipped(scenario: string, file = "topology.yaml"): Promise<ProveInputs> {
  return readProveInputs(pathOf(scenario, file), [], listNamedFiles);
}

/** The analysis of inputs; throws where one of them has an error. */
export function prove(inputs: ProveInputs): Analysis {
  const { analysis, diagnostics } = proveTopology(inputs, { only: [] });
  if (analysis === undefined) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return analysis;
}

/** Everything a review board looks at, made of inputs; throws where one of them has an error. */
export function review(inputs: ProveInputs): Review {
  const { review: made, diagnostics } = reviewTopology(inputs, { only: [], onStep: () => undefined });
  if (made === undefined) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return made;
}

/** The inputs with another text of one export. */
export function withExport(inputs: ProveInputs, name: string, change: (text: string) => string): ProveInputs {
  const input = inputs.exports.get(name) as TextInput;
  return { ...inputs, exports: new Map([...inputs.exports, [name, { ...input, text: change(input.text) }]]) };
}

/** A requirement between two components that is not proved, and the place that decides. */
export interface Break {
  readonly requirement: string;
  readonly from: string;
  readonly to: string;
  /** `file:line` relative to the topology; the kind of verdict where no line decides. */
  readonly place: string;
}

/** What is not proved, as `formatBreak` writes it, sorted. */
export function listBreaks({ topology, verdicts }: Analysis): string[] {
  return verdicts
    .filter(({ kind }) => kind !== "proved")
    .map((verdict) => {
      const at = verdict.kind === "refuted" ? verdict.decidedBy?.at : undefined;
      const place = at ? `${relative(dirname(topology.file), at.file)}:${at.line}` : verdict.kind;
      return formatBreak({ requirement: verdict.requirement.id, from: verdict.from, to: verdict.to, place });
    })
    .sort();
}

export function formatBreak({ requirement, from, to, place }: Break): string {
  return `${requirement} ${from} -> ${to} at ${place}`;
}
