/** Turns an explanation into the exports themselves, with the fate of every line in the margin. */
import type { Coverage } from "../model/device.js";
import type { LineAccount, LineFate } from "../model/diagnostic.js";
import type { Explanation } from "../model/explanation.js";
import type { Presentation } from "../model/reporter.js";
import { coverageLines } from "./coverage-lines.js";
import { diagnosticLines } from "./diagnostic-lines.js";
import { maskSecrets } from "./mask-secrets.js";
import { paint, type Tone } from "./paint.js";
import { textWidth, wrapText } from "./wrap-text.js";

const TONES: Readonly<Record<LineFate, Tone>> = {
  modelled: "good",
  harmless: "quiet",
  approximated: "doubt",
  rejected: "bad",
};

const WIDEST_MARGIN = 40;

/** The annotated exports, the totals, and the remarks. */
export function explainText({ coverage, diagnostics, sources }: Explanation, presentation: Presentation): string {
  const annotated = coverage.flatMap((file) => [
    paint(`${file.file}, read as ${file.vendor}`, "strong", presentation.color),
    ...annotatedLines(file, sources.get(file.file) ?? [], presentation),
    "",
  ]);
  const remarks = diagnosticLines(diagnostics, presentation);
  const lines = [
    ...annotated,
    ...coverageLines(coverage, presentation),
    ...(remarks.length > 0 ? ["", ...remarks] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function annotatedLines({ lines }: Coverage, texts: readonly string[], presentation: Presentation): string[] {
  const accounts = new Map(lines.map((account) => [account.line, account]));
  const last = texts[texts.length - 1] === "" ? texts.length - 1 : texts.length;
  const digits = String(last).length;
  const margin = Math.min(WIDEST_MARGIN, Math.floor(presentation.width * 0.4));
  return texts
    .slice(0, last)
    .flatMap((text, index) =>
      beside(
        numbered(index + 1, digits, accounts.get(index + 1), margin),
        text,
        accounts.get(index + 1)?.fate,
        margin,
        presentation,
      ),
    );
}

function numbered(line: number, digits: number, account: LineAccount | undefined, margin: number): string[] {
  const number = `${String(line).padStart(digits)} `;
  const indent = " ".repeat(number.length);
  const told = account === undefined ? "" : marginText(account);
  return wrapText(told, margin - number.length).map((text, index) => (index === 0 ? number : indent) + text);
}

function marginText({ fate, note }: LineAccount): string {
  if (note === "") return fate;
  return fate === "modelled" ? note : `${fate}: ${note}`;
}

function beside(
  left: readonly string[],
  text: string,
  fate: LineFate | undefined,
  margin: number,
  { width, color }: Presentation,
): string[] {
  const right = wrapText(maskSecrets(text), width - margin - 3);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const note = left[index] ?? "";
    const padding = " ".repeat(Math.max(0, margin - textWidth(note)));
    const painted = fate === undefined ? note : paint(note, TONES[fate], color);
    return `${painted}${padding} │ ${right[index] ?? ""}`.trimEnd();
  });
}
