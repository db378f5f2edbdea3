/** `flowproof report`: everything a proof found out, as one page for a review board or as Markdown for a pull request. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { ProveInputs } from "../../model/inputs.js";
import type { Review } from "../../model/review.js";
import { UsageError } from "../../model/usage-error.js";
import { listNamedFiles } from "../../pipeline/list-named-files.js";
import { reviewTopology } from "../../pipeline/review-topology.js";
import { withScripts } from "../../pipeline/with-scripts.js";
import { readProveInputs } from "../../read/read-inputs.js";
import { readPage, sha256Base64 } from "../../read/read-page.js";
import { writeWhole } from "../../read/write-files.js";
import { reportHtml } from "../../report/html/page.js";
import { reportMarkdown } from "../../report/markdown-report.js";
import { counted, summarize, summaryText } from "../../report/summary.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { refuseInputs } from "../refuse.js";
import type { Terminal } from "../terminal.js";

export interface ReportOptions {
  readonly format: "html" | "markdown";
  /** Absent: standard output. */
  readonly output?: string;
  readonly open: boolean;
  readonly only: readonly string[];
  /** Absent: as far as the size of the topology leaves time for it. */
  readonly audit?: boolean;
  readonly repairs?: boolean;
  readonly progress: boolean;
}

/** Writes the report; one that tells of refuted flows is a success like any other. */
export async function report(
  path: string,
  options: ReportOptions,
  version: string,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.open && options.output === undefined)
    throw new UsageError("`--open` needs a file to open", "name it with `-o report.html`");
  const inputs = await withScripts(await readProveInputs(path, [], listNamedFiles, true));
  const onStep = (step: string): void => terminal.progress(step, options.progress);
  const { review, diagnostics } = reviewTopology(inputs, { ...options, onStep });
  if (review === undefined) return refuseInputs(diagnostics, terminal);
  onStep(`writing about ${counted(review.analysis.verdicts.length, "flow")}`);
  await deliver(await write(review, inputs, version, options.format), options, terminal);
  onStep(summaryText(summarize(review.analysis)));
  return EXIT.proved;
}

async function write(
  review: Review,
  inputs: ProveInputs,
  version: string,
  format: ReportOptions["format"],
): Promise<string> {
  const all = [inputs.topology, ...inputs.exports.values(), ...inputs.catalogues];
  const digests = all.flatMap(({ file, sha256 }) => (sha256 === undefined ? [] : [{ file, sha256 }]));
  if (format === "markdown") return reportMarkdown(review, digests);
  return reportHtml(review, { version, digests, sha256: sha256Base64, ...(await readPage()) });
}

async function deliver(text: string, { output, open }: ReportOptions, terminal: Terminal): Promise<void> {
  if (output === undefined) return terminal.write(text);
  await writeWhole(output, text);
  if (open) openFile(resolve(output));
}

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  win32: ["explorer.exe"],
};

/** Hands the file to whatever this desktop opens files with; a machine without a desktop is left in peace. */
function openFile(path: string): void {
  const [command = "", ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  spawn(command, [...args, path], { detached: true, stdio: "ignore" })
    .on("error", () => undefined)
    .unref();
}
