/** Turns an audit into SARIF 2.1.0, which code-scanning viewers open; the types are those of its official schema. */
import type { Location, Log, PhysicalLocation, Result } from "sarif";
import type { AuditReport, Evidence, FindingSeverity, IdentifiedFinding } from "../model/finding.js";
import { formatSourceRef, type SourceRef } from "../model/source-ref.js";
import { packetText } from "./packet-text.js";
import { lineAt, type Sources } from "./quote-line.js";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const LEVELS: Readonly<Record<FindingSeverity, Result.level>> = { error: "error", warning: "warning", info: "note" };

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
  const document: Log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [{ tool: { driver }, columnKind: "utf16CodeUnits", results }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function resultOf(finding: IdentifiedFinding, { checks, sources }: AuditReport): Result {
  const { check, severity, subject, message, evidence, witness, help, fingerprint } = finding;
  const example = witness === undefined ? "" : ` For example ${packetText(witness)}.`;
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  return {
    ruleId: check,
    ruleIndex: checks.findIndex(({ id }) => id === check),
    level: LEVELS[severity],
    message: { text: `${sentence}.${example} What to do: ${help}.` },
    locations: [{ physicalLocation: physicalLocation(subject, sources) }],
    relatedLocations: distinctEvidence(evidence).map(
      ({ at, note }, i): Location => ({
        id: i + 1,
        physicalLocation: physicalLocation(at, sources),
        message: { text: note },
      }),
    ),
    partialFingerprints: { "flowproof/v1": fingerprint },
  };
}

/** The schema has each location once. */
function distinctEvidence(evidence: readonly Evidence[]): Evidence[] {
  return [...new Map(evidence.map((one) => [`${formatSourceRef(one.at)} ${one.note}`, one])).values()];
}

function physicalLocation(at: SourceRef, sources: Sources): PhysicalLocation {
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
  const whole = file.replace(/[\ud800-\udfff]/gu, "\ufffd");
  const path = whole.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
  return path.startsWith("/") ? `file://${path}` : path;
}
