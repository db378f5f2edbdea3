/** Turns what became of every input line into one row for each input. */
import type { Coverage } from "../model/device.js";
import type { LineFate } from "../model/diagnostic.js";
import type { Presentation } from "../model/reporter.js";
import { withoutFolder } from "./short-names.js";
import { type Cell, renderTable } from "./table.js";

export const FATES: readonly LineFate[] = ["modelled", "harmless", "approximated", "rejected"];

/** How many lines of an input met each fate. */
export function countFates({ lines }: Coverage): Record<LineFate, number> {
  const counts: Record<LineFate, number> = { modelled: 0, harmless: 0, approximated: 0, rejected: 0 };
  for (const { fate } of lines) counts[fate]++;
  return counts;
}

/** The coverage table: lines modelled, harmless, approximated and rejected of every input, named as from `folder`. */
export function coverageLines(coverage: readonly Coverage[], presentation: Presentation, folder = ""): string[] {
  return renderTable(
    ["input", "read as", "lines", ...FATES],
    coverage.map((file) => row(file, folder)),
    presentation,
  );
}

function row(coverage: Coverage, folder: string): Cell[] {
  const counts = countFates(coverage);
  return [
    withoutFolder(coverage.file, folder),
    coverage.vendor,
    String(coverage.lines.length),
    String(counts.modelled),
    String(counts.harmless),
    counts.approximated > 0 ? { text: String(counts.approximated), tone: "doubt" } : "0",
    counts.rejected > 0 ? { text: String(counts.rejected), tone: "bad" } : "0",
  ];
}
