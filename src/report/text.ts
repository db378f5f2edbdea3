/** Turns an analysis into the report a person reads on a screen. */
import type { Analysis } from "../model/analysis.js";
import type { Presentation } from "../model/reporter.js";
import { contradictionLines } from "./contradiction-lines.js";
import { coverageLines } from "./coverage-lines.js";
import { diagnosticLines } from "./diagnostic-lines.js";
import { paint, type Tone } from "./paint.js";
import { prerequisiteLines } from "./prerequisite-lines.js";
import { folderOf } from "./short-names.js";
import { summarize, summaryText } from "./summary.js";
import { verdictDetails } from "./verdict-details.js";
import { verdictTable } from "./verdict-table.js";
import { wrapAfter, wrapText } from "./wrap-text.js";

/** The text report: the result table, the grounds of what is not proved, what it rests on, and one line of totals. */
export function reportText(analysis: Analysis, presentation: Presentation): string {
  const { width, color } = presentation;
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ["", paint(title, "strong", color), ...lines];
  const lines = [
    ...wrapText(analysis.topology.title, width).map((line) => paint(line, "strong", color)),
    "",
    ...verdictTable(analysis, presentation),
    ...verdictDetails(analysis, presentation),
    ...section("prerequisites", prerequisiteLines(analysis.prerequisites, presentation)),
    ...section("where the source contradicts itself", contradictionLines(analysis, presentation)),
    ...section("taken for granted", bullets(analysis.assumptions, width)),
    ...section(
      "inputs, by what became of their lines",
      analysis.coverage.length === 0 ? [] : coverageLines(analysis.coverage, presentation, folderOf(analysis.topology)),
    ),
    ...section("remarks on the inputs", diagnosticLines(analysis.diagnostics, presentation)),
    "",
    ...totals(analysis, presentation),
  ];
  return `${lines.join("\n")}\n`;
}

function bullets(entries: readonly string[], width: number): string[] {
  return entries.flatMap((entry) => wrapAfter("  - ", entry, width));
}

function totals(analysis: Analysis, { width, color }: Presentation): string[] {
  const summary = summarize(analysis);
  const { refuted, undecided } = summary.verdicts;
  const tone: Tone = refuted > 0 ? "bad" : undecided > 0 ? "doubt" : "good";
  return wrapText(summaryText(summary), width).map((line) => paint(line, tone, color));
}
