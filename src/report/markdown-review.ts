/** Turns what a review board decides about into Markdown: proposed changes, and what the audit found. */
import type { Repair, RepairAnalysis } from "../model/allow-analysis.js";
import type { Analysis } from "../model/analysis.js";
import type { AuditReport } from "../model/finding.js";
import { type Cause, countsText, groupByCheck, othersText } from "./audit-words.js";
import { placeText } from "./markdown-place.js";
import { code, fenced, prose } from "./markdown-text.js";
import { maskSecrets } from "./mask-secrets.js";
import { shortList } from "./short-names.js";

const SHOWN_REQUIREMENTS = 12;
const SHOWN_UNREPAIRED = 20;
const SHOWN_FINDINGS = 10;

/** The commands of every change, what they open besides, and what none repairs; none where there is nothing of it. */
export function changeLines({ repairs, diagnostics }: RepairAnalysis): string[] {
  const hidden = diagnostics.length - SHOWN_UNREPAIRED;
  return [
    ...repairs.flatMap(commandLines),
    ...diagnostics.slice(0, SHOWN_UNREPAIRED).map(({ message }) => `- ${prose(message)}`),
    ...(hidden > 0 ? [`- and ${hidden} more`] : []),
  ];
}

function commandLines({ device, requirements, commands }: Repair): string[] {
  const head = `For ${code(device)}, so that ${shortList(requirements, SHOWN_REQUIREMENTS)} can be proved:`;
  return [head, "", ...fenced(commands.map(maskSecrets)), ""];
}

function causeLine(cause: Cause, analysis: Analysis): string {
  const { subject, message } = cause.finding;
  const others = othersText(cause);
  return `  - ${placeText(subject, analysis)}: ${prose(message)}${others === "" ? "" : `; ${prose(others)}`}`;
}

/** What the checks found, gravest first; what is only worth knowing is counted. */
export function auditLines(audit: AuditReport, analysis: Analysis): string[] {
  const groups = groupByCheck(audit, SHOWN_FINDINGS);
  return [
    `${countsText(audit.findings)}.`,
    "",
    ...groups.flatMap(({ check, findings, told }) => {
      const grave = told.filter(({ finding }) => finding.severity !== "info");
      const head = `- **${check.id}**, ${prose(check.title)}: ${countsText(findings)}`;
      return [head, ...grave.map((cause) => causeLine(cause, analysis))];
    }),
  ];
}
