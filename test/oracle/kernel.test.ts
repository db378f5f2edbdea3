/** The kernel as judge: random rule sets are loaded into a network namespace, and random packets are sent through. */
import { expect } from "chai";
import { askKernel, noKernelBecause } from "./ask-kernel.js";
import { makeTrial, TRIAL_KINDS } from "./kernel-trials.js";
import { describeTally, emptyTally, judgeTrial } from "./kernel-verdicts.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20261122);
const FUZZ = Number(process.env["FLOWPROOF_FUZZ"] ?? 1);
// 40 rule sets of each kind with 60 packets in the default suite; `kernel-run` asks about millions
const RULE_SETS = FUZZ * 40;
const PACKETS = 60;
const TOGETHER = 20;

describe("the kernel as judge", function () {
  this.timeout(3_600_000);
  before(function () {
    const reason = noKernelBecause();
    if (reason === undefined) return;
    if (process.env["FLOWPROOF_REQUIRE_ORACLES"] === "1") throw new Error(`the kernel cannot be asked: ${reason}`);
    console.log(`      skipped: the kernel cannot be asked: ${reason}`);
    this.skip();
  });

  for (const kind of TRIAL_KINDS) {
    it(`does with random packets what random rules of ${kind} say (seed ${SEED})`, async () => {
      const tally = emptyTally();
      for (let first = 0; first < RULE_SETS; first += TOGETHER) {
        const trials = Array.from({ length: TOGETHER }, (_, i) => makeTrial(kind, SEED + first + i, PACKETS));
        const answers = await askKernel(trials.map(({ asked }) => asked));
        trials.forEach((trial, i) => {
          judgeTrial(trial, answers[i]!, tally);
        });
      }

      console.log(`      ${describeTally(tally)}`);
      expect(tally.refused.slice(0, 3)).to.deep.equal([]);
      expect(tally.disagreements.slice(0, 3)).to.deep.equal([]);
      expect(tally.all.asked).to.be.above(RULE_SETS * 20);
    });
  }
});
