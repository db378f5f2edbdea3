/** Turns a trace into the report a person reads: hop by hop what happens to one packet and to its reply. */
import { formatDiagnostic } from "../model/diagnostic.js";
import type { Packet } from "../model/flow.js";
import type { Presentation } from "../model/reporter.js";
import { formatSourceRef } from "../model/source-ref.js";
import type { PacketVerdict, Trace, TracedPath, TraceHop } from "../model/trace.js";
import type { Decision, Doubt } from "../model/verdict.js";
import { decisionText, doubtLines, pathText } from "./hop-lines.js";
import { endsText, legText, packetText } from "./packet-text.js";
import { paint, type Tone } from "./paint.js";
import { quoteLine, type Sources } from "./quote-line.js";
import { wrapAfter } from "./wrap-text.js";

const TONES: Readonly<Record<PacketVerdict, Tone>> = { accept: "good", drop: "bad", reject: "bad", undecided: "doubt" };

/** The trace on every path, with the lines that decide and what every device makes of the packet; `explain` shows every stage. */
export function traceText(trace: Trace, presentation: Presentation): string {
  const { width } = presentation;
  const lines = [
    ...wrapAfter("", `${trace.from} → ${trace.to}`, width),
    ...(trace.paths.length === 0 ? ["", ...wrapAfter("", "no path connects them", width)] : []),
    ...trace.paths.flatMap((path) => ["", ...pathLines(path, trace.sources, presentation)]),
    ...(trace.assumptions.length === 0 ? [] : ["", "taken for granted"]),
    ...trace.assumptions.flatMap((assumption) => wrapAfter("  - ", assumption, width)),
    ...trace.diagnostics
      .filter(({ severity }) => severity !== "info")
      .flatMap((diagnostic) => ["", ...wrapAfter("", formatDiagnostic(diagnostic), width)]),
  ];
  return `${lines.join("\n")}\n`;
}

function pathLines(traced: TracedPath, sources: Sources, presentation: Presentation): string[] {
  const { color, width } = presentation;
  const verdict = paint(traced.verdict, TONES[traced.verdict], color);
  return [
    ...wrapAfter("path ", pathText(traced.path), width),
    ...wrapAfter("  sent: ", packetText(traced.packet), width),
    ...traced.hops.flatMap((hop, index) => hopLines(hop, index, sources, presentation)),
    ...(traced.explanation === undefined ? [] : wrapAfter("  ", traced.explanation, width)),
    `  outcome: ${verdict}`,
  ];
}

function hopLines(hop: TraceHop, index: number, sources: Sources, presentation: Presentation): string[] {
  const { color, width } = presentation;
  const number = `  ${index + 1}. `;
  const indent = " ".repeat(number.length);
  const place = `${hop.device}, ${hop.direction}, ${legText(hop.leg)}`;
  const told = wrapAfter(number, `${place}: ${packetText(hop.before)}`, width);
  const decisions = shownDecisions(hop, presentation).flatMap((decision) => [
    ...wrapAfter(indent, `${decisionText(decision)}  (${formatSourceRef(decision.at)})`, width),
    ...quoteLine(decision.at, sources, width - indent.length - 2).map((line) => `${indent}  ${line}`),
  ]);
  const translated = translation(hop.before, hop.after);
  return [
    ...told,
    ...decisions,
    ...(translated === undefined ? [] : wrapAfter(indent, translated, width)),
    ...shownDoubts(hop, presentation).flatMap((doubt) => doubtLines(doubt, sources, width)),
    `${indent}${paint(hop.verdict, TONES[hop.verdict], color)}`,
  ];
}

/** The rules that took the packet, and the last default where it was needed; with `explain`, every stage. */
function shownDecisions({ decisions, doubts }: TraceHop, { explain }: Presentation): readonly Decision[] {
  const rules = decisions.filter(({ ace }) => ace !== undefined);
  const last = decisions[decisions.length - 1];
  if (explain || last === undefined) return decisions;
  const needsLast = rules.length === 0 || last.disposition !== "accept" || doubts.length > 0;
  return needsLast ? [...rules.filter((rule) => rule !== last), last] : rules;
}

// Where one outcome is certain, it does not matter which rule brings it about.
function shownDoubts({ verdict, doubts }: TraceHop, { explain }: Presentation): readonly Doubt[] {
  return explain || verdict === "undecided" ? doubts : [];
}

function translation(before: Packet, after: Packet | undefined): string | undefined {
  if (after === undefined || endsText(after) === endsText(before)) return undefined;
  return `leaves as ${endsText(after)}`;
}
