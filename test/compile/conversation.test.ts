import { expect } from "chai";
import { compileDevice } from "../../src/compile/compile-device.js";
import { prepareEvaluation } from "../../src/compile/evaluate-flow.js";
import { type Branch, passFirst, passLater, passReply } from "../../src/compile/pass-device.js";
import { type Acl, type Action, MOST_TAGS } from "../../src/model/acl.js";
import { parseAddressRange } from "../../src/model/address.js";
import type { Device, Direction, Stage } from "../../src/model/device.js";
import type { Packet } from "../../src/model/flow.js";
import type { Matches } from "../../src/model/matches.js";
import { Budget } from "../../src/sets/budget.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { SeededRandom } from "../seeded-random.js";
import { DeviceMaker, DIRECTIONS, KNOWN_NAMES, REQUESTED } from "./random-device.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20240612);
const DEVICES = Number(process.env["FLOWPROOF_ORACLE_DEVICES"] ?? 50);
const options = { names: KNOWN_NAMES, requested: REQUESTED };
const REVERSE: Readonly<Record<Direction, Direction>> = { forward: "forward", input: "output", output: "input" };
const budget = () => new Budget(3e6);

describe("conversations of which only some packets are tracked", () => {
  const at = { file: "rules", line: 1 };
  const acl = (name: string, matches: Partial<Matches>, action: Action): Acl => ({
    ...{ name, defaultAction: { kind: "accept" }, evaluation: "first-match", at },
    aces: [{ name, enabled: true, matches: { unmodeled: [], ...matches }, action, at }],
  });
  const pool = [parseAddressRange("10.2.0.1")!];
  const ends = (untracked: Partial<Matches>): Branch["disposition"][] => {
    const stages: Stage[] = [
      { hook: "raw", kind: "filter", acl: "raw" },
      { hook: "nat", kind: "nat", acl: "nat", translates: "source" },
    ];
    const compiled = compileDevice({
      ...{ name: "edge", vendor: "iptables", tracking: "explicit", interfaces: [], sets: [] },
      stages: { forward: stages, input: [], output: [] },
      acls: [
        acl("raw", untracked, { kind: "notrack" }),
        acl(
          "nat",
          {},
          { kind: "translate", translation: { side: "source", addresses: { kind: "pool", ranges: pool } } },
        ),
      ],
    });
    const sent = PacketSet.fromFields({
      ...{ states: ["new"], sources: [parseAddressRange("10.1.0.2")!], destinations: [parseAddressRange("10.3.0.2")!] },
    });
    const [first] = passFirst(compiled, "forward", sent, budget());
    return [passLater, passReply].flatMap((pass) => [
      ...new Set(pass(compiled, first!, budget()).map(({ disposition }) => disposition)),
    ]);
  };
  const from = (address: string): Partial<Matches> => ({
    source: [{ operands: [{ literal: parseAddressRange(address)! }], negated: false }],
  });

  it("are stopped where the others are translated", () => {
    expect(ends(from("10.9.9.9"))).to.deep.equal(["accept", "accept"]);
    expect(ends(from("10.3.0.2"))).to.deep.equal(["accept", "drop"]);
    expect(ends({ states: ["established"] })).to.deep.equal(["drop", "drop"]);
    // nothing of an untracked conversation is translated
    expect(ends(from("10.1.0.2"))).to.deep.equal(["accept", "accept"]);
  });
});

describe(`whole conversations (seed ${SEED}, ${DEVICES} devices)`, () => {
  it("are judged as the evaluator judges each packet between the translations", () => {
    const random = new SeededRandom(SEED);
    let compared = 0;
    for (let i = 0; i < DEVICES; i++) {
      const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: false }).device();
      const direction = random.pick(DIRECTIONS);
      if (device.tracking === "implicit") continue;
      const compiled = compileDevice(device, options);
      const mayUntrack = device.acls.some(({ aces }) => aces.some(({ action }) => action.kind === "notrack"));
      const accepted = passFirst(compiled, direction, PacketSet.fromFields({ states: ["new"] }), budget()).filter(
        ({ disposition, isUntracked, translations }) =>
          disposition === "accept" && !isUntracked && (translations.length === 0 || !mayUntrack),
      );
      const evaluation = prepareEvaluation(withoutNat(device), options);
      for (const branch of accepted.slice(0, 6)) {
        const later = passLater(compiled, branch, budget());
        const replies = passReply(compiled, branch, budget());
        for (let j = 0; j < 10; j++) {
          const first = { ...branch.flows.sample(random.next), state: "new" as const };
          if (!branch.flows.contains(first)) continue;
          const last = afterOf(branch, first);
          const isTracking = device.tracking === "explicit";
          const flags = first.tcpFlags === undefined ? {} : { tcpFlags: 16 };
          const state = isTracking ? { state: "established" as const } : { state: last.state };
          const hint = `seed ${SEED} device ${i} flow ${j}`;

          // Between the translations a packet has its new destination and still its old source.
          const forth: Packet = { ...first, ...destinationOf(last), ...flags, ...state };
          expect(outcomes(later, first), `${hint} later`).to.deep.equal(
            [...evaluation.evaluate({ direction, packet: forth }).outcomes].sort(),
          );
          const back = mirrored(forth);
          expect(outcomes(replies, first, back.tcpFlags), `${hint} reply`).to.deep.equal(
            [...evaluation.evaluate({ direction: REVERSE[direction], packet: back }).outcomes].sort(),
          );
          compared++;
        }
      }
    }
    expect(compared).to.be.greaterThan(DEVICES);
  });
});

/** The outcomes of the packets of one flow that have ACK as their only flag. */
function outcomes(branches: readonly Branch[], first: Packet, tcpFlags = 16): string[] {
  const ack = PacketSet.fromFields({ tcpFlags: [{ mask: 255, value: tcpFlags }] }).union(
    PacketSet.fromFields({ tcpFlags: [{ mask: 0, value: 0 }] }).complement(),
  );
  const own = branches.filter(
    (branch) => branch.flows.contains(first) && branch.before.overlaps(ack.intersect(beforeOf(branch, first))),
  );
  return [...new Set(own.map((branch) => branch.disposition))].sort();
}

/** The packets of a branch's leg that belong to one flow, if its translations were undone on arrival. */
function beforeOf(branch: Branch, first: Packet): PacketSet {
  if (branch.leg === "later") return PacketSet.fromPacket(first).forget(["states", "tcpFlags"]);
  const after = branch.translations.reduce((set, { relation }) => relation.image(set), PacketSet.fromPacket(first));
  return after.mirror().forget(["states", "tcpFlags"]);
}

function afterOf(branch: Branch, first: Packet): Packet {
  const after = branch.steps.reduce((set, { relation }) => relation.image(set), PacketSet.fromPacket(first));
  expect(after.forget(["tags"]).volume()).to.equal(BigInt(MOST_TAGS));
  return after.witness() as Packet;
}

function destinationOf({ destination, destinationPort }: Packet): Partial<Packet> {
  return { destination, ...(destinationPort === undefined ? {} : { destinationPort }) };
}

function mirrored(packet: Packet): Packet {
  return PacketSet.fromPacket(packet).mirror().witness() as Packet;
}

function withoutNat(device: Device): Device {
  const filters = device.stages.forward.filter((stage) => stage.kind === "filter");
  return { ...device, stages: { forward: filters, input: filters, output: filters } };
}
