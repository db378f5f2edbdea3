/** Turns an audit into JUnit XML: a suite for each check, a failed test for each finding, a passed one where there is none. */
import type { AuditReport, IdentifiedFinding } from "../model/finding.js";
import { formatSourceRef } from "../model/source-ref.js";
import { packetText } from "./packet-text.js";

/** Findings for information do not fail; they are told as output of a passed test. */
export function reportJunit({ checks }: AuditReport, told: readonly IdentifiedFinding[]): string {
  const suites = checks.flatMap((check) => {
    const findings = told.filter((finding) => finding.check === check.id);
    const cases =
      findings.length === 0
        ? [`    <testcase classname=${quoted(check.id)} name="no findings"/>`]
        : findings.flatMap(caseOf);
    const counts = `tests="${Math.max(1, findings.length)}" failures="${failures(findings)}"`;
    return [`  <testsuite name=${quoted(check.id)} ${counts}>`, ...cases, "  </testsuite>"];
  });
  const totals = `tests="${checks.reduce((sum, { id }) => sum + Math.max(1, told.filter(({ check }) => check === id).length), 0)}"`;
  const head = `<testsuites name="flowproof audit" ${totals} failures="${failures(told)}">`;
  return `${['<?xml version="1.0" encoding="UTF-8"?>', head, ...suites, "</testsuites>"].join("\n")}\n`;
}

function failures(findings: readonly IdentifiedFinding[]): number {
  return findings.filter(({ severity }) => severity !== "info").length;
}

function caseOf({ check, severity, subject, message, evidence, witness, help }: IdentifiedFinding): string[] {
  const at = formatSourceRef(subject);
  const details = [
    `${at}: ${message}`,
    ...evidence.map((one) => `${formatSourceRef(one.at)}: ${one.note}`),
    ...(witness === undefined ? [] : [`e.g. ${packetText(witness)}`]),
    `help: ${help}`,
  ].join("\n");
  const body =
    severity === "info"
      ? `<system-out>${escaped(details)}</system-out>`
      : `<failure type=${quoted(severity)} message=${quoted(message)}>${escaped(details)}</failure>`;
  return [`    <testcase classname=${quoted(check)} name=${quoted(at)}>`, `      ${body}`, "    </testcase>"];
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** XML 1.0 has no place for most control characters, escaped or not. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, "\ufffd")
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll("\n", " ")}"`;
}
