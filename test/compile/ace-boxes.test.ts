import { expect } from "chai";
import { AceBoxTable, type Span, witnessOfAce } from "../../src/compile/ace-boxes.js";
import { compileDevice } from "../../src/compile/compile-device.js";
import type { LevelTable } from "../../src/compile/level-table.js";
import type { Packet } from "../../src/model/flow.js";
import { pointOf } from "../../src/sets/packet-point.js";
import type { PacketSet } from "../../src/sets/packet-set.js";
import { SeededRandom } from "../seeded-random.js";
import { DeviceMaker, KNOWN_NAMES, REQUESTED, randomPacket } from "./random-device.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20240714);
const DEVICES = 60;
const PACKETS = 40;

describe(`the boxes of an ace (seed ${SEED}, ${DEVICES} devices)`, () => {
  it("hold the packets of its sets, surely and possibly, and no others", () => {
    const random = new SeededRandom(SEED);
    let held = 0;

    for (let i = 0; i < DEVICES; i++) {
      const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: true }).device();
      const compiled = compileDevice(device, { names: KNOWN_NAMES, requested: REQUESTED });
      const packets = Array.from({ length: PACKETS }, () => randomPacket(random));
      for (const ace of [...compiled.acls.values()].flatMap(({ aces }) => aces)) {
        for (const family of ["ipv4", "ipv6"] as const) {
          const table = new AceBoxTable(family);
          const { surely, possibly } = table.add(ace);
          if (surely === undefined || possibly === undefined) continue;
          const { bounds } = ace.matches;
          for (const packet of [...packets, ...examples(bounds.possibly)].filter((one) => one.family === family)) {
            const holds = (span: Span) => isHeld(table.boxes, span, packet);
            expect(holds(possibly), `device ${i}: ${ace.ace.name}`).to.equal(bounds.possibly.contains(packet));
            expect(holds(surely), `device ${i}: ${ace.ace.name}`).to.equal(bounds.surely.contains(packet));
            if (holds(possibly)) held++;
          }
        }
      }
    }

    expect(held).to.be.greaterThan(5000);
  });

  it("have the witness of its set", () => {
    const random = new SeededRandom(SEED);
    let named = 0;

    for (let i = 0; i < 2 * DEVICES; i++) {
      const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: true }).device();
      const compiled = compileDevice(device, { names: KNOWN_NAMES, requested: REQUESTED });
      for (const ace of [...compiled.acls.values()].flatMap(({ aces }) => aces)) {
        const witness = witnessOfAce(ace);
        if (witness === undefined) continue;
        expect(witness, `device ${i}: ${ace.ace.name}`).to.deep.equal(ace.matches.bounds.possibly.witness());
        named++;
      }
    }

    expect(named).to.be.greaterThan(100);
  });
});

function examples(set: PacketSet): Packet[] {
  const witness = set.witness();
  return witness === undefined ? [] : [witness];
}

function isHeld(table: LevelTable, { from, to }: Span, packet: Packet): boolean {
  const point = pointOf(packet);
  const boxes = Array.from({ length: to - from }, (_, i) => table.box(from + i));
  return boxes.some((box) => point.every((value, level) => box[2 * level] <= value && value <= box[2 * level + 1]));
}
