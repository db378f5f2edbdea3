/** Turns what a difference means for requirements, and for an expected change, into lines of text. */
import type { ChangeStep, Difference, StepFailure, VerdictChange } from "../model/difference.js";
import type { Presentation } from "../model/reporter.js";
import { formatSourceRef } from "../model/source-ref.js";
import { packetText } from "./packet-text.js";
import { paint, type Tone } from "./paint.js";
import { quoteLine } from "./quote-line.js";
import { wrapAfter, wrapText } from "./wrap-text.js";

const TONES: Readonly<Record<ChangeStep["result"], Tone>> = { proved: "good", refuted: "bad", undecided: "doubt" };

/** The requirements whose verdict changes, with the lines that decide; none without a topology. */
export function requirementLines({ requirements, sources }: Difference, presentation: Presentation): string[] {
  if (requirements === undefined) return [];
  const { changed, same } = requirements;
  const heading = `requirements: ${changed.length} with another verdict, ${same} as before`;
  const lines = ({ requirement, title, from, to, before, after, at }: VerdictChange) => [
    ...wrapAfter("  ", `${requirement} ${from} → ${to} (${title}): ${before} → ${after}`, presentation.width),
    ...wrapAfter("    ", formatSourceRef(at), presentation.width),
    ...quoteLine(at, sources, presentation.width - 6).map((line) => `      ${line}`),
  ];
  return [paint(heading, "strong", presentation.color), ...changed.flatMap(lines), ""];
}

const DEMANDS: Readonly<Record<ChangeStep["step"], string>> = {
  "not yet": "before, what is to change is still as it was",
  now: "afterwards, all of it is as expected",
  "nothing else": "nothing else changes",
};

/** The three steps of the check; none where no change is expected. */
export function expectedLines({ expected, sources }: Difference, presentation: Presentation): string[] {
  if (expected === undefined) return [];
  const { width, color } = presentation;
  const steps = expected.steps.flatMap(({ step, result, failures }, i) => [
    ...wrapAfter("  ", `${i + 1}. ${DEMANDS[step]}: ${result}`, width).map((line) => paint(line, TONES[result], color)),
    ...failures.flatMap((failure) => failureLines(failure, sources, width)),
  ]);
  return [...wrapText(`change ${expected.name}`, width).map((line) => paint(line, "strong", color)), ...steps, ""];
}

function failureLines(
  { expectation, packets, witness, decision }: StepFailure,
  sources: Difference["sources"],
  width: number,
) {
  const quoted = (at: typeof expectation) => quoteLine(at, sources, width - 8).map((line) => `        ${line}`);
  return [
    ...wrapAfter("     ", `not so for ${formatSourceRef(expectation)}`, width),
    ...(packets.length === 0 ? ["       it is about no packet at all"] : []),
    ...packets.flatMap((line) => wrapAfter("       ", line, width)),
    ...(witness === undefined ? [] : wrapAfter("       e.g. ", packetText(witness), width)),
    ...(decision === undefined
      ? []
      : [
          ...wrapAfter("       ", `${formatSourceRef(decision.at)}: ${decision.disposition}`, width),
          ...quoted(decision.at),
        ]),
  ];
}
