/** Words and counts that the reports of an audit share. */
import type { AuditReport, FindingSeverity, IdentifiedFinding } from "../model/finding.js";
import { FINDING_SEVERITIES } from "../model/finding.js";
import type { Tone } from "./paint.js";

export const SEVERITY_TONES: Readonly<Record<FindingSeverity, Tone>> = {
  error: "bad",
  warning: "doubt",
  info: "quiet",
};

/** How many findings there are of each severity. */
export function countSeverities(findings: readonly IdentifiedFinding[]): Record<FindingSeverity, number> {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

/** E.g. "2 errors, 1 warning"; "no findings" where there are none. */
export function countsText(findings: readonly IdentifiedFinding[]): string {
  const counts = countSeverities(findings);
  const told = FINDING_SEVERITIES.filter((severity) => counts[severity] > 0).map((severity) => {
    if (severity === "info") return `${counts.info} for information`;
    return `${counts[severity]} ${severity}${counts[severity] === 1 ? "" : "s"}`;
  });
  return told.length > 0 ? told.join(", ") : "no findings";
}

/** E.g. "3 accepted, 12 known, 4 minor" for what is not told; empty where everything is. */
export function suppressedText({ suppressed }: AuditReport): string {
  const { excepted, known, minor } = suppressed;
  const parts = [
    excepted > 0 ? `${excepted} accepted by exceptions` : "",
    known > 0 ? `${known} known from the baseline` : "",
    minor > 0 ? `${minor} below the severity asked for` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** Findings of one check, at most as many as are to be told, and how many are left out. */
export interface CheckGroup {
  readonly check: AuditReport["checks"][number];
  readonly findings: readonly IdentifiedFinding[];
  readonly told: readonly IdentifiedFinding[];
}

/** The findings by check, the checks with the gravest finding first; checks without findings are left out. */
export function groupByCheck({ findings, checks }: AuditReport, most: number): CheckGroup[] {
  const ids = [...new Set(findings.map(({ check }) => check))];
  return ids.flatMap((id) => {
    const check = checks.find((one) => one.id === id);
    const own = findings.filter((finding) => finding.check === id);
    return check === undefined ? [] : [{ check, findings: own, told: own.slice(0, most) }];
  });
}
