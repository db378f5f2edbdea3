import { expect } from "chai";
import { chooseByIndex } from "../../src/compile/choose-aces.js";
import { prepareEvaluation } from "../../src/compile/evaluate-flow.js";
import { travellerOf } from "../../src/compile/evaluate-packet.js";
import { SeededRandom } from "../seeded-random.js";
import { DeviceMaker, DIRECTIONS, KNOWN_NAMES, REQUESTED, randomPacket } from "./random-device.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20261128);
const DEVICES = 60;
const PACKETS = 40;
const options = { names: KNOWN_NAMES, requested: REQUESTED };

describe(`the choice of aces by an index (seed ${SEED}, ${DEVICES} devices)`, () => {
  it("leaves every answer as it is when all aces are asked, translations and doubts included", () => {
    const random = new SeededRandom(SEED);

    for (let i = 0; i < DEVICES; i++) {
      const device = new DeviceMaker(random, { hasChoices: true, hasEarlyFilters: true }).device();
      const asksAll = prepareEvaluation(device, options);
      const asksSome = prepareEvaluation(device, options, chooseByIndex(device, options, 1));
      for (let j = 0; j < PACKETS; j++) {
        const probe = { direction: random.pick(DIRECTIONS), packet: randomPacket(random) };
        expect(asksSome.evaluate(probe), `device ${i} packet ${j}`).to.deep.equal(asksAll.evaluate(probe));
      }
    }
  });

  it("asks only the aces whose box holds the packet", () => {
    const random = new SeededRandom(SEED);
    const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: false }).device();
    const choose = chooseByIndex(device, options, 1);
    const acl = device.acls[0]!;
    const ace = { ...acl.aces[0]!, matches: { family: "ipv6" as const, unmodeled: [] } };
    const other = { ...ace, matches: { family: "ipv4" as const, unmodeled: [] } };
    const acesFor = choose([ace, other].map((one) => ({ ace: one, test: () => "yes" as const })));
    const packet = { ...randomPacket(random), family: "ipv4" as const, source: [1], destination: [2] };

    const chosen = [...acesFor(travellerOf(packet))].map((one) => one.ace);

    expect(chosen).to.deep.equal([other]);
  });
});
