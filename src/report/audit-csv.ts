/** Turns an audit into CSV (RFC 4180), a row for each finding. */
import type { IdentifiedFinding } from "../model/finding.js";
import { formatSourceRef } from "../model/source-ref.js";
import { packetText } from "./packet-text.js";

const HEAD = ["check", "severity", "file", "line", "message", "evidence", "witness", "help", "fingerprint"];

export function auditCsv(told: readonly IdentifiedFinding[]): string {
  const rows = told.map(({ check, severity, subject, message, evidence, witness, help, fingerprint }) => [
    ...[check, severity, subject.file, `${subject.line}`, message],
    evidence.map(({ at, note }) => `${formatSourceRef(at)}: ${note}`).join("\n"),
    ...[witness === undefined ? "" : packetText(witness), help, fingerprint],
  ]);
  return [HEAD, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** A cell that begins as a formula is kept from being one: spreadsheets run what exports name. */
function cell(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
