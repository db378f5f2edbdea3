/** Finds the lines that stop flows or leave them in doubt: where a reader begins to mend. */
import type { Analysis } from "../../model/analysis.js";
import type { SourceRef } from "../../model/source-ref.js";
import type { Verdict } from "../../model/verdict.js";

/** Flows with the same answer by the same line; `at` is absent where no line decides. Never empty. */
export interface Stopper {
  readonly verdict: Exclude<Verdict["kind"], "proved">;
  readonly at?: SourceRef;
  /** Positions of the flows among the analysis' verdicts. */
  readonly flows: readonly number[];
}

/** Refuted ones first, among equals those that stop more flows. */
export function findStoppers({ verdicts }: Analysis): Stopper[] {
  const groups = new Map<string, { verdict: Stopper["verdict"]; at?: SourceRef; flows: number[] }>();
  verdicts.forEach((verdict, position) => {
    if (verdict.kind === "proved") return;
    const at = verdict.kind === "refuted" ? verdict.decidedBy?.at : verdict.because[0]?.at;
    const reason = verdict.kind === "refuted" && at === undefined ? verdict.reason : "";
    const key = JSON.stringify([verdict.kind, at?.file, at?.line, reason]);
    const group = groups.get(key) ?? { verdict: verdict.kind, ...(at && { at }), flows: [] };
    group.flows.push(position);
    groups.set(key, group);
  });
  const weight = ({ verdict, flows }: Stopper): number => (verdict === "refuted" ? 1_000_000 : 0) + flows.length;
  return [...groups.values()].sort((a, b) => weight(b) - weight(a));
}
