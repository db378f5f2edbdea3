/** Turns written allow-lists into what a screen or a pipe gets. */
import type { AllowAnalysis } from "../model/allow-analysis.js";

/** A file with generated rules. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** The files of every device, each named after it. */
export function allowFiles({ written }: AllowAnalysis): NamedText[] {
  return written.flatMap(({ device, texts }) => texts.map(({ ending, text }) => ({ name: device + ending, text })));
}

/** One text as it is, so that it can be piped on; several under their names. */
export function allowText(analysis: AllowAnalysis): string {
  const files = allowFiles(analysis);
  const [only] = files;
  if (files.length === 1 && only !== undefined) return only.text;
  return files.map(({ name, text }) => `==> ${name} <==\n${text}`).join("\n");
}
