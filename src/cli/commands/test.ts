/** `flowproof test`: puts the packets of a packet file to one firewall and compares with what they expect. */
import { type Diagnostic, formatDiagnostic } from "../../model/diagnostic.js";
import type { PacketResult } from "../../model/packet-test.js";
import { UsageError } from "../../model/usage-error.js";
import { type PacketTester, preparePacketTest } from "../../pipeline/test-packets.js";
import { readAllInputs } from "../../read/read-inputs.js";
import { readLines } from "../../read/read-lines.js";
import { STDIN_LABEL } from "../../read/read-text.js";
import { isUnmet, packetResultJson, packetResultsText, unreadablePacketJson } from "../../report/packet-results.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import { refuseInputs } from "../refuse.js";
import type { Terminal } from "../terminal.js";

export interface TestOptions {
  readonly packets: string;
  readonly as?: string;
  readonly device?: string;
  readonly format: "text" | "json";
}

const SHOWN_ROWS = 500;

/** Tests the packets; 0 iff every line is a packet and every expectation is met, 2 iff no line is a packet. */
export async function test(paths: readonly string[], options: TestOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.packets === "-" && paths.includes("-")) {
    throw new UsageError("standard input cannot be both the export and the packets");
  }
  const read = await readAllInputs(paths);
  const { value: tester, diagnostics } = preparePacketTest(read.value, options);
  if (tester === undefined) return refuseInputs([...read.diagnostics, ...diagnostics], terminal);
  return await run(tester, options, terminal);
}

/** What is counted, and the rows kept for the table, while packets stream by. */
interface Tally {
  packets: number;
  expectations: number;
  unmet: number;
  unreadable: number;
  readonly told: Set<string>;
  readonly rows: PacketResult[];
  readonly unmetRows: PacketResult[];
}

async function run(tester: PacketTester, { packets, format }: TestOptions, terminal: Terminal): Promise<ExitCode> {
  const counts = { packets: 0, expectations: 0, unmet: 0, unreadable: 0 };
  const tally: Tally = { ...counts, told: new Set(), rows: [], unmetRows: [] };
  const file = packets === "-" ? STDIN_LABEL : packets;
  let line = 0;
  for await (const batch of readLines(packets, file)) {
    const answers = batch.flatMap((text) => answer(tester, text, { file, line: ++line }, tally, terminal));
    if (format === "json" && answers.length > 0) await terminal.write(`${answers.join("\n")}\n`);
  }
  if (tally.packets === 0) throw new UsageError(`\`${file}\` holds no packet`);
  if (format === "text") await writeTable(tally, tester, terminal);
  return tally.unmet + tally.unreadable > 0 ? EXIT.refuted : EXIT.proved;
}

function answer(
  tester: PacketTester,
  text: string,
  at: { readonly file: string; readonly line: number },
  tally: Tally,
  terminal: Terminal,
): string[] {
  const { value: result, diagnostics } = tester.test(text, at);
  for (const diagnostic of diagnostics) tell(diagnostic, tally, terminal);
  if (result !== undefined) {
    count(result, tally);
    return [packetResultJson(result)];
  }
  const error = diagnostics.find(({ severity }) => severity === "error");
  if (error === undefined) return [];
  tally.unreadable++;
  return [unreadablePacketJson(error.message, at.file, at.line)];
}

/** Tells every error, and every warning the first time it comes up. */
function tell(diagnostic: Diagnostic, { told }: Tally, terminal: Terminal): void {
  if (diagnostic.severity !== "error" && told.has(diagnostic.message)) return;
  told.add(diagnostic.message);
  terminal.tell(`${formatDiagnostic(diagnostic)}\n`);
}

function count(result: PacketResult, tally: Tally): void {
  tally.packets++;
  if (result.expected !== undefined) tally.expectations++;
  if (tally.rows.length < SHOWN_ROWS) tally.rows.push(result);
  if (!isUnmet(result)) return;
  tally.unmet++;
  if (tally.unmetRows.length < SHOWN_ROWS) tally.unmetRows.push(result);
}

/** Shows every result where they are few, else those that are not as expected. */
async function writeTable(tally: Tally, { sources }: PacketTester, terminal: Terminal): Promise<void> {
  const few = tally.packets <= SHOWN_ROWS;
  const rows = few || tally.unmet === 0 ? tally.rows : tally.unmetRows;
  const hidden = (few || tally.unmet === 0 ? tally.packets : tally.unmet) - rows.length;
  await terminal.write(packetResultsText(rows, hidden, tally, sources, terminal.presentation(false)));
}
