/** Turns an analysis into its totals. */
import type { Analysis } from "../model/analysis.js";
import type { PrerequisiteResult, Verdict } from "../model/verdict.js";
import { unique } from "./group-verdicts.js";

/** How many verdicts and prerequisites came out each way. */
export interface Summary {
  readonly requirements: number;
  readonly verdicts: Readonly<Record<Verdict["kind"], number>>;
  readonly prerequisites: Readonly<Record<PrerequisiteResult["outcome"], number>>;
}

export function summarize({ verdicts, prerequisites }: Analysis): Summary {
  const counts = { proved: 0, refuted: 0, undecided: 0 };
  for (const { kind } of verdicts) counts[kind]++;
  const outcomes = { met: 0, "not-met": 0, unchecked: 0 };
  for (const { outcome } of prerequisites) outcomes[outcome]++;
  return {
    requirements: unique(verdicts.map(({ requirement }) => requirement.id)).length,
    verdicts: counts,
    prerequisites: outcomes,
  };
}

/** One sentence, e.g. "12 requirements, 30 flows: 29 proved, 1 refuted, 0 undecided". */
export function summaryText({ requirements, verdicts, prerequisites }: Summary): string {
  const flows = verdicts.proved + verdicts.refuted + verdicts.undecided;
  const asked = `${counted(requirements, "requirement")}, ${counted(flows, "flow")}`;
  const flowText = `${asked}: ${verdicts.proved} proved, ${verdicts.refuted} refuted, ${verdicts.undecided} undecided`;
  const { met, unchecked } = prerequisites;
  if (met + unchecked + prerequisites["not-met"] === 0) return flowText;
  return `${flowText}; prerequisites: ${met} met, ${prerequisites["not-met"]} not met, ${unchecked} unchecked`;
}

/** A number with its noun, e.g. "1 flow" or "3 flows". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
