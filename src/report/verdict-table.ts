/** Turns verdicts into the result table: one row for each group of alike ones. */
import type { Analysis } from "../model/analysis.js";
import type { Presentation } from "../model/reporter.js";
import type { Verdict } from "../model/verdict.js";
import { decidingLines, groupVerdicts, pathKinds, servicesOf, unique, type VerdictGroup } from "./group-verdicts.js";
import type { Tone } from "./paint.js";
import { folderOf, shortList, withoutFolder } from "./short-names.js";
import { type Cell, renderTable } from "./table.js";

const HEAD = ["requirement", "from", "to", "service", "path", "verdict", "deciding line"];

export const VERDICT_TONES: Readonly<Record<Verdict["kind"], Tone>> = {
  proved: "good",
  refuted: "bad",
  undecided: "doubt",
};

/** The lines of the result table. */
export function verdictTable(analysis: Analysis, presentation: Presentation): string[] {
  const groups = groupVerdicts(analysis.verdicts, presentation.explain);
  const folder = folderOf(analysis.topology);
  return renderTable(
    HEAD,
    groups.map((group) => row(group, folder)),
    presentation,
  );
}

function row({ first, members }: VerdictGroup, folder: string): Cell[] {
  const lines = unique(members.flatMap(decidingLines)).map((line) => withoutFolder(line, folder));
  const count = members.length > 1 ? ` ×${members.length}` : "";
  const forbids = first.requirement.expect === "deny" ? "none of " : "";
  return [
    first.requirement.id,
    shortList(unique(members.map(({ from }) => from)), 2),
    shortList(unique(members.map(({ to }) => to)), 2),
    forbids + servicesOf(first),
    pathKinds(first),
    { text: first.kind + count, tone: VERDICT_TONES[first.kind] },
    shortList(lines, 1),
  ];
}
