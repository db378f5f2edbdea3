/** Turns an explanation into JSON as `schemas/explain-output.schema.json` describes it. */
import type { Coverage } from "../model/device.js";
import type { Explanation } from "../model/explanation.js";
import { countFates } from "./coverage-lines.js";
import { diagnosticJson, SCHEMA_VERSION } from "./json.js";
import { maskSecrets } from "./mask-secrets.js";
import type { Json } from "./packet-json.js";
import type { Sources } from "./quote-line.js";

/** The fate of every line with the line itself, secrets masked. */
export function explainJson({ coverage, diagnostics, sources }: Explanation): string {
  const document: Json = {
    schemaVersion: SCHEMA_VERSION,
    files: coverage.map((file) => fileJson(file, sources)),
    diagnostics: diagnostics.map(diagnosticJson),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function fileJson(coverage: Coverage, sources: Sources): Json {
  const texts = sources.get(coverage.file) ?? [];
  return {
    file: coverage.file,
    vendor: coverage.vendor,
    counts: countFates(coverage),
    lines: coverage.lines.map(({ line, fate, note }) => ({
      line,
      fate,
      note,
      text: maskSecrets(texts[line - 1] ?? ""),
    })),
  };
}
