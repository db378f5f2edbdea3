/** Turns a difference into text: what is opened and closed, with the lines that decide on both sides. */
import type { Change, DeviceDifference, Difference, DirectionDifference, SideDecision } from "../model/difference.js";
import type { Presentation } from "../model/reporter.js";
import { formatSourceRef } from "../model/source-ref.js";
import { coverageLines } from "./coverage-lines.js";
import { diagnosticLines } from "./diagnostic-lines.js";
import { expectedLines, requirementLines } from "./diff-check-lines.js";
import { packetText } from "./packet-text.js";
import { paint, type Tone } from "./paint.js";
import { quoteLine } from "./quote-line.js";
import { wrapAfter, wrapText } from "./wrap-text.js";

const TONES: Readonly<Record<Difference["result"], Tone>> = { equal: "good", different: "bad", undecided: "doubt" };

const KINDS = {
  opened: { title: "newly accepted", tone: "bad" },
  closed: { title: "newly stopped", tone: "doubt" },
  altered: { title: "accepted as before, but sent on differently", tone: "bad" },
} as const;

/** The changes by device and direction, then what was read, and the answer. */
export function diffText(difference: Difference, presentation: Presentation): string {
  const { devices, coverage, diagnostics, result } = difference;
  const remarks = diagnosticLines(diagnostics, presentation);
  const lines = [
    ...devices.flatMap((device) => deviceLines(device, difference, presentation)),
    ...requirementLines(difference, presentation),
    ...expectedLines(difference, presentation),
    ...coverageLines(coverage, presentation),
    ...(remarks.length > 0 ? ["", ...remarks] : []),
    "",
    ...wrapText(answer(difference), presentation.width).map((line) => paint(line, TONES[result], presentation.color)),
  ];
  return `${lines.join("\n")}\n`;
}

function answer({ result, compared, expected }: Difference): string {
  const others = expected === undefined ? "" : " besides those expected";
  switch (result) {
    case "equal":
      return expected === undefined
        ? `no semantic change: proved for all ${compared}`
        : `no other packet fares differently: proved for all ${compared}`;
    case "different":
      return `packets fare differently${others} (compared: ${compared})`;
    case "undecided":
      return "whether anything changes depends on conditions that packets do not tell, or is too complex";
  }
}

function deviceLines(device: DeviceDifference, difference: Difference, presentation: Presentation): string[] {
  const { before, after, directions } = device;
  if (before === undefined || after === undefined) {
    const side = before === undefined ? "after" : "before";
    return [...wrapText(`device ${before ?? after} is only there ${side} the change`, presentation.width), ""];
  }
  return directions.flatMap((one) => [...directionLines(one, device, difference, presentation), ""]);
}

function directionLines(
  { direction, directionAfter, result, changes, assuming = [], open }: DirectionDifference,
  { before, after }: DeviceDifference,
  difference: Difference,
  presentation: Presentation,
): string[] {
  const name = before === after ? `${before}` : `${before} → ${after}`;
  const { width, color } = presentation;
  const way = direction === directionAfter ? direction : `${direction} → ${directionAfter}`;
  return [
    paint(`${name}, ${way}: ${result}`, "strong", color),
    ...changes.flatMap((change) => changeLines(change, difference, presentation)),
    ...assuming.flatMap((text) => wrapAfter("  if it turns out alike before and after: ", text, width)),
    ...open.flatMap((line) => wrapAfter("  may differ: ", line, width)),
  ];
}

function changeLines(change: Change, { sources }: Difference, { width, color }: Presentation): string[] {
  const { kind, packets, witness, before, after } = change;
  const { title, tone } = KINDS[kind];
  const side = (when: string, decision: SideDecision) => [
    ...wrapAfter(`    ${when}: `, `${formatSourceRef(decision.at)}: ${decisionText(decision)}`, width),
    ...quoteLine(decision.at, sources, width - 6).map((line) => `      ${line}`),
    ...(decision.becomes ?? []).flatMap((line) => wrapAfter("      becomes: ", line, width)),
  ];
  return [
    "",
    `  ${paint(title, tone, color)}`,
    ...packets.flatMap((line) => wrapAfter("    ", line, width)),
    ...wrapAfter("    e.g. ", packetText(witness), width),
    ...side("before", before),
    ...side("after", after),
  ];
}

function decisionText({ disposition, ace }: SideDecision): string {
  return `${disposition}${ace === undefined ? " by default" : ""}`;
}
