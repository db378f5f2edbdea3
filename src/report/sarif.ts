/** Turns an audit into SARIF 2.1.0, which code-scanning viewers open. */
import type { AuditReport, FindingSeverity, IdentifiedFinding } from "../model/finding.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Json } from "./packet-json.js";
import { packetText } from "./packet-text.js";
import { lineAt, type Sources } from "./quote-line.js";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const LEVELS: Readonly<Record<FindingSeverity, string>> = { error: "error", warning: "warning", info: "note" };

/** One run with a rule for each check and a result for each finding; `version` is that of the tool. */
export function reportSarif(report: AuditReport, told: readonly IdentifiedFinding[], version: string): string {
  const rules = report.checks.map(({ id, title, severity }) => ({
    id,
    shortDescription: { text: title },
    help: { text: `docs/checks/${id}.md` },
    defaultConfiguration: { level: LEVELS[severity] },
  }));
  const driver = { name: "flowproof", semanticVersion: version, rules };
  const results = told.map((finding) => resultOf(finding, report));
  const document: Json = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [{ tool: { driver }, columnKind: "utf16CodeUnits", results }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function resultOf(finding: IdentifiedFinding, { checks, sources }: AuditReport): Json {
  const { check, severity, subject, message, evidence, witness, help, fingerprint } = finding;
  const example = witness === undefined ? "" : ` For example ${packetText(witness)}.`;
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  return {
    ruleId: check,
    ruleIndex: checks.findIndex(({ id }) => id === check),
    level: LEVELS[severity],
    message: { text: `${sentence}.${example} What to do: ${help}.` },
    locations: [{ physicalLocation: physicalLocation(subject, sources) }],
    relatedLocations: evidence.map(({ at, note }, i) => ({
      id: i + 1,
      physicalLocation: physicalLocation(at, sources),
      message: { text: note },
    })),
    partialFingerprints: { "flowproof/v1": fingerprint },
  };
}

function physicalLocation(at: SourceRef, sources: Sources): Json {
  const text = lineAt(at, sources);
  return {
    artifactLocation: { uri: uriOf(at.file) },
    region: {
      startLine: at.line,
      ...(at.column === undefined ? {} : { startColumn: at.column }),
      ...(text === undefined ? {} : { snippet: { text } }),
    },
  };
}

/** A path as a URI reference: separators kept, everything else that is no plain character escaped. */
function uriOf(file: string): string {
  const path = file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
  return path.startsWith("/") ? `file://${path}` : path;
}
