/** `flowproof allow`: generates the rules a topology's requirements need, proved to do exactly that. */
import { resolve } from "node:path";
import type { AllowAnalysis } from "../../model/allow-analysis.js";
import { formatDiagnostic } from "../../model/diagnostic.js";
import { UsageError } from "../../model/usage-error.js";
import { generateAllowLists } from "../../pipeline/generate-allow-list.js";
import { listNamedFiles } from "../../pipeline/list-named-files.js";
import { type RepairRun, repairTopology } from "../../pipeline/repair-topology.js";
import { replaceExport } from "../../pipeline/replace-export.js";
import { NOTATIONS } from "../../pipeline/targets.js";
import { tightenTopology } from "../../pipeline/tighten-topology.js";
import type { NameTreatment } from "../../pipeline/unheld-names.js";
import { withScripts } from "../../pipeline/with-scripts.js";
import { readInput, readProveInputs } from "../../read/read-inputs.js";
import { writeFiles } from "../../read/write-files.js";
import { allowCsv, allowMarkdown } from "../../report/allow-table.js";
import { allowFiles, allowText, type NamedText } from "../../report/allow-text.js";
import { repairText } from "../../report/repair-text.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { refuseInputs } from "../refuse.js";
import type { Terminal } from "../terminal.js";

export interface AllowCommandOptions {
  readonly device?: string;
  readonly target?: string;
  /** `rules`, `markdown`, `csv`, or the id of a notation. */
  readonly format: string;
  readonly output?: string;
  /** Open every public address for destinations whose addresses nobody stated, where the format holds no names. */
  readonly widenNames: boolean;
  /** Repair the exports instead of writing new lists. */
  readonly fix: boolean;
  /** Narrow the rules of the exports that accept more than is needed. */
  readonly tighten: boolean;
  /** Repair this export alone. */
  readonly against?: string;
}

/** Prints or writes the lists; 1 iff a requirement cannot be made provable or a list cannot be written. */
export async function allow(path: string, options: AllowCommandOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.fix || options.tighten || options.against !== undefined) return repair(path, options, terminal);
  const notation = NOTATIONS.find(({ id }) => id === options.format);
  const inputs = await withScripts(await readProveInputs(path, [], listNamedFiles), options.target);
  const { analysis, diagnostics } = generateAllowLists(inputs, {
    names: nameTreatment(options),
    today: new Date().toISOString().slice(0, 10),
    ...(options.device !== undefined && { device: options.device }),
    ...(options.target !== undefined && { target: options.target }),
    ...(notation && { notation: notation.id }),
  });
  if (analysis === undefined) return refuseInputs(diagnostics, terminal);
  for (const diagnostic of analysis.diagnostics) terminal.tell(`${formatDiagnostic(diagnostic)}\n`);
  const isRefused = analysis.diagnostics.some(({ severity }) => severity === "error");
  if (isRefused) return EXIT.refuted;
  if (analysis.lists.length + analysis.requests.length + analysis.settings.length === 0)
    throw new UsageError("no requirement passes a device that lists are written for");
  await deliver(analysis, options, terminal);
  return EXIT.proved;
}

function nameTreatment({ format, widenNames }: AllowCommandOptions): NameTreatment {
  if (TABLES[format] !== undefined) return "tell";
  return widenNames ? "widen" : "refuse";
}

async function repair(path: string, options: AllowCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const { against, device, target, output, format, fix, tighten, widenNames } = options;
  const change = tighten ? tightenTopology : repairTopology;
  const nothingTo = tighten ? "tighten: no rule that can be narrowed accepts more than is needed" : undefined;
  if (
    target !== undefined ||
    output !== undefined ||
    format !== "rules" ||
    widenNames ||
    (against === undefined && device !== undefined)
  ) {
    const what = against === undefined ? "exports are changed" : "one export is changed";
    throw new UsageError(`${what} in the own format, and what is printed is how`, "leave the other options out");
  }
  if (fix && tighten) throw new UsageError("`--fix` adds rules and `--tighten` narrows them", "leave one of them out");
  const inputs = await withScripts(await readProveInputs(path, [], listNamedFiles));
  if (against === undefined) return tellRepairs(change(inputs), terminal, nothingTo);
  const { value, diagnostics } = await readInput(against);
  const isSame = (file: string): boolean => resolve(file) === resolve(against);
  const replaced = replaceExport(
    { ...inputs, diagnostics: [...inputs.diagnostics, ...diagnostics] },
    value,
    isSame,
    device,
  );
  return tellRepairs(change(replaced.inputs, replaced.device), terminal, nothingTo);
}

/** Prints what repairs there are, and tells what stays unproved; 1 iff something does. */
export async function tellRepairs(
  { analysis, diagnostics }: RepairRun,
  terminal: Terminal,
  nothingTo = "repair: every requirement is proved",
): Promise<ExitCode> {
  if (analysis === undefined) return refuseInputs(diagnostics, terminal);
  for (const diagnostic of analysis.diagnostics) terminal.tell(`${formatDiagnostic(diagnostic)}\n`);
  await terminal.write(repairText(analysis));
  const isWhole = analysis.diagnostics.every(({ severity }) => severity !== "error");
  if (isWhole && analysis.repairs.length === 0) terminal.tell(`nothing to ${nothingTo}\n`);
  return isWhole ? EXIT.proved : EXIT.refuted;
}

const TABLES: Readonly<Record<string, (analysis: AllowAnalysis) => string>> = {
  markdown: allowMarkdown,
  csv: allowCsv,
};

async function deliver(analysis: AllowAnalysis, options: AllowCommandOptions, terminal: Terminal): Promise<void> {
  const table = TABLES[options.format];
  if (table === undefined && analysis.written.length === 0) {
    throw new UsageError(`no device here is written as \`${options.format}\``);
  }
  if (options.output === undefined) {
    await terminal.write((table ?? allowText)(analysis));
    return;
  }
  const files = table === undefined ? allowFiles(analysis) : [requestFile(analysis, options.format, table)];
  await writeFiles(options.output, files);
  for (const { name } of files) terminal.tell(`wrote ${name}\n`);
}

function requestFile(analysis: AllowAnalysis, format: string, table: (analysis: AllowAnalysis) => string): NamedText {
  return { name: `firewall-request.${format === "csv" ? "csv" : "md"}`, text: table(analysis) };
}
