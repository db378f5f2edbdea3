/** Turns the answers for prerequisites into lines: what is not met in full, the rest by name. */
import type { Presentation } from "../model/reporter.js";
import { formatSourceRef } from "../model/source-ref.js";
import type { PrerequisiteResult } from "../model/verdict.js";
import { unique } from "./group-verdicts.js";
import { paint, type Tone } from "./paint.js";
import { wrapAfter } from "./wrap-text.js";

const OUTCOMES: readonly (readonly [PrerequisiteResult["outcome"], string, Tone])[] = [
  ["not-met", "not met", "bad"],
  ["met", "met", "good"],
  ["unchecked", "unchecked", "quiet"],
];

/** One paragraph for each outcome that occurs; with `explain` every answer is given in full. */
export function prerequisiteLines(results: readonly PrerequisiteResult[], presentation: Presentation): string[] {
  return OUTCOMES.flatMap(([outcome, label, tone]) => {
    const alike = results.filter((result) => result.outcome === outcome);
    if (alike.length === 0) return [];
    if (outcome === "not-met" || presentation.explain) {
      return alike.flatMap((result) => inFull(result, label, tone, presentation));
    }
    const ids = unique(alike.map(({ id }) => id)).join(", ");
    return painted(wrapAfter(`  ${label} (${alike.length}): `, ids, presentation.width), label, tone, presentation);
  });
}

function inFull(result: PrerequisiteResult, label: string, tone: Tone, presentation: Presentation): string[] {
  const { id, title, component, severity, explanation, at } = result;
  const marker = result.outcome === "not-met" && severity === "warning" ? `${label} (warning)` : label;
  const subject = component === undefined ? id : `${id} at ${component}`;
  const place = at === undefined ? "" : ` (${formatSourceRef(at)})`;
  const lines = wrapAfter(`  ${marker}: `, `${subject}: ${title}`, presentation.width);
  return [
    ...painted(lines, marker, marker === label ? tone : "doubt", presentation),
    ...wrapAfter("    ", explanation + place, presentation.width),
  ];
}

function painted(lines: readonly string[], label: string, tone: Tone, { color }: Presentation): string[] {
  return lines.map((line, index) => (index === 0 ? line.replace(label, paint(label, tone, color)) : line));
}
