/** Turns the JSON of an earlier audit into the findings it knew. */
import type { Parsed } from "../model/diagnostic.js";
import type { TextInput } from "../model/inputs.js";
import { problem } from "./problem.js";

/** Fingerprints of the findings; undefined, with an error, iff the text is no JSON output of an audit. */
export function parseBaseline({ text, file }: TextInput): Parsed<ReadonlySet<string> | undefined> {
  const fingerprints = readFingerprints(text);
  if (fingerprints !== undefined) return { value: new Set(fingerprints), diagnostics: [] };
  const help = "make one with `flowproof audit … --format json > baseline.json`";
  const at = { file, line: 1 };
  const mistake = problem("error", "audit/baseline", at, "it is no output of `flowproof audit --format json`", help);
  return { value: undefined, diagnostics: [mistake] };
}

function readFingerprints(text: string): string[] | undefined {
  const document = parseJson(text);
  if (typeof document !== "object" || document === null || !("findings" in document)) return undefined;
  const { findings } = document;
  if (!Array.isArray(findings)) return undefined;
  return findings.flatMap((finding: unknown) => {
    const isFinding = typeof finding === "object" && finding !== null && "fingerprint" in finding;
    return isFinding && typeof finding.fingerprint === "string" ? [finding.fingerprint] : [];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
