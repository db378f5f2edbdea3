/** Turns an audit into Markdown for pull requests and wikis. */
import type { AuditReport, Evidence, IdentifiedFinding } from "../model/finding.js";
import { formatSourceRef } from "../model/source-ref.js";
import { type Cause, type CheckGroup, countsText, groupByCheck, othersText, suppressedText } from "./audit-words.js";
import { countFates, FATES } from "./coverage-lines.js";
import { code, prose } from "./markdown-text.js";
import { packetText } from "./packet-text.js";
import { lineAt, type Sources } from "./quote-line.js";

/** The findings by check, at most `most` causes of each check, then what became of the input lines. */
export function auditMarkdown(report: AuditReport, most: number): string {
  const suppressed = suppressedText(report);
  const lines = [
    "# Audit",
    "",
    `${countsText(report.findings)}${suppressed === "" ? "" : ` (not told: ${suppressed})`}.`,
    "",
    ...groupByCheck(report, most).flatMap((group) => groupLines(group, report.sources)),
    "## Inputs",
    "",
    `| input | read as | lines | ${FATES.join(" | ")} |`,
    `| --- | --- | ---: |${FATES.map(() => " ---: |").join("")}`,
    ...report.coverage.map((file) => {
      const counts = countFates(file);
      return `| ${code(file.file)} | ${file.vendor} | ${file.lines.length} | ${FATES.map((fate) => counts[fate]).join(" | ")} |`;
    }),
    ...(report.diagnostics.length > 0 ? ["", "## Remarks", ""] : []),
    ...report.diagnostics.map(
      ({ at, severity, message }) => `- ${code(formatSourceRef(at))}: ${severity}: ${prose(message)}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function groupLines({ check, findings, told, hidden }: CheckGroup, sources: Sources): string[] {
  return [
    `## ${check.id}: ${check.title}`,
    "",
    `${countsText(findings)}. What it means: [docs/checks/${check.id}.md](docs/checks/${check.id}.md).`,
    "",
    ...told.flatMap((cause) => causeLines(cause, sources)),
    ...(hidden > 0 ? [`And ${hidden} more.`, ""] : []),
  ];
}

function causeLines(cause: Cause, sources: Sources): string[] {
  const others = othersText(cause);
  const lines = findingLines(cause.finding, sources);
  return [...lines, ...(others === "" ? [] : [`  - ${prose(others)}`]), ""];
}

function findingLines(finding: IdentifiedFinding, sources: Sources): string[] {
  const { severity, subject, message, evidence, packets, witness, help } = finding;
  return [
    `- **${severity}** ${code(formatSourceRef(subject))}: ${prose(message)}`,
    ...quoted(lineAt(subject, sources)),
    ...evidence.flatMap((one) => evidenceLines(one, sources)),
    ...packets.map((line) => `  - packets: ${code(line)}`),
    ...(witness === undefined ? [] : [`  - for example ${code(packetText(witness))}`]),
    `  - ${prose(help)}`,
  ];
}

function evidenceLines({ at, note }: Evidence, sources: Sources): string[] {
  const line = lineAt(at, sources);
  return [`  - ${code(formatSourceRef(at))} ${prose(note)}${line === undefined ? "" : `: ${code(line)}`}`];
}

function quoted(line: string | undefined): string[] {
  return line === undefined ? [] : [`  - ${code(line)}`];
}
