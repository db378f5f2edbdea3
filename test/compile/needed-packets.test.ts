import { expect } from "chai";
import { compileDevice } from "../../src/compile/compile-device.js";
import { prepareEvaluation } from "../../src/compile/evaluate-flow.js";
import { usedParts } from "../../src/compile/needed-packets.js";
import type { Ace } from "../../src/model/acl.js";
import type { Device } from "../../src/model/device.js";
import { Budget } from "../../src/sets/budget.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { SeededRandom } from "../seeded-random.js";
import { DeviceMaker, DIRECTIONS, KNOWN_NAMES, randomPacket } from "./random-device.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20240613);
const DEVICES = Number(process.env["FLOWPROOF_ORACLE_DEVICES"] ?? 60);
const options = { names: KNOWN_NAMES };

function only(device: Device, used: ReadonlyMap<Ace, unknown>): Device {
  const acls = device.acls.map((acl) => ({ ...acl, aces: acl.aces.filter((ace) => used.has(ace)) }));
  return { ...device, acls };
}

describe(`what needs make use of (seed ${SEED}, ${DEVICES} devices)`, () => {
  it("is enough: without the other aces every needed packet fares the same", () => {
    const random = new SeededRandom(SEED);
    let dropped = 0;
    for (let i = 0; i < DEVICES; i++) {
      const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: true }).device();
      const direction = random.pick(DIRECTIONS);
      const packets = Array.from({ length: 12 }, () => randomPacket(random));
      const needs = packets.map((packet) => ({ direction, packets: PacketSet.fromPacket(packet) }));
      const used = usedParts(compileDevice(device, options), needs, new Budget(5e6));
      if (used === undefined) continue;
      dropped += device.acls.flatMap(({ aces }) => aces).filter((ace) => !used.has(ace)).length;
      const [whole, rest] = [device, only(device, used)].map((one) => prepareEvaluation(one, options));
      for (const packet of packets) {
        const [before, after] = [whole, rest].map((one) => one.evaluate({ direction, packet }));
        expect([...after.outcomes].sort(), `seed ${SEED} device ${i}`).to.deep.equal([...before.outcomes].sort());
      }
    }
    expect(dropped).to.be.greaterThan(DEVICES);
  });

  it("is told by need, and is nothing but what the need's packets are at the ace", () => {
    const random = new SeededRandom(SEED + 1);
    for (let i = 0; i < DEVICES; i++) {
      const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: false }).device();
      const direction = random.pick(DIRECTIONS);
      const packet = { ...randomPacket(random), state: "new" as const };
      const need = { direction, packets: PacketSet.fromPacket(packet) };
      const compiled = compileDevice(device, options);
      for (const [ace, parts] of usedParts(compiled, [need], new Budget(5e6)) ?? []) {
        const acl = [...compiled.acls.values()].find(({ aces }) => aces.some((one) => one.ace === ace));
        const matching = acl?.aces.find((one) => one.ace === ace)?.matches.bounds.possibly ?? PacketSet.none;

        const legs = parts.map((part) => part.leg);
        expect(legs).to.deep.equal([...new Set(legs)]);
        for (const part of parts)
          expect(matching.includes(part.packets), `seed ${SEED + 1} device ${i}`).to.equal(true);
      }
    }
  });
});
