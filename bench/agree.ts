/**
 * Holds the engine to the slow evaluator on very many packets: `node dist/bench/agree.js [--packets 1000000] [--seed 1]`.
 * Exits 1 and names seed, device and packet at the first disagreement.
 */
import { parseArgs } from "node:util";
import { compileDevice } from "../src/compile/compile-device.js";
import { prepareEvaluation } from "../src/compile/evaluate-flow.js";
import { passFirst } from "../src/compile/pass-device.js";
import { Budget } from "../src/sets/budget.js";
import { PacketSet } from "../src/sets/packet-set.js";
import { DeviceMaker, DIRECTIONS, KNOWN_NAMES, randomPacket } from "../test/compile/random-device.js";
import { SeededRandom } from "../test/seeded-random.js";

const PACKETS_A_DEVICE = 500;
const { values } = parseArgs({
  options: { packets: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});
const devices = Math.ceil(Number(values.packets) / PACKETS_A_DEVICE);
const random = new SeededRandom(Number(values.seed));
const options = { names: KNOWN_NAMES };
let undecided = 0;

for (let i = 0; i < devices; i++) {
  const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: true }).device();
  const direction = random.pick(DIRECTIONS);
  const evaluation = prepareEvaluation(device, options);
  const branches = passFirst(compileDevice(device, options), direction, PacketSet.all, new Budget(1e7));
  for (let j = 0; j < PACKETS_A_DEVICE; j++) {
    const packet = randomPacket(random);
    const { outcomes, verdict } = evaluation.evaluate({ direction, packet });
    const own = new Set(branches.filter(({ flows }) => flows.contains(packet)).map(({ disposition }) => disposition));
    if (verdict === "undecided") undecided++;
    if (own.size === outcomes.length && outcomes.every((outcome) => own.has(outcome))) continue;
    console.error(`seed ${values.seed} device ${i} packet ${j}: engine ${[...own]}, evaluator ${outcomes}`);
    process.exit(1);
  }
}
console.log(
  `${devices * PACKETS_A_DEVICE} packets through ${devices} devices, seed ${values.seed}: no disagreement (${undecided} undecided by both)`,
);
