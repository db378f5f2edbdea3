/** Turns an audit into text as a good compiler would print it, grouped by check. */
import type { AuditReport, Evidence, IdentifiedFinding } from "../model/finding.js";
import type { Presentation } from "../model/reporter.js";
import { formatSourceRef } from "../model/source-ref.js";
import {
  type Cause,
  type CheckGroup,
  countsText,
  groupByCheck,
  othersText,
  SEVERITY_TONES,
  suppressedText,
} from "./audit-words.js";
import { coverageLines } from "./coverage-lines.js";
import { diagnosticLines } from "./diagnostic-lines.js";
import { packetText } from "./packet-text.js";
import { paint } from "./paint.js";
import { quoteLine } from "./quote-line.js";
import { wrapAfter, wrapText } from "./wrap-text.js";

/** Evidence beyond this is counted only. */
const MOST_EVIDENCE = 4;

/** The findings, at most `most` causes of each check; then what was read, and the totals. */
export function auditText(report: AuditReport, presentation: Presentation, most: number): string {
  const groups = groupByCheck(report, most).flatMap((group) => groupLines(group, report, presentation));
  const remarks = diagnosticLines(report.diagnostics, presentation);
  const lines = [
    ...groups,
    ...coverageLines(report.coverage, presentation),
    ...(remarks.length > 0 ? ["", ...remarks] : []),
    "",
    ...wrapText(totals(report), presentation.width),
  ];
  return `${lines.join("\n")}\n`;
}

function totals(report: AuditReport): string {
  const suppressed = suppressedText(report);
  return `${countsText(report.findings)}${suppressed === "" ? "" : ` (not told: ${suppressed})`}`;
}

function groupLines(
  { check, findings, told, hidden }: CheckGroup,
  report: AuditReport,
  presentation: Presentation,
): string[] {
  const heading = `${check.id}: ${check.title} (${countsText(findings)}; see docs/checks/${check.id}.md)`;
  return [
    ...wrapText(heading, presentation.width).map((line) => paint(line, "strong", presentation.color)),
    "",
    ...told.flatMap((cause) => [...causeLines(cause, report, presentation), ""]),
    ...(hidden > 0 ? [`  and ${hidden} more (--max)`, ""] : []),
  ];
}

function causeLines(cause: Cause, report: AuditReport, presentation: Presentation): string[] {
  const others = othersText(cause);
  return [
    ...findingLines(cause.finding, report, presentation),
    ...(others === "" ? [] : wrapAfter("    ", others, presentation.width)),
  ];
}

function findingLines(finding: IdentifiedFinding, { sources }: AuditReport, { width, color }: Presentation): string[] {
  const { severity, subject, message, evidence, packets, witness, help } = finding;
  const [head = "", ...rest] = wrapAfter("  ", `${formatSourceRef(subject)}: ${severity}: ${message}`, width);
  const hidden = evidence.length - MOST_EVIDENCE;
  return [
    head.replace(`${severity}:`, paint(`${severity}:`, SEVERITY_TONES[severity], color)),
    ...rest,
    ...quoteLine(subject, sources, width - 4).map((line) => `    ${line}`),
    ...evidence.slice(0, MOST_EVIDENCE).flatMap((one) => evidenceLines(one, sources, width)),
    ...(hidden > 0 ? [`    and ${hidden} more lines`] : []),
    ...packets.flatMap((line) => wrapAfter("    packets: ", line, width)),
    ...(witness === undefined ? [] : wrapAfter("    e.g. ", packetText(witness), width)),
    ...wrapAfter("    help: ", help, width),
  ];
}

function evidenceLines({ at, note }: Evidence, sources: AuditReport["sources"], width: number): string[] {
  return [
    ...wrapAfter("    ", `${formatSourceRef(at)}: ${note}`, width),
    ...quoteLine(at, sources, width - 6).map((line) => `      ${line}`),
  ];
}
