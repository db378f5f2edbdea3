/** A script's text to its lines; what the script does is only known by running it. */
import type { Parsed } from "../../model/diagnostic.js";
import type { Detection } from "../../model/vendor.js";
import { LineLedger } from "../../syntax/line-ledger.js";
import type { PacFile } from "./types.js";

const FUNCTION = /\bfunction\s+FindProxyForURL\b|\bFindProxyForURL\s*=/;

/** Certain iff the text makes the function that browsers call. */
export function detectPac(text: string): Detection {
  return text.includes("FindProxyForURL") && FUNCTION.test(text) ? "certain" : "no";
}

/** Never throws; a text without the function is a script that sends every request to its target. */
export function parsePac(text: string, file: string): Parsed<PacFile> {
  const ledger = LineLedger.of(text);
  const found = FUNCTION.exec(text);
  const lines = text.split(/\r?\n/);
  lines.forEach((content, index) => {
    if (!/^\s*(?:\/\/|$)/.test(content)) ledger.mark(index + 1, "modelled", "is run as it stands");
  });
  const line = found === null ? undefined : text.slice(0, found.index).split("\n").length;
  const value: PacFile = { file, source: lines.join("\n"), line, ledger };
  if (line !== undefined) return { value, diagnostics: [] };
  const message = "it makes no function `FindProxyForURL`, so that browsers go directly to every target";
  const at = { file, line: 1 };
  return { value, diagnostics: [{ code: "pac/no-function", severity: "warning", message, at, effect: "none" }] };
}
