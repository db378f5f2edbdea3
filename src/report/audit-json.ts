/** Turns an audit into JSON as `schemas/audit-output.schema.json` describes it. */
import type { AuditReport, IdentifiedFinding } from "../model/finding.js";
import { countSeverities } from "./audit-words.js";
import { coverageJson, diagnosticJson, SCHEMA_VERSION } from "./json.js";
import { type Json, packetJson, sourceRefJson } from "./packet-json.js";

/** The JSON report, keys always in the same order; of the findings those `told`, the others counted. */
export function auditJson(report: AuditReport, told: readonly IdentifiedFinding[]): string {
  const document: Json = {
    schemaVersion: SCHEMA_VERSION,
    summary: {
      findings: report.findings.length,
      ...countSeverities(report.findings),
      notShown: report.findings.length - told.length,
      ...report.suppressed,
    },
    checks: report.checks.map(({ id, title, severity }) => ({ id, title, severity })),
    findings: told.map(findingJson),
    isComplete: !report.isIncomplete,
    coverage: report.coverage.map(coverageJson),
    diagnostics: report.diagnostics.map(diagnosticJson),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function findingJson(finding: IdentifiedFinding): Json {
  const { check, severity, subject, device, message, evidence, packets, witness, enough, help, fingerprint } = finding;
  return {
    ...{ check, severity, subject: sourceRefJson(subject) },
    ...(device === "" ? {} : { device }),
    message,
    evidence: evidence.map(({ at, note }) => ({ ...(sourceRefJson(at) as { [key: string]: Json }), note })),
    ...(packets.length === 0 ? {} : { packets }),
    ...(witness === undefined ? {} : { witness: packetJson(witness) }),
    ...(enough === undefined ? {} : { enough }),
    help,
    fingerprint,
  };
}
