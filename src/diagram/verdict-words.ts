/** The words pictures use for verdicts, so that no meaning hangs on colour alone. */
import type { Verdict } from "../model/verdict.js";
import type { Tone } from "./diagram.js";
import { isForbidden } from "./flow-route.js";

/** The worst first: what a node or edge that stands for several verdicts says. */
const BY_WEIGHT: readonly Tone[] = ["refuted", "undecided", "proved", "plain"];

/** The tone that must not be overlooked among several; `plain` for none. */
export function worstTone(tones: readonly Tone[]): Tone {
  return BY_WEIGHT.find((tone) => tones.includes(tone)) ?? "plain";
}

/** One sentence with the number of verdicts of each kind. */
export function countVerdicts(verdicts: readonly Verdict[]): string {
  const count = (kind: Verdict["kind"]) => verdicts.filter((verdict) => verdict.kind === kind).length;
  const parts = (["proved", "refuted", "undecided"] as const).map((kind) => `${count(kind)} ${kind}`);
  return `${verdicts.length} ${verdicts.length === 1 ? "requirement" : "requirements"}: ${parts.join(", ")}.`;
}

const SHOWN_NOTES = 8;

/** What a picture of flows cannot draw: flows without a path, and forbidden ones that do not arrive. */
export function undrawnNotes(verdicts: readonly Verdict[]): string[] {
  const unreached = verdicts.filter((verdict) => verdict.kind === "refuted" && verdict.path === undefined);
  const kept = verdicts.filter((verdict) => verdict.kind === "proved" && isForbidden(verdict));
  const pathless = new Set(
    unreached.map(({ requirement, from, to }) => `${requirement.id}: no path from ${from || "?"} to ${to || "?"}`),
  );
  const hidden = pathless.size - SHOWN_NOTES;
  return [
    ...[...pathless].slice(0, SHOWN_NOTES),
    ...(hidden > 0 ? [`and ${hidden} more without a path`] : []),
    ...(kept.length === 0
      ? []
      : [`${kept.length} forbidden ${kept.length === 1 ? "flow is" : "flows are"} proved not to arrive`]),
  ];
}
