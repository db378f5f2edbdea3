/** Turns an analysis into a table of roles against services: what is asked of whom, and how it came out. */
import type { Analysis } from "../model/analysis.js";
import type { Verdict } from "../model/verdict.js";
import type { Matrix, MatrixCell } from "./diagram.js";
import { serviceLabels } from "./service-label.js";
import { countVerdicts, undrawnNotes, worstTone } from "./verdict-words.js";

/** A row for each pair of roles that something is required between, a column for each service, both as first required. */
export function flowMatrix({ topology, verdicts }: Analysis): Matrix {
  const columns = [...new Set(verdicts.map(serviceOf))];
  const rows = new Map<string, { from: string; to: string; verdicts: Verdict[] }>();
  for (const verdict of verdicts) {
    const from = verdict.requirement.from.join(", ");
    const to = verdict.requirement.to.join(", ");
    const key = JSON.stringify([from, to]);
    const row = rows.get(key) ?? { from, to, verdicts: [] };
    rows.set(key, row);
    row.verdicts.push(verdict);
  }
  return {
    title: `${topology.title}: roles and services`,
    description: `Which services are required between which roles of ${topology.title}. ${countVerdicts(verdicts)}`,
    columns,
    rows: [...rows.values()].map(({ from, to, verdicts: asked }) => ({
      from,
      to,
      cells: columns.map((column) => cellOf(asked.filter((verdict) => serviceOf(verdict) === column))),
    })),
    notes: undrawnNotes(verdicts),
  };
}

function serviceOf({ requirement }: Verdict): string {
  const services = serviceLabels(requirement.services.flatMap((named) => named.services)).join(" · ");
  return requirement.expect === "deny" ? `none of ${services}` : services;
}

function cellOf(verdicts: readonly Verdict[]): MatrixCell | undefined {
  if (verdicts.length === 0) return undefined;
  const tone = worstTone(verdicts.map(({ kind }) => kind));
  const worst = verdicts.filter(({ kind }) => kind === tone).length;
  return { tone, text: worst === verdicts.length ? `${worst} ${tone}` : `${worst} of ${verdicts.length} ${tone}` };
}
