/** Turns answers and findings into remarks on lines, as programs that review changes show them. */
import type { Analysis } from "../model/analysis.js";
import type { AuditReport, FindingSeverity } from "../model/finding.js";
import { formatSourceRef, type SourceRef } from "../model/source-ref.js";
import type { Verdict } from "../model/verdict.js";
import { groupVerdicts, servicesOf, type VerdictGroup } from "./group-verdicts.js";
import { shortList } from "./short-names.js";

/** A remark on one line of an input. */
export interface Annotation {
  readonly at: SourceRef;
  readonly severity: FindingSeverity;
  /** What it is about, e.g. a requirement's id. */
  readonly subject: string;
  readonly message: string;
  /** Other than that of every other remark, and the same in the next run. */
  readonly fingerprint: string;
}

/** A remark for each group of flows that is not proved and each prerequisite that is not met. */
export function annotateAnalysis(analysis: Analysis): Annotation[] {
  const open = groupVerdicts(analysis.verdicts, false).filter(({ first }) => first.kind !== "proved");
  const unmet = analysis.prerequisites.filter(({ outcome }) => outcome === "not-met");
  return [
    ...open.map(annotateGroup),
    ...unmet.map(({ id, title, component = "", severity, explanation, at }): Annotation => {
      const where = at ?? { file: analysis.topology.file, line: 1 };
      const message = `${title}${component === "" ? "" : ` (${component})`}: ${explanation}`;
      return { at: where, severity, subject: id, message, fingerprint: JSON.stringify([id, component]) };
    }),
  ];
}

const SHOWN_PAIRS = 4;

function annotateGroup({ first, members }: VerdictGroup): Annotation {
  const { requirement, kind } = first;
  const pairs = members.map(({ from, to }) => `${from || "nobody"} → ${to || "nobody"}`);
  const forbids = requirement.expect === "deny" ? "none of " : "";
  const asked = `${requirement.title}, ${shortList(pairs, SHOWN_PAIRS)}, ${forbids}${servicesOf(first)}`;
  const lines = first.kind === "proved" ? [] : [`${kind}: ${first.explanation}`, ...nearMissText(first)];
  return {
    at: decidingPlace(first) ?? requirement.at,
    severity: kind === "refuted" ? "error" : "warning",
    subject: requirement.id,
    message: [asked, ...lines].join("\n"),
    fingerprint: JSON.stringify([requirement.id, kind, ...pairs]),
  };
}

function decidingPlace(verdict: Verdict): SourceRef | undefined {
  if (verdict.kind === "proved") return undefined;
  return verdict.kind === "refuted" ? verdict.decidedBy?.at : verdict.because[0]?.at;
}

function nearMissText(verdict: Verdict): string[] {
  const miss = verdict.kind === "refuted" ? verdict.nearMisses[0] : undefined;
  return miss === undefined ? [] : [`nearly accepted by ${formatSourceRef(miss.at)} (${miss.ace}): ${miss.difference}`];
}

/** A remark for each of some findings. */
export function annotateFindings(findings: AuditReport["findings"]): Annotation[] {
  return findings.map(({ subject: at, severity, check, message, help, fingerprint }) => {
    return { at, severity, subject: check, message: `${message}\n${help}`, fingerprint };
  });
}
