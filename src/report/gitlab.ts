/** Writes remarks as a report of code quality, which GitLab shows beside a merge request. */
import type { FindingSeverity } from "../model/finding.js";
import type { Annotation } from "./annotations.js";

const SEVERITIES: Readonly<Record<FindingSeverity, string>> = { error: "critical", warning: "minor", info: "info" };

/** The report as JSON: an entry for each remark. */
export function gitlabCodeQuality(annotations: readonly Annotation[]): string {
  const entries = annotations.map(({ at, severity, subject, message, fingerprint }) => ({
    description: `${subject}: ${message.replaceAll("\n", "; ")}`,
    check_name: subject,
    fingerprint,
    severity: SEVERITIES[severity],
    location: { path: at.file, lines: { begin: at.line } },
  }));
  return `${JSON.stringify(entries, null, 2)}\n`;
}
