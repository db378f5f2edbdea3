/** Words and counts that the reports of an audit share. */
import type { AuditReport, FindingSeverity, IdentifiedFinding } from "../model/finding.js";
import { FINDING_SEVERITIES } from "../model/finding.js";
import { formatSourceRef } from "../model/source-ref.js";
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

/** Findings of one check that say the same because of the same lines: the first, and where the others are. */
export interface Cause {
  readonly finding: IdentifiedFinding;
  readonly others: readonly IdentifiedFinding[];
}

/** Findings of one check by cause, and those causes that are to be told. */
export interface CheckGroup {
  readonly check: AuditReport["checks"][number];
  readonly findings: readonly IdentifiedFinding[];
  readonly told: readonly Cause[];
  /** How many findings the causes that are not told stand for. */
  readonly hidden: number;
}

/** The findings by check and cause, the checks with the gravest finding first; of each check at most `most` causes. */
export function groupByCheck({ findings, checks }: AuditReport, most: number): CheckGroup[] {
  const byCheck = new Map<string, IdentifiedFinding[]>();
  for (const finding of findings) {
    const own = byCheck.get(finding.check);
    if (own === undefined) byCheck.set(finding.check, [finding]);
    else own.push(finding);
  }
  return [...byCheck].flatMap(([id, own]) => {
    const check = checks.find((one) => one.id === id);
    if (check === undefined) return [];
    const causes = causesOf(own);
    const told = causes.slice(0, most);
    const hidden = causes.slice(most).reduce((sum, { others }) => sum + 1 + others.length, 0);
    return [{ check, findings: own, told, hidden }];
  });
}

/** In the order of their first findings. */
function causesOf(findings: readonly IdentifiedFinding[]): Cause[] {
  const causes = new Map<string, [IdentifiedFinding, ...IdentifiedFinding[]]>();
  for (const finding of findings) {
    const { severity, message, evidence, help } = finding;
    const key = JSON.stringify([severity, message, evidence.map(({ at }) => formatSourceRef(at)), help]);
    const known = causes.get(key);
    if (known === undefined) causes.set(key, [finding]);
    else known.push(finding);
  }
  return [...causes.values()].map(([finding, ...others]) => ({ finding, others }));
}

const MOST_PLACES = 12;

/** "the same for lines 4, 7 and 9"; empty where there are no others. */
export function othersText({ finding, others }: Cause): string {
  if (others.length === 0) return "";
  const places = others.map(({ subject }) =>
    subject.file === finding.subject.file ? `${subject.line}` : formatSourceRef(subject),
  );
  const shown = places.slice(0, MOST_PLACES);
  const rest = places.length - shown.length;
  return `the same for line${others.length === 1 ? "" : "s"} ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
