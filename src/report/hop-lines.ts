/** Turns the hops of a path into the lines that tell, device by device, what happens. */
import type { Presentation } from "../model/reporter.js";
import { formatSourceRef } from "../model/source-ref.js";
import type { Decision, Doubt, Hop, PathDescription } from "../model/verdict.js";
import { legText } from "./packet-text.js";
import { paint, type Tone } from "./paint.js";
import { quoteLine, type Sources } from "./quote-line.js";
import { wrapAfter } from "./wrap-text.js";

/** The words of a stage's decision, e.g. "filter FORWARD, filter to_vnet rule 1: drop" or "inbound, default: drop". */
export function decisionText({ hook, acl, ace, disposition }: Decision): string {
  const parts = hook.endsWith(` ${acl}`) ? [hook, ace ?? "default"] : [hook, acl, ace ?? "default"];
  const place = parts.filter((part, index) => !parts[index + 1]?.startsWith(part));
  return `${place.join(", ")}: ${disposition}`;
}

/** E.g. "vpn: office, edge, tunnel, cloud". */
export function pathText({ kind, nodes }: PathDescription): string {
  return `${kind}: ${nodes.join(" → ")}`;
}

/**
 * Numbered hops of the first packet and of whatever was refused, each with the decision that matters; with `explain`, the
 * hops of every leg with all decisions, the lines that decide, and the packets that leave. Unless `certain`, what the last
 * hop does is only what it may do.
 */
export function hopLines(
  hops: readonly Hop[],
  certain: boolean,
  sources: Sources,
  presentation: Presentation,
): string[] {
  const { explain, width } = presentation;
  const shown = explain ? hops : hops.filter(({ leg, disposition }) => leg === "first" || disposition !== "accept");
  return shown.flatMap((hop, index) => [
    ...hopHead(hop, index, certain || index < shown.length - 1, presentation),
    ...(explain ? hop.decisions : weightiest(hop.decisions)).flatMap((decision) =>
      decisionLines(decision, sources, presentation),
    ),
    ...(explain ? packetsOf(hop, width) : []),
  ]);
}

/** The decision that counts, if any: most stages let a packet pass by default, so the last rule that took it, or the refusal. */
export function weightiest(decisions: readonly Decision[]): Decision[] {
  const last = decisions[decisions.length - 1];
  const ruled = decisions.findLast(({ ace }) => ace !== undefined);
  const shown = last?.disposition === "accept" ? (ruled ?? last) : last;
  return shown === undefined ? [] : [shown];
}

/** What a doubt is about, with its line quoted. */
export function doubtLines({ condition, at }: Doubt, sources: Sources, width: number): string[] {
  const quoted = quoteLine(at, sources, width - 6).map((line) => `      ${line}`);
  return [...wrapAfter("    ", `${formatSourceRef(at)}: ${condition}`, width), ...quoted];
}

function hopHead(hop: Hop, index: number, certain: boolean, { color, width }: Presentation): string[] {
  const tone: Tone = !certain ? "doubt" : hop.disposition === "accept" ? "good" : "bad";
  const lines = wrapAfter(`    ${index + 1}. `, `${hop.device}, ${legText(hop.leg)}:`, width - 24);
  const last = lines.length - 1;
  lines[last] = `${lines[last]} ${paint(certain ? hop.disposition : `may ${hop.disposition}`, tone, color)}`;
  return lines;
}

function decisionLines(decision: Decision, sources: Sources, { explain, width }: Presentation): string[] {
  const told = wrapAfter("       ", `${decisionText(decision)}  (${formatSourceRef(decision.at)})`, width);
  if (!explain) return told;
  return [...told, ...quoteLine(decision.at, sources, width - 9).map((line) => `         ${line}`)];
}

function packetsOf({ before, after }: Hop, width: number): string[] {
  if (before === "") return [];
  const entering = wrapAfter("       enters: ", before, width);
  return after === before || after === "" ? entering : [...entering, ...wrapAfter("       leaves: ", after, width)];
}
