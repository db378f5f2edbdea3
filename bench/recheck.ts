/**
 * Has the slow evaluator look at every verdict of a search for shadowed aces: `npm run recheck -- [--styles acl,fw]
 * [--size 10000] [--seed 1] [--samples 20]`. A live ace's witness must match it and no earlier ace; packets of a shadowed
 * one must each be matched by an ace of its cover, and as sets its packets must lie in the cover's. Exits 1 if one does not.
 */
import { parseArgs } from "node:util";
import { compileDevice } from "../src/compile/compile-device.js";
import { MatchReader } from "../src/compile/evaluate-match.js";
import { travellerOf } from "../src/compile/evaluate-packet.js";
import { type AceReach, findShadowedAces } from "../src/compile/find-shadowed-aces.js";
import type { Ace } from "../src/model/acl.js";
import type { Packet } from "../src/model/flow.js";
import { Budget } from "../src/sets/budget.js";
import { PacketSet } from "../src/sets/packet-set.js";
import { SeededRandom } from "../test/seeded-random.js";
import { generateRules, STYLES, type Style } from "./generate-rules.js";
import { deviceOfRules, forwardAcl } from "./rule-device.js";

const { values } = parseArgs({
  options: {
    styles: { type: "string", default: STYLES.join() },
    size: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    samples: { type: "string", default: "20" },
  },
});
const samples = Number(values.samples);
const random = new SeededRandom(Number(values.seed));

for (const style of values.styles.split(",") as Style[]) recheck(style);

function recheck(style: Style): void {
  const device = deviceOfRules(generateRules(style, Number(values.size), Number(values.seed)));
  const compiled = compileDevice(device);
  const acl = compiled.acls.get(forwardAcl(device));
  if (acl === undefined) throw new Error("the device has no acl to ask");
  const reader = new MatchReader(device.sets, {});
  const tests = acl.aces.map(({ ace }) => reader.testOf(ace.matches, ace.at));
  const positions = new Map(acl.aces.map(({ ace }, position) => [ace, position]));
  const matches = (ace: Ace, packet: Packet) => tests[positions.get(ace) as number](travellerOf(packet), []) === "yes";
  const setOf = (ace: Ace) => acl.aces[positions.get(ace) as number].matches.bounds.possibly;
  const counts: Record<AceReach["kind"], number> = { live: 0, shadowed: 0, unmatchable: 0, undecided: 0 };
  findShadowedAces(compiled, acl, new Budget(1e9)).forEach((reach, position) => {
    counts[reach.kind]++;
    const problem =
      reach.kind === "live"
        ? problemOfWitness(reach.witness, position)
        : reach.kind === "shadowed"
          ? problemOfCover(reach, position)
          : undefined;
    if (problem === undefined) return;
    console.error(`${style}, seed ${values.seed}, ace ${position} at line ${reach.ace.at.line}: ${problem}`);
    process.exit(1);
  });
  console.log(
    `${style}, ${values.size} rules, seed ${values.seed}: ${counts.live} witnesses and ${counts.shadowed} covers hold` +
      ` (${samples} packets each, and as sets); ${counts.unmatchable} unmatchable, ${counts.undecided} undecided`,
  );

  function problemOfWitness(witness: Packet, position: number): string | undefined {
    const traveller = travellerOf(witness);
    const first = tests.findIndex((test, earlier) => earlier <= position && test(traveller, []) === "yes");
    return first === position ? undefined : `its witness is decided by ace ${first}`;
  }

  function problemOfCover({ ace, by }: AceReach & { kind: "shadowed" }, position: number): string | undefined {
    if (by.some((one) => (positions.get(one) as number) >= position)) return "its cover comes later";
    const packets = setOf(ace);
    for (let i = 0; i < samples; i++) {
      const packet = packets.sample(() => random.next());
      if (!matches(ace, packet)) return "the evaluator does not see it match its own packet";
      if (!by.some((one) => matches(one, packet))) return "a packet of it is in no ace of its cover";
    }
    return PacketSet.unionOf(by.map(setOf)).includes(packets) ? undefined : "its cover leaves a rest";
  }
}
