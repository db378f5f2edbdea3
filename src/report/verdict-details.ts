/** Turns each group of verdicts into the paragraph that gives its grounds. */
import type { Analysis } from "../model/analysis.js";
import type { Presentation } from "../model/reporter.js";
import { formatSourceRef } from "../model/source-ref.js";
import type { NearMiss, Verdict } from "../model/verdict.js";
import { groupVerdicts, servicesOf, type VerdictGroup } from "./group-verdicts.js";
import { decisionText, doubtLines, hopLines, pathText } from "./hop-lines.js";
import { witnessText } from "./packet-text.js";
import { paint } from "./paint.js";
import { quoteLine } from "./quote-line.js";
import { shortList } from "./short-names.js";
import { VERDICT_TONES } from "./verdict-table.js";
import { wrapAfter, wrapText } from "./wrap-text.js";

type Refuted = Verdict & { readonly kind: "refuted" };
type Undecided = Verdict & { readonly kind: "undecided" };
type Proved = Verdict & { readonly kind: "proved" };

const SHOWN_SETS = 6;
const SHOWN_DOUBTS = 8;
const SHOWN_PAIRS = 8;

/** The grounds of every refuted and undecided verdict, and with `explain` of every proved one. */
export function verdictDetails(analysis: Analysis, presentation: Presentation): string[] {
  return groupVerdicts(analysis.verdicts, presentation.explain)
    .filter(({ first }) => presentation.explain || first.kind !== "proved")
    .flatMap((group) => ["", ...groupDetails(group, analysis, presentation)]);
}

function groupDetails(group: VerdictGroup, analysis: Analysis, presentation: Presentation): string[] {
  const { first } = group;
  return [
    ...heading(first, presentation),
    ...grounds(first, analysis, presentation),
    ...(presentation.explain ? labelled("assuming", first.assumptions, presentation.width) : []),
    ...labelled("the same for", otherPairs(group), presentation.width),
  ];
}

function heading(verdict: Verdict, { color, width }: Presentation): string[] {
  const { requirement, from, to, kind } = verdict;
  const title = `${requirement.id}  ${from} → ${to}  ${servicesOf(verdict)}  ${requirement.title}`;
  const [first = "", ...rest] = wrapAfter(" ".repeat(kind.length + 2), title, width);
  return [paint(kind, VERDICT_TONES[kind], color) + first.slice(kind.length), ...rest];
}

function grounds(verdict: Verdict, analysis: Analysis, presentation: Presentation): string[] {
  switch (verdict.kind) {
    case "proved":
      return provedGrounds(verdict, analysis, presentation);
    case "refuted":
      return refutedGrounds(verdict, analysis, presentation);
    case "undecided":
      return undecidedGrounds(verdict, analysis, presentation);
  }
}

function provedGrounds({ paths }: Proved, { sources }: Analysis, presentation: Presentation): string[] {
  return paths.flatMap(({ path, hops }) => [
    ...wrapAfter("  path ", pathText(path), presentation.width),
    ...hopLines(hops, true, sources, presentation),
  ]);
}

function refutedGrounds(verdict: Refuted, { sources }: Analysis, presentation: Presentation): string[] {
  const { width } = presentation;
  const { explanation, witness, path, hops, decidedBy, nearMisses, failing, failingShare } = verdict;
  const isDenied = verdict.requirement.expect === "deny";
  return [
    ...wrapAfter("  ", explanation, width),
    ...(witness === undefined ? [] : wrapAfter("  witness: ", witnessText(witness), width)),
    ...(path === undefined ? [] : wrapAfter("  path ", pathText(path), width)),
    ...hopLines(hops, true, sources, presentation),
    ...(decidedBy === undefined ? [] : decidingLine(decidedBy, sources, width)),
    ...nearMisses.flatMap((miss) => nearMissLines(miss, sources, width)),
    ...labelled(
      isDenied ? "what gets through" : `fails for ${shareText(failingShare)}`,
      cut(failing, SHOWN_SETS, presentation),
      width,
    ),
  ];
}

function decidingLine(
  decision: NonNullable<Refuted["decidedBy"]>,
  sources: Analysis["sources"],
  width: number,
): string[] {
  const where = `${formatSourceRef(decision.at)} (${decisionText(decision)})`;
  const quoted = quoteLine(decision.at, sources, width - 4).map((line) => `    ${line}`);
  return [...wrapAfter("  decided by ", where, width), ...quoted];
}

function nearMissLines({ at, ace, difference }: NearMiss, sources: Analysis["sources"], width: number): string[] {
  const quoted = quoteLine(at, sources, width - 4).map((line) => `    ${line}`);
  return [...wrapAfter("  nearly accepted by ", `${formatSourceRef(at)} (${ace}): ${difference}`, width), ...quoted];
}

function undecidedGrounds(verdict: Undecided, { sources }: Analysis, presentation: Presentation): string[] {
  const { width, explain } = presentation;
  const { explanation, because, path, hops } = verdict;
  const doubts = [...new Map(because.map((doubt) => [JSON.stringify(doubt), doubt])).values()];
  const shown = explain ? doubts : doubts.slice(0, SHOWN_DOUBTS);
  const hidden = doubts.length - shown.length;
  return [
    ...wrapAfter("  ", explanation, width),
    ...(path === undefined ? [] : wrapAfter("  path ", pathText(path), width)),
    ...hopLines(hops, false, sources, presentation),
    "  it depends on:",
    ...shown.flatMap((doubt) => doubtLines(doubt, sources, width)),
    ...(hidden > 0 ? [`    and ${hidden} more (--explain)`] : []),
  ];
}

function otherPairs({ members }: VerdictGroup): string[] {
  const pairs = members.slice(1).map(({ from, to }) => `${from} → ${to}`);
  return pairs.length === 0 ? [] : [shortList(pairs, SHOWN_PAIRS)];
}

function labelled(label: string, entries: readonly string[], width: number): string[] {
  if (entries.length === 0) return [];
  if (entries.length === 1) return wrapAfter(`  ${label}: `, entries[0] as string, width);
  return [...wrapText(`  ${label}:`, width), ...entries.flatMap((entry) => wrapAfter("    ", entry, width))];
}

function cut(entries: readonly string[], limit: number, { explain }: Presentation): string[] {
  if (explain || entries.length <= limit) return [...entries];
  return [...entries.slice(0, limit), `and ${entries.length - limit} more (--explain)`];
}

/** A share between 0 and 1 for people: never "0 %" or "100 %" where it is not exactly that. */
export function shareText(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`;
  const percent = share * 100;
  if (percent < 0.1) return "less than 0.1 %";
  if (percent > 99.9) return "more than 99.9 %";
  return `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}
