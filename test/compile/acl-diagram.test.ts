import { expect } from "chai";
import { acceptedPackets, compareAcls } from "../../src/compile/acl-diagram.js";
import { possiblyAccepted, surelyAccepted } from "../../src/compile/branch.js";
import { type CompiledDevice, compileDevice } from "../../src/compile/compile-device.js";
import { passFirst } from "../../src/compile/pass-device.js";
import type { Acl } from "../../src/model/acl.js";
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
      const edited = { ...acl, aces: acl.aces.filter(() => random.chance(0.7)) };
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

  it("have no difference from themselves, and say so where the budget is too small to look", () => {
    const device = flatDevice(new SeededRandom(SEED));
    const acl = compileDevice(device, { names: KNOWN_NAMES }).acls.get("filter")!;

    const same = compareAcls(acl, acl, budget());

    expect(same?.opened.possibly.isEmpty).to.equal(true);
    expect(same?.closed.possibly.isEmpty).to.equal(true);
    expect(acceptedPackets(acl, new Budget(3))).to.equal(undefined);
  });
});

type Check = (device: Device, compiled: CompiledDevice, random: SeededRandom, hint: string) => void;

function forEachDevice(check: Check): void {
  const random = new SeededRandom(SEED);
  for (let i = 0; i < DEVICES; i++) {
    const device = flatDevice(random);
    check(device, compileDevice(device, { names: KNOWN_NAMES }), random, `seed ${SEED} device ${i}`);
  }
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
