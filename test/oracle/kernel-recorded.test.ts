/** The kernel's verdicts on random packets under random rules, as it once gave them: needs neither root nor Linux. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { readTrial, TRIAL_KINDS } from "./kernel-trials.js";
import { describeTally, emptyTally, judgeTrial } from "./kernel-verdicts.js";
import type { Recording } from "./record-kernel.js";

describe("the kernel as judge, recorded", () => {
  const lines = readFileSync("test/oracle/fixtures/kernel.jsonl", "utf8").trim().split("\n");
  const recordings = lines.map((line) => JSON.parse(line) as Recording);

  for (const kind of TRIAL_KINDS) {
    it(`did with every packet what rules of ${kind} say`, () => {
      const tally = emptyTally();
      for (const recording of recordings.filter((each) => each.kind === kind)) {
        const packets = recording.packets.map((packet) => ({ packet }));
        const trial = { ...readTrial(kind, recording), asked: { loads: [], confirms: false, packets } };
        judgeTrial(trial, { observations: recording.observations }, tally);
      }

      console.log(`      ${describeTally(tally)}`);
      expect(tally.disagreements).to.deep.equal([]);
      expect(tally.all.asked).to.be.above(250);
    });
  }
});
