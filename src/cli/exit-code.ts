/** Turns answers into the exit codes scripts rely on. */
import type { Analysis } from "../model/analysis.js";

/** What each exit code says. */
export const EXIT = { proved: 0, refuted: 1, unusable: 2, undecided: 3, bug: 70 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** 1 iff something is refuted or a prerequisite of severity error is not met, else 3 iff something is undecided, else 0. */
export function exitCodeOf({ verdicts, prerequisites }: Pick<Analysis, "verdicts" | "prerequisites">): ExitCode {
  const unmet = prerequisites.some(({ outcome, severity }) => outcome === "not-met" && severity === "error");
  if (unmet || verdicts.some(({ kind }) => kind === "refuted")) return EXIT.refuted;
  return verdicts.some(({ kind }) => kind === "undecided") ? EXIT.undecided : EXIT.proved;
}
