/** Turns the contradictions of the catalogues into lines that say which reading came out how. */
import type { Analysis } from "../model/analysis.js";
import type { Presentation } from "../model/reporter.js";
import type { Contradiction } from "../model/requirement.js";
import type { Verdict } from "../model/verdict.js";
import { pathKinds, unique } from "./group-verdicts.js";
import { wrapAfter } from "./wrap-text.js";

/**
 * A paragraph for each contradiction that a requirement asked for rests on: its readings, how it is treated, and the
 * verdicts on its readings. The others are named; with `explain` they are told in full too.
 */
export function contradictionLines({ contradictions, verdicts }: Analysis, { width, explain }: Presentation): string[] {
  const told = contradictions.filter(({ id }) => explain || restingOn(id, verdicts).length > 0);
  const others = contradictions.filter((contradiction) => !told.includes(contradiction)).map(({ id }) => id);
  return [
    ...told.flatMap((contradiction) => [
      ...wrapAfter("  ", `${contradiction.id}: ${contradiction.title}`, width),
      ...contradiction.readings.flatMap((reading) => wrapAfter("    - ", reading, width)),
      ...wrapAfter("    treated as: ", contradiction.treatedAs, width),
      ...wrapAfter("    here: ", contradictionOutcome(contradiction, verdicts), width),
    ]),
    ...(others.length === 0 ? [] : wrapAfter("  without bearing here: ", others.join(", "), width)),
  ];
}

/** What came out on its readings, e.g. "ASR-F02 proved over vpn; ASR-F09-http refuted". */
export function contradictionOutcome({ id }: Contradiction, verdicts: readonly Verdict[]): string {
  const concerned = restingOn(id, verdicts);
  if (concerned.length === 0) return "no requirement that was asked rests on it";
  return unique(concerned.map(readingText)).join("; ");
}

function restingOn(id: string, verdicts: readonly Verdict[]): Verdict[] {
  return verdicts.filter(({ requirement }) => requirement.readings.includes(id));
}

function readingText(verdict: Verdict): string {
  const over = verdict.kind === "proved" ? ` over ${pathKinds(verdict)}` : "";
  return `${verdict.requirement.id} ${verdict.kind}${over}`;
}
