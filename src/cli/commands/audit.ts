/** `flowproof audit`: finds in an export what a reviewer must know. */
import type { Parsed } from "../../model/diagnostic.js";
import type { AuditReport, FindingSeverity, IdentifiedFinding } from "../../model/finding.js";
import type { Presentation } from "../../model/reporter.js";
import { UsageError } from "../../model/usage-error.js";
import { auditExports } from "../../pipeline/audit-exports.js";
import type { AuditRequest } from "../../pipeline/audit-report.js";
import { readAllInputs, readInput } from "../../read/read-inputs.js";
import { annotateFindings } from "../../report/annotations.js";
import { auditCsv } from "../../report/audit-csv.js";
import { auditJson } from "../../report/audit-json.js";
import { auditText } from "../../report/audit-text.js";
import { githubCommands } from "../../report/github.js";
import { gitlabCodeQuality } from "../../report/gitlab.js";
import { reportJunit } from "../../report/junit.js";
import { auditMarkdown } from "../../report/markdown.js";
import { reportSarif } from "../../report/sarif.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { refuseInputs } from "../refuse.js";
import type { Terminal } from "../terminal.js";

export interface AuditOptions {
  readonly as?: string;
  readonly topology?: string;
  readonly check: readonly string[];
  readonly config?: string;
  readonly baseline?: string;
  readonly severity: FindingSeverity;
  /** At most so many findings of each check; absent: all where a program reads them, few where a person does. */
  readonly max?: number;
  readonly format: "text" | "json" | "markdown" | "sarif" | "junit" | "csv" | "github" | "gitlab";
}

const MOST_FOR_PEOPLE = 20;

/** Audits the exports of one device, or those of a topology; 1 iff it finds an error or a warning, else 3 iff a check could not finish, else 0. */
export async function audit(
  paths: readonly string[],
  options: AuditOptions,
  terminal: Terminal,
  version: string,
): Promise<ExitCode> {
  const config = options.config === undefined ? {} : { config: (await readInput(options.config)).value };
  const baseline = options.baseline === undefined ? {} : { baseline: (await readInput(options.baseline)).value };
  const { topology, check: checks, severity } = options;
  const today = new Date().toISOString().slice(0, 10);
  const request = { checks, severity, today, ...config, ...baseline };
  const { value: report, diagnostics } =
    topology === undefined
      ? await auditPaths(paths, request, options)
      : await (await import("./audit-in-topology.js")).auditInTopology(topology, paths, request, options.as);
  if (report === undefined) return refuseInputs(diagnostics, terminal);
  await terminal.write(render(report, options, terminal.presentation(false), version));
  if (report.findings.some((finding) => finding.severity !== "info")) return EXIT.refuted;
  return report.isIncomplete ? EXIT.undecided : EXIT.proved;
}

async function auditPaths(
  paths: readonly string[],
  request: AuditRequest,
  { as }: AuditOptions,
): Promise<Parsed<AuditReport | undefined>> {
  if (paths.length === 0) throw new UsageError("nothing to audit", "name exports, or a `--topology`");
  const read = await readAllInputs(paths);
  const { value, diagnostics: found } = auditExports(read.value, request, as);
  const diagnostics = [...read.diagnostics, ...found];
  return { value: value && { ...value, diagnostics }, diagnostics };
}

function render(
  report: AuditReport,
  { format, max }: AuditOptions,
  presentation: Presentation,
  version: string,
): string {
  const most = max ?? Number.POSITIVE_INFINITY;
  switch (format) {
    case "text":
      return auditText(report, presentation, max ?? MOST_FOR_PEOPLE);
    case "markdown":
      return auditMarkdown(report, max ?? MOST_FOR_PEOPLE);
    case "json":
      return auditJson(report, atMost(report, most));
    case "sarif":
      return reportSarif(report, atMost(report, most), version);
    case "junit":
      return reportJunit(report, atMost(report, most));
    case "csv":
      return auditCsv(atMost(report, most));
    case "github":
      return githubCommands(annotateFindings(atMost(report, most)));
    case "gitlab":
      return gitlabCodeQuality(annotateFindings(atMost(report, most)));
  }
}

/** The first findings of each check, in the order of the report. */
function atMost({ findings }: AuditReport, most: number): IdentifiedFinding[] {
  const counts = new Map<string, number>();
  return findings.filter(({ check }) => {
    const count = (counts.get(check) ?? 0) + 1;
    counts.set(check, count);
    return count <= most;
  });
}
