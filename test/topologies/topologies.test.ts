import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { load as parse } from "js-yaml";
import { formatBreak, listBreaks, pathOf, prove, REPAIRED, readShipped, SCENARIOS } from "./prove-shipped.js";

interface Place {
  readonly file: string;
  readonly line: number;
}

/** An entry of `before/mistakes.yaml`: what a mistake breaks, the line that decides, and the mistake itself. */
interface Mistake extends Place {
  readonly requirement: string;
  readonly from: string;
  readonly to: string;
  readonly cause: Place;
  readonly why: string;
}

function mistakesOf(scenario: string): readonly Mistake[] {
  return parse(readFileSync(pathOf(scenario, "before/mistakes.yaml"), "utf8")) as readonly Mistake[];
}

function bytesOf(scenario: string, file: string): string {
  return readFileSync(pathOf(scenario, file)).toString("latin1");
}

describe("shipped topologies", () => {
  for (const scenario of SCENARIOS) {
    it(`proves every requirement of ${scenario}`, async () => {
      const analysis = prove(await readShipped(scenario));

      expect(analysis.topology.name).to.equal(scenario);
      expect(analysis.topology.scenarios.map(({ name }) => name)).to.deep.equal([scenario]);
      expect(analysis.verdicts).not.to.be.empty;
      expect(listBreaks(analysis)).to.deep.equal([]);
      expect(analysis.prerequisites.filter(({ outcome }) => outcome === "not-met")).to.deep.equal([]);
    });

    it(`shows editors the schema of ${scenario}`, () => {
      const files = REPAIRED.includes(scenario) ? ["topology.yaml", "before/topology.yaml"] : ["topology.yaml"];

      for (const file of files) {
        const path = pathOf(scenario, file);
        const [, schema = ""] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(readFileSync(path, "utf8")) ?? [];
        expect(existsSync(join(dirname(path), schema)), path).to.equal(true);
        expect(schema).to.match(/schemas\/topology\.schema\.json$/);
      }
    });

    it(`understands every line of the exports of ${scenario}`, async () => {
      const { coverage } = prove(await readShipped(scenario));

      const rejected = coverage.flatMap(({ file, lines }) =>
        lines.filter(({ fate }) => fate === "rejected").map(({ line, note }) => `${file}:${line} ${note}`),
      );

      expect(rejected).to.deep.equal([]);
    });
  }
});

describe("shipped topologies before the repair", () => {
  it("ship for eight scenarios", () => {
    expect(REPAIRED).to.have.length(8);
  });

  for (const scenario of REPAIRED) {
    it(`refutes in ${scenario} exactly what its mistakes break, at the lines that decide`, async () => {
      const expected = mistakesOf(scenario).map((mistake) =>
        formatBreak({ ...mistake, place: `${mistake.file}:${mistake.line}` }),
      );

      const analysis = prove(await readShipped(scenario, "before/topology.yaml"));

      expect(listBreaks(analysis)).to.deep.equal(expected.sort());
      expect(analysis.verdicts.map(({ kind }) => kind)).to.not.include("undecided");
    });

    it(`names every export of ${scenario} that was repaired`, async () => {
      const { exports } = await readShipped(scenario, "before/topology.yaml");
      const changed = [...exports.keys()].filter((file) => !file.startsWith("../"));

      const mistaken = mistakesOf(scenario).flatMap(({ file, cause }) => [file, cause.file]);

      expect(mistaken).to.include.members(changed);
      for (const file of changed)
        expect(bytesOf(scenario, `before/${file}`), file).to.not.equal(bytesOf(scenario, file));
    });
  }
});
