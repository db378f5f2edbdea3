/** Turns the contradictions of the catalogues into lines that say which reading came out how. */
import type { Analysis } from "../model/analysis.js";
import type { Presentation } from "../model/reporter.js";
import type { Contradiction } from "../model/requirement.js";
import type { Verdict } from "../model/verdict.js";
import { pathKinds, unique } from "./group-verdicts.js";
import { wrapAfter } from "./wrap-text.js";

/**
 * A paragraph for each contradiction that a requirement asked here rests on (with `explain`, for each): its readings, how
 * it is treated, and the verdicts on its readings.
 */
export function contradictionLines(analysis: Analysis, { width, explain }: Presentation): string[] {
  const concerned = new Set(analysis.verdicts.flatMap(({ requirement }) => requirement.readings));
  const shown = analysis.contradictions.filter(({ id }) => explain || concerned.has(id));
  return shown.flatMap((contradiction) => [
    ...wrapAfter("  ", `${contradiction.id}: ${contradiction.title}`, width),
    ...contradiction.readings.flatMap((reading) => wrapAfter("    - ", reading, width)),
    ...wrapAfter("    treated as: ", contradiction.treatedAs, width),
    ...wrapAfter("    here: ", outcomeText(contradiction, analysis.verdicts), width),
  ]);
}

/** E.g. "ASR-F02 proved over vpn; ASR-F09-http refuted". */
export function outcomeText({ id }: Contradiction, verdicts: readonly Verdict[]): string {
  const concerned = verdicts.filter(({ requirement }) => requirement.readings.includes(id));
  if (concerned.length === 0) return "no requirement that was asked rests on it";
  return unique(concerned.map(readingText)).join("; ");
}

function readingText(verdict: Verdict): string {
  const over = verdict.kind === "proved" ? ` over ${pathKinds(verdict)}` : "";
  return `${verdict.requirement.id} ${verdict.kind}${over}`;
}
