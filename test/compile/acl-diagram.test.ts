import { expect } from "chai";
import { generateRules } from "../../bench/generate-rules.js";
import { deviceOfRules, forwardAcl } from "../../bench/rule-device.js";
import { type Acceptance, acceptedPackets } from "../../src/compile/acl-diagram.js";
import { possiblyAccepted, surelyAccepted } from "../../src/compile/branch.js";
import { compareAcls } from "../../src/compile/compare-acls.js";
import type { CompiledAcl } from "../../src/compile/compile-acl.js";
import { type CompiledDevice, compileDevice } from "../../src/compile/compile-device.js";
import { passFirst } from "../../src/compile/pass-device.js";
import type { Ace, Acl } from "../../src/model/acl.js";
import type { Device } from "../../src/model/device.js";
import { Budget } from "../../src/sets/budget.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { SeededRandom } from "../seeded-random.js";
import { DeviceMaker, KNOWN_NAMES, randomPacket } from "./random-device.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20240614);
const DEVICES = Number(process.env["FLOWPROOF_ORACLE_DEVICES"] ?? 200);
const budget = () => new Budget(3e7);

describe(`whole acls as diagrams (seed ${SEED}, ${DEVICES} devices)`, () => {
  it("accept what the walk accepts, from both sides", () => {
    let compared = 0;
    forEachDevice((device, compiled, random, hint) => {
      const acceptance = acceptedPackets(compiled.acls.get("filter")!, budget());
      if (acceptance === undefined) return;
      const branches = passFirst(compiled, "forward", PacketSet.all, budget());

      expect(acceptance.toPacketSet("surely", budget())?.equals(surelyAccepted(branches)), `${hint} surely`).to.equal(
        true,
      );
      expect(
        acceptance.toPacketSet("possibly", budget())?.equals(possiblyAccepted(branches)),
        `${hint} possibly`,
      ).to.equal(true);
      for (let i = 0; i < 10; i++) {
        const packet = randomPacket(random);
        expect(acceptance.accepts(packet, "surely"), hint).to.equal(surelyAccepted(branches).contains(packet));
      }
      expect(device.acls).to.have.length(1);
      compared++;
    });
    expect(compared).to.be.greaterThan(DEVICES / 8);
  });

  it("differ exactly where one accepts and the other does not", () => {
    let compared = 0;
    forEachDevice((device, compiled, random, hint) => {
      const [acl] = device.acls;
      const turned = acl.defaultAction.kind === "drop" ? ("accept" as const) : ("drop" as const);
      const defaultAction = random.chance(0.3) ? { kind: turned } : acl.defaultAction;
      const edited = { ...acl, defaultAction, aces: acl.aces.filter(() => random.chance(0.7)) };
      const other = compileDevice({ ...device, acls: [edited] }, { names: KNOWN_NAMES });
      const difference = compareAcls(compiled.acls.get("filter")!, other.acls.get("filter")!, budget());
      if (difference === undefined) return;
      const [a, b] = [compiled, other].map((one) => passFirst(one, "forward", PacketSet.all, budget()));

      const { opened, closed } = difference;

      expect(opened.surely.equals(surelyAccepted(b).subtract(possiblyAccepted(a))), hint).to.equal(true);
      expect(opened.possibly.equals(possiblyAccepted(b).subtract(surelyAccepted(a))), hint).to.equal(true);
      expect(closed.surely.equals(surelyAccepted(a).subtract(possiblyAccepted(b))), hint).to.equal(true);
      expect(closed.possibly.equals(possiblyAccepted(a).subtract(surelyAccepted(b))), hint).to.equal(true);
      compared++;
    });
    expect(compared).to.be.greaterThan(DEVICES / 8);
  });

  it("differ, where few rules are altered, exactly where whole diagrams say so", () => {
    let different = 0;
    forEachDevice((device, compiled, random, hint) => {
      const [filter] = device.acls as [Acl];
      const altered = { ...device, acls: [{ ...filter, aces: alterFew(filter.aces, random) }] };
      const other = compileDevice(altered, { names: KNOWN_NAMES });
      const [a, b] = [compiled, other].map((one) => one.acls.get("filter") as CompiledAcl) as [
        CompiledAcl,
        CompiledAcl,
      ];

      const found = compareAcls(a, b, budget());

      const [before, after] = [a, b].map((acl) => acceptedPackets(acl, budget()));
      if (found === undefined || before === undefined || after === undefined) return;
      const accepted = (one: Acceptance, side: "surely" | "possibly") => one.toPacketSet(side, budget()) as PacketSet;
      const opened = accepted(after, "surely").subtract(accepted(before, "possibly"));
      const closed = accepted(before, "surely").subtract(accepted(after, "possibly"));
      expect(found.opened.surely.equals(opened), hint).to.equal(true);
      expect(found.closed.surely.equals(closed), hint).to.equal(true);
      if (!opened.isEmpty || !closed.isEmpty) different++;
    }, DEVICES / 5);
    expect(different).to.be.greaterThan(DEVICES / 50);
  });

  it("have no difference from themselves, and say so where the budget is too small to look", () => {
    const device = deviceOfRules(generateRules("fw", 50, SEED));
    const acl = compileDevice(device).acls.get(forwardAcl(device))!;

    const same = compareAcls(acl, acl, budget());

    expect(same?.opened.possibly.isEmpty).to.equal(true);
    expect(same?.closed.possibly.isEmpty).to.equal(true);
    expect(acceptedPackets(acl, new Budget(3))).to.equal(undefined);
  });
});

type Check = (device: Device, compiled: CompiledDevice, random: SeededRandom, hint: string) => void;

function forEachDevice(check: Check, devices = DEVICES): void {
  const random = new SeededRandom(SEED);
  for (let i = 0; i < devices; i++) {
    const device = flatDevice(random);
    check(device, compileDevice(device, { names: KNOWN_NAMES }), random, `seed ${SEED} device ${i}`);
  }
}

/** The aces with one turned over, one moved and one left out. */
function alterFew(aces: readonly Ace[], random: SeededRandom): Ace[] {
  const altered = [...aces];
  const at = () => random.below(altered.length);
  if (altered.length < 3) return altered;
  altered.splice(at(), 1);
  const [moved] = altered.splice(at(), 1) as [Ace];
  altered.splice(at(), 0, moved);
  const turned = at();
  const { action } = altered[turned];
  altered[turned] = { ...altered[turned], action: { kind: action.kind === "accept" ? "drop" : "accept" } };
  return altered;
}

/** A random device of one filter acl that calls no other. */
function flatDevice(random: SeededRandom): Device {
  const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: false }).device();
  const filter = device.acls.find(({ name }) => name === "filter") as Acl;
  const aces = filter.aces.filter(({ action, matches }) => {
    return !("acl" in action || action.kind === "notrack" || action.kind === "tag" || matches.tags !== undefined);
  });
  const stages = [{ hook: "filter", kind: "filter" as const, acl: "filter" }];
  return { ...device, acls: [{ ...filter, aces }], stages: { forward: stages, input: stages, output: stages } };
}
