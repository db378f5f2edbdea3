/** Turns the verdicts of many pairs of components into the few groups a person reads. */
import { formatSourceRef } from "../model/source-ref.js";
import type { Decision, Hop, Verdict } from "../model/verdict.js";
import { serviceText } from "./packet-text.js";

/** Verdicts on one requirement that are alike: the same answer for the same reason. Never empty. */
export interface VerdictGroup {
  readonly first: Verdict;
  readonly members: readonly Verdict[];
}

/** The groups in the order of their first members; with `apart`, each verdict is a group of its own. */
export function groupVerdicts(verdicts: readonly Verdict[], apart: boolean): VerdictGroup[] {
  const groups = new Map<string, Verdict[]>();
  verdicts.forEach((verdict, index) => {
    const key = apart ? String(index) : likeness(verdict);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [verdict]);
    else members.push(verdict);
  });
  return [...groups.values()].map((members) => ({ first: members[0] as Verdict, members }));
}

/** Kinds of the paths a verdict speaks of, e.g. "vpn, internet". */
export function pathKinds(verdict: Verdict): string {
  if (verdict.kind === "proved") return unique(verdict.paths.map(({ path }) => path.kind)).join(", ");
  return verdict.path?.kind ?? "none";
}

/** The services of a verdict's requirement, e.g. "tcp/443, udp/137-138". */
export function servicesOf({ requirement }: Verdict): string {
  const texts = requirement.services.flatMap(({ name, services }) =>
    name === "any" ? name : services.map(serviceText),
  );
  return unique(texts).join(", ");
}

/**
 * The lines that decide a verdict: that of the refutation, those of the doubts, or the rules that let the first packet
 * pass (the defaults that do, where no rule is needed), that nearest to the destination first.
 */
export function decidingLines(verdict: Verdict): string[] {
  if (verdict.kind === "refuted") return verdict.decidedBy === undefined ? [] : [formatSourceRef(verdict.decidedBy.at)];
  if (verdict.kind === "undecided") return unique(verdict.because.map(({ at }) => formatSourceRef(at)));
  const decisions = verdict.paths.flatMap(({ hops }) => decisionsOf(hops).reverse());
  const rules = decisions.filter(({ ace }) => ace !== undefined);
  return unique((rules.length > 0 ? rules : decisions).map(({ at }) => formatSourceRef(at)));
}

/** The distinct values in the order they first appear. */
export function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function decisionsOf(hops: readonly Hop[]): Decision[] {
  return hops.filter(({ leg }) => leg === "first").flatMap(({ decisions }) => decisions);
}

function likeness(verdict: Verdict): string {
  const { kind, requirement } = verdict;
  const reason = verdict.kind === "refuted" ? verdict.reason : "";
  const lines = verdict.kind === "proved" ? [] : decidingLines(verdict);
  return JSON.stringify([requirement.id, kind, pathKinds(verdict), reason, lines]);
}
