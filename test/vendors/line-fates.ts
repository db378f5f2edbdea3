/** Counts what became of the lines of an export. */
import { expect } from "chai";
import type { Conversion } from "../../src/model/vendor.js";

/** How many lines have each fate, after checking that each line that holds anything has exactly one. */
export function fatesOf({ coverage }: Conversion, file: string, text: string): Record<string, number> {
  const accounts = coverage.filter((covered) => covered.file === file);
  const lines = text.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [index + 1]));
  expect(
    accounts.flatMap((account) => account.lines.map(({ line }) => line)),
    file,
  ).to.deep.equal(lines);

  const fates: Record<string, number> = {};
  for (const { fate } of accounts.flatMap((account) => account.lines)) fates[fate] = (fates[fate] ?? 0) + 1;
  return fates;
}
