/** Reads what a fixture says an audit must find in it, and what an audit finds, in the same words. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { formatDiagnostic } from "../../src/model/diagnostic.js";
import type { Finding } from "../../src/model/finding.js";
import type { TextInput } from "../../src/model/inputs.js";
import { auditExports } from "../../src/pipeline/audit-exports.js";
import type { AuditRequest } from "../../src/pipeline/audit-report.js";
import { auditTopology } from "../../src/pipeline/audit-topology.js";
import { listNamedFiles } from "../../src/pipeline/list-named-files.js";
import { readProveInputs } from "../../src/read/read-inputs.js";

/** A fixture with its marks: `# checks: a b` names the checks to run, `# expect: check by 10 12` is for the next rule. */
export interface MarkedFixture {
  readonly checks: readonly string[];
  /** E.g. "14 shadowed-ace by 10 12", in the order of the lines. */
  readonly expected: readonly string[];
  readonly found: readonly string[];
  readonly findings: readonly Finding[];
}

const FOLDER = join("test", "audit", "fixtures");
const EXPORT = /\.(json|save|nft|txt)$/;

/** The fixtures, one a file, with their path from the folder. */
export function fixtureNames(): string[] {
  const names = readdirSync(FOLDER, { recursive: true, encoding: "utf8" });
  return names.filter((name) => EXPORT.test(name)).sort();
}

/**
 * Runs the checks a fixture names on it, in a folder of its own as what the topology there says; the marks stand in
 * comments, or in JSON in the descriptions of rules.
 */
export async function readMarkedFixture(name: string): Promise<MarkedFixture> {
  const main = inputOf(name);
  const checks = directive(main, "checks")?.split(" ") ?? [];
  const inputs = [main, ...(directive(main, "with")?.split(" ") ?? []).map(inputOf)];
  const config = directive(main, "config");
  const request = { checks, severity: "info", today: TODAY, ...(config && { config: inputOf(config) }) } as const;
  const { value, diagnostics } = await audit(inputs, request);
  if (value === undefined) throw new Error(`${name} cannot be used: ${diagnostics.map(formatDiagnostic).join("\n")}`);
  const expected = inputs.flatMap(({ file, text }) =>
    (file.endsWith(".json") ? marksOfRules(text) : marksOfLines(text)).map((mark) => placed(mark, file, main)),
  );
  const found = value.findings.map((finding) => placed(inWords(finding), finding.subject.file, main));
  return { checks, expected: expected.sort(byLine), found: found.sort(byLine), findings: value.findings };
}

const TODAY = "2026-01-01";

function inputOf(name: string): TextInput {
  const file = join(FOLDER, name);
  return { file, text: readFileSync(file, "utf8") };
}

/** What a fixture says about itself, e.g. `# checks: shadowed-ace`. */
function directive({ text }: TextInput, key: string): string | undefined {
  return new RegExp(`${key}: ([\\w. -]+)`).exec(text)?.[1]?.trim();
}

/** Marks of the exports that stand beside the main one tell their file. */
function placed(mark: string, file: string, main: TextInput): string {
  return file === main.file ? mark : `${mark} in ${basename(file)}`;
}

async function audit(inputs: readonly TextInput[], request: AuditRequest) {
  const { file } = inputs[0] as TextInput;
  const topology = join(dirname(file), "topology.yaml");
  if (!existsSync(topology)) return auditExports(inputs, request);
  return auditTopology(await readProveInputs(topology, [], listNamedFiles), (one) => one === file, request);
}

/** Lines of other files that a finding rests on are not told. */
function inWords({ subject, check, evidence }: Finding): string {
  const lines = evidence.filter(({ at }) => at.file === subject.file).map(({ at }) => at.line);
  lines.sort((a, b) => a - b);
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
