import { expect } from "chai";
import { type Branch, flowsBehind } from "../../src/compile/branch.js";
import { compileDevice } from "../../src/compile/compile-device.js";
import { prepareEvaluation } from "../../src/compile/evaluate-flow.js";
import { passFirst } from "../../src/compile/pass-device.js";
import { Budget } from "../../src/sets/budget.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { SeededRandom } from "../seeded-random.js";
import { DeviceMaker, type DeviceTraits, DIRECTIONS, KNOWN_NAMES, REQUESTED, randomPacket } from "./random-device.js";

const DEVICES = Number(process.env["FLOWPROOF_ORACLE_DEVICES"] ?? 200);
const PACKETS = 40;
const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20240611);
const options = { names: KNOWN_NAMES, requested: REQUESTED };

/** Pushes every packet through random devices and compares with the evaluator, packet by packet. */
function compare(
  traits: DeviceTraits,
  check: (dispositions: string[], outcomes: string[], hint: string) => void,
): void {
  const random = new SeededRandom(SEED);
  for (let i = 0; i < DEVICES; i++) {
    const device = new DeviceMaker(random, traits).device();
    const direction = random.pick(DIRECTIONS);
    const compiled = compileDevice(device, options);
    const evaluation = prepareEvaluation(device, options);
    const branches = passFirst(compiled, direction, PacketSet.all, new Budget(3e6));
    for (let j = 0; j < PACKETS; j++) {
      const packet = randomPacket(random);
      const evaluated = evaluation.evaluate({ direction, packet });
      const own = branches.filter((branch) => branch.flows.contains(packet));
      const hint = `seed ${SEED} device ${i} packet ${j}`;
      check(dispositions(own), [...evaluated.outcomes].sort(), hint);
      if (dispositions(own).length > 1) {
        expect(
          own.flatMap(({ doubts }) => doubts),
          `${hint}: what is in doubt`,
        ).to.not.have.length(0);
      }
      if (!traits.hasChoices && evaluated.outcomes.join() === "accept") {
        const leaving = own.filter((branch) => branch.after.contains(evaluated.after));
        expect(leaving, `${hint}: the packet it leaves as`).to.not.have.length(0);
        const back = leaving.some((branch) =>
          flowsBehind(branch, PacketSet.fromPacket(evaluated.after)).contains(packet),
        );
        expect(back, `${hint}: the flows behind it`).to.equal(true);
      }
    }
  }
}

function dispositions(branches: readonly Branch[]): string[] {
  return [...new Set(branches.map((branch) => branch.disposition))].sort();
}

describe(`the engine and the slow evaluator (seed ${SEED}, ${DEVICES} devices)`, () => {
  it("see the same possible outcomes of every packet", () => {
    compare({ hasChoices: false, hasEarlyFilters: true }, (dispositions, outcomes, hint) => {
      expect(dispositions, hint).to.deep.equal(outcomes);
    });
  });

  it("agree where translations choose: the engine knows more, never something else", () => {
    compare({ hasChoices: true, hasEarlyFilters: true }, (dispositions, outcomes, hint) => {
      expect(dispositions, hint).to.not.have.length(0);
      expect(outcomes, hint).to.include.members(dispositions);
    });
  });
});
