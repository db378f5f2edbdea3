/** Reads what a fixture says an audit must find in it, and what an audit finds, in the same words. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../src/model/finding.js";
import { auditExports } from "../../src/pipeline/audit-exports.js";

/** A fixture with its marks: `# checks: a b` names the checks to run, `# expect: check by 10 12` is for the next rule. */
export interface MarkedFixture {
  readonly checks: readonly string[];
  /** E.g. "14 shadowed-ace by 10 12", in the order of the lines. */
  readonly expected: readonly string[];
  readonly found: readonly string[];
  readonly findings: readonly Finding[];
}

/** Runs the checks a fixture names on it; the marks stand in comments, or in JSON in the descriptions of rules. */
export function readMarkedFixture(name: string, today = "2026-01-01"): MarkedFixture {
  const file = join("test", "audit", "fixtures", name);
  const text = readFileSync(file, "utf8");
  const checks = /checks: ([\w -]+)/.exec(text)?.[1]?.trim().split(" ") ?? [];
  const { value, diagnostics } = auditExports([{ file, text }], { checks, severity: "info", today });
  if (value === undefined) throw new Error(`${name} cannot be used: ${diagnostics[0]?.message}`);
  const expected = name.endsWith(".json") ? marksOfRules(text) : marksOfLines(text);
  return { checks, expected, found: value.findings.map(inWords).sort(byLine), findings: value.findings };
}

function inWords({ subject, check, evidence }: Finding): string {
  const lines = evidence.map(({ at }) => at.line).sort((a, b) => a - b);
  return `${subject.line} ${check}${lines.length === 0 ? "" : ` by ${lines.join(" ")}`}`;
}

function byLine(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1);
}

function marksOfLines(text: string): string[] {
  const marks: string[] = [];
  let open: string[] = [];
  text.split("\n").forEach((line, index) => {
    const mark = /^\s*#\s*expect: (.+)$/.exec(line)?.[1]?.trim();
    if (mark !== undefined) open.push(mark);
    else if (!/^\s*(#|$)/.test(line)) {
      marks.push(...open.map((one) => `${index + 1} ${one}`));
      open = [];
    }
  });
  return marks.sort(byLine);
}

/** In JSON a mark names rules, and stands for the line of the next name. */
function marksOfRules(text: string): string[] {
  const lines = text.split("\n");
  const lineOf = (rule: string) => lines.findIndex((line) => line.includes(`"name": "${rule}"`)) + 1;
  const nextName = (from: number) => lines.findIndex((line, i) => i > from && line.includes('"name":')) + 1;
  const marks = lines.flatMap((line, index) => {
    const all = /"description": "expect: ([^"]+)"/.exec(line)?.[1]?.split("; ") ?? [];
    return all.map((mark) => {
      const [check, names] = mark.split(" by ");
      const by = names
        ?.split(" ")
        .map(lineOf)
        .sort((a, b) => a - b);
      return `${nextName(index)} ${check}${by === undefined ? "" : ` by ${by.join(" ")}`}`;
    });
  });
  return marks.sort(byLine);
}
