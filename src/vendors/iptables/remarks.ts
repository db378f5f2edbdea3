/** What a user has to know about the sets that the rules ask for. */
import type { Diagnostic } from "../../model/diagnostic.js";
import type { SetCatalogue } from "./set-catalogue.js";
import { type MatchUse, rulesOf, type SetFile, type Table } from "./types.js";

/** Which sets the rules ask for and no export holds, and which will soon hold less. */
export function remarksOnSets(files: readonly SetFile[], tables: readonly Table[], sets: SetCatalogue): Diagnostic[] {
  const missing = new Map<string, Diagnostic>();
  for (const table of tables) {
    for (const { matches, line } of rulesOf([table])) {
      for (const name of setNames(matches)) {
        if (!sets.has(name) && !missing.has(name)) missing.set(name, missingSet(name, table.file, line));
      }
    }
  }
  const timed = files.flatMap((file) => file.sets).filter(hasTimeouts);
  return [
    ...missing.values(),
    ...timed.map(
      (set): Diagnostic => ({
        ...{ code: "iptables/expiring-set", severity: "info", effect: "unknown" },
        message: `elements of set \`${set.name}\` expire; they are taken as they were when it was exported`,
        at: { file: set.file, line: set.line },
      }),
    ),
  ];
}

/** The names of the sets that the matches of a rule ask. */
export function setNames(matches: readonly MatchUse[]): readonly string[] {
  if (!matches.some(({ module }) => module === "set")) return NO_NAMES;
  const options = matches.filter(({ module }) => module === "set").flatMap((use) => use.options);
  return options.filter(({ name }) => name === "--match-set").map(({ values }) => values[0] ?? "");
}

const NO_NAMES: readonly string[] = [];

function hasTimeouts(set: SetFile["sets"][number]): boolean {
  return set.elements.some(
    ({ options }) => options.includes("timeout") && !/ timeout 0\b/.test(` ${options.join(" ")}`),
  );
}

function missingSet(name: string, file: string, line: number): Diagnostic {
  return {
    ...{ code: "iptables/missing-set", severity: "warning", effect: "unknown" },
    message: `the exports do not hold set \`${name}\`, so rules that ask for it stay open`,
    help: "give the output of `ipset save` along with the rules",
    at: { file, line },
  };
}
