import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { requireShared } from "../../shared-path.js";
import { convertTexts } from "./fixtures.js";
import { readVectors } from "./kernel-vectors.js";

/** The fates of the lines, after checking that each line that holds anything has exactly one. */
function fatesOf(name: string, text: string): Record<string, number> {
  const [coverage] = convertTexts({ [name]: text }).coverage;
  const lines = text.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [index + 1]));
  expect(
    coverage?.lines.map(({ line }) => line),
    name,
  ).to.deep.equal(lines);

  const fates: Record<string, number> = {};
  for (const { fate } of coverage?.lines ?? []) fates[fate] = (fates[fate] ?? 0) + 1;
  return fates;
}

describe("iptables: the shared dumps", () => {
  let shared: string;
  before(function () {
    shared = requireShared(this);
  });

  it("reads every line of every dump of the corpus, and rejects none", () => {
    for (const folder of ["iptables", "ufw"].map((name) => join(shared, "corpus", name))) {
      for (const name of readdirSync(folder).filter((each) => !each.endsWith(".json"))) {
        expect(fatesOf(name, readFileSync(join(folder, name), "utf8")), name).not.to.have.property("rejected");
      }
    }
  });

  it("reads every line of every rule set the kernel was asked about, and rejects none", () => {
    for (const path of ["kernel", "kernel-real", "kernel-traps.json"]) {
      for (const { id, ruleset } of readVectors(join(shared, "vectors", path))) {
        expect(fatesOf(id, ruleset), id).not.to.have.property("rejected");
      }
    }
  });
});
