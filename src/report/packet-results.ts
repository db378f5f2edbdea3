/** Turns what a firewall does with the packets of a packet file into JSON lines or a table. */
import type { PacketResult } from "../model/packet-test.js";
import type { Presentation } from "../model/reporter.js";
import { formatSourceRef } from "../model/source-ref.js";
import type { PacketVerdict } from "../model/trace.js";
import { endsJson } from "./packet-json.js";
import { endsText, packetText } from "./packet-text.js";
import type { Tone } from "./paint.js";
import { lineAt, type Sources } from "./quote-line.js";
import { counted } from "./summary.js";
import { type Cell, renderTable } from "./table.js";

/** Totals of a packet file. */
export interface PacketTotals {
  readonly packets: number;
  readonly expectations: number;
  readonly unmet: number;
  readonly unreadable: number;
}

/** One line of JSON, without a line end. */
export function packetResultJson({ verdict, decidedBy, because, after }: PacketResult): string {
  return JSON.stringify({
    verdict,
    decidedBy: decidedBy === undefined ? null : { file: decidedBy.file, line: decidedBy.line },
    because: because.map(({ condition, at }) => ({ condition, file: at.file, line: at.line })),
    ...(after === undefined ? {} : { after: endsJson(after) }),
  });
}

/** The JSON line that stands for a line that describes no packet, so that answers keep the order of the questions. */
export function unreadablePacketJson(message: string, file: string, line: number): string {
  return JSON.stringify({ verdict: "undecided", decidedBy: null, because: [{ condition: message, file, line }] });
}

/** True iff the packet file says what must happen and something else does, or may. */
export function isUnmet({ expected, verdict }: PacketResult): boolean {
  return expected !== undefined && expected !== verdict;
}

const TONES: Readonly<Record<PacketVerdict, Tone>> = { accept: "good", drop: "bad", reject: "bad", undecided: "doubt" };

/** The table of some results, `hidden` more of which are not shown, and the line of totals. */
export function packetResultsText(
  results: readonly PacketResult[],
  hidden: number,
  totals: PacketTotals,
  sources: Sources,
  presentation: Presentation,
): string {
  const head = ["line", "packet", "verdict", "expected", "deciding line"];
  const rows = results.map((result) => row(result, sources));
  const table = results.length === 0 ? [] : [...renderTable(head, rows, presentation), ""];
  const more = hidden > 0 ? [`and ${hidden} more (--format json gives all)`, ""] : [];
  return `${[...table, ...more, totalsText(totals)].join("\n")}\n`;
}

function row(result: PacketResult, sources: Sources): Cell[] {
  const { at, packet, verdict, expected, after } = result;
  const translated = after === undefined ? "" : `, leaves as ${endsText(after)}`;
  return [
    String(at.line),
    packetText(packet) + translated,
    { text: verdict, tone: TONES[verdict] },
    isUnmet(result) ? { text: `${expected}, not met`, tone: "bad" } : (expected ?? ""),
    decidingText(result, sources),
  ];
}

function decidingText({ decidedBy, because }: PacketResult, sources: Sources): string {
  if (decidedBy === undefined) {
    return because.map(({ condition, at }) => `${formatSourceRef(at)}: ${condition}`).join("\n");
  }
  const line = lineAt(decidedBy, sources);
  return line === undefined ? formatSourceRef(decidedBy) : `${formatSourceRef(decidedBy)}: ${line}`;
}

function totalsText({ packets, expectations, unmet, unreadable }: PacketTotals): string {
  const met = expectations - unmet;
  const broken = unreadable === 0 ? "" : `, ${counted(unreadable, "line")} unreadable`;
  return `${counted(packets, "packet")}, ${met} of ${counted(expectations, "expectation")} met${broken}`;
}
