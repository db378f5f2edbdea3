/** Turns a topology into everything a review board looks at: the proof, the audit of its exports, and changes to propose. */
import type { Analysis } from "../model/analysis.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { AuditReport } from "../model/finding.js";
import type { ProveInputs, ProveOptions } from "../model/inputs.js";
import type { Review } from "../model/review.js";
import { auditTopology } from "./audit-topology.js";
import { proveTopology } from "./prove-topology.js";
import { repairTopology } from "./repair-topology.js";

/** Which parts to make; absent: those that the size of the topology leaves time for. */
export interface ReviewOptions extends ProveOptions {
  readonly audit?: boolean;
  readonly repairs?: boolean;
}

/** The review, or (undefined) every mistake that keeps the inputs from being used. */
export interface ReviewRun {
  readonly review: Review | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Beyond either, the parts that are not asked for by name take longer than the proof. */
const LARGE = { lines: 20_000, flows: 1000 } as const;

/** Proves a topology, and looks further as far as asked. */
export function reviewTopology(inputs: ProveInputs, options: ReviewOptions): ReviewRun {
  const { onStep = () => undefined } = options;
  onStep(`proving ${inputs.topology.file}`);
  const { analysis, diagnostics } = proveTopology(inputs, options);
  if (analysis === undefined) return { review: undefined, diagnostics };
  const isSmall = !isLarge(analysis);
  const audit = (options.audit ?? isSmall) ? auditAll(inputs, analysis, onStep) : undefined;
  const isProved = analysis.verdicts.every(({ kind }) => kind === "proved");
  const repair = (options.repairs ?? isSmall) ? repairAll(inputs, isProved, onStep) : undefined;
  return { review: { analysis, ...(audit && { audit }), ...(repair && { repair }) }, diagnostics };
}

function isLarge({ coverage, verdicts }: Analysis): boolean {
  const lines = coverage.reduce((sum, file) => sum + file.lines.length, 0);
  return lines > LARGE.lines || verdicts.length > LARGE.flows;
}

// No exception is given that could expire, so that no day matters.
function auditAll(
  inputs: ProveInputs,
  { topology }: Analysis,
  onStep: (step: string) => void,
): AuditReport | undefined {
  if (topology.devices.every(({ exports }) => exports.length === 0)) return undefined;
  onStep("auditing the exports");
  return auditTopology(inputs, () => true, { checks: [], severity: "info", today: "" }).value;
}

function repairAll(inputs: ProveInputs, isProved: boolean, onStep: (step: string) => void): Review["repair"] {
  if (isProved) return { repairs: [], diagnostics: [] };
  onStep("looking for changes that prove what is not proved");
  return repairTopology(inputs).analysis;
}
