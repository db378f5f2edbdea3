import { expect } from "chai";
import { possiblyAccepted, surelyAccepted } from "../../src/compile/branch.js";
import { compileDevice } from "../../src/compile/compile-device.js";
import { prepareEvaluation } from "../../src/compile/evaluate-flow.js";
import { passFirst } from "../../src/compile/pass-device.js";
import type { Ace, Acl, Evaluation } from "../../src/model/acl.js";
import type { Device } from "../../src/model/device.js";
import type { Packet } from "../../src/model/flow.js";
import { Budget } from "../../src/sets/budget.js";
import { PacketSet } from "../../src/sets/packet-set.js";

const at = { file: "acl", line: 1 };

/** Accepts the addresses up to 9, drops those up to 19, then accepts those up to 29, each list from 0 on. */
const ACES: readonly Ace[] = [
  ["accept" as const, 9],
  ["drop" as const, 19],
  ["accept" as const, 29],
].map(([kind, last], i) => ({
  ...{ name: `${i}`, enabled: true, action: { kind: kind as "accept" | "drop" }, at },
  matches: {
    unmodeled: [],
    source: [{ negated: false, operands: [{ literal: { family: "ipv4", first: [0], last: [last as number] } }] }],
  },
}));

function deviceWith(evaluation: Evaluation): Device {
  const acl: Acl = { name: "a", aces: ACES, defaultAction: { kind: "drop" }, evaluation, at };
  const stages = { input: [], output: [], forward: [{ hook: "forward", kind: "filter" as const, acl: "a" }] };
  return { name: "d", vendor: "iptables", acls: [acl], sets: [], interfaces: [], tracking: "explicit", stages };
}

function packetFrom(source: number): Packet {
  const ports = { sourcePort: 50000, destinationPort: 443, tcpFlags: 2 };
  const names = { ingressInterface: "eth0", egressInterface: "eth1" };
  const rest = { state: "new", fragment: "first-or-whole" } as const;
  return { family: "ipv4", source: [source], destination: [1], protocol: 6, ...ports, ...names, ...rest };
}

describe("the order in which the aces of an acl decide", () => {
  const accepted: readonly (readonly [Evaluation, readonly number[]])[] = [
    ["first-match", [5, 25]],
    ["last-match", [5, 15, 25]],
    ["any-accept", [5, 15, 25]],
    ["drop-overrides", [25]],
  ];
  for (const [evaluation, sources] of accepted) {
    it(`is that of \`${evaluation}\` to the evaluator and to the engine`, () => {
      const device = deviceWith(evaluation);
      const packets = [5, 15, 25, 35].map(packetFrom);
      const branches = passFirst(compileDevice(device), "forward", PacketSet.all, new Budget(1e5));
      const { evaluate } = prepareEvaluation(device);

      const byEvaluator = packets.filter((packet) => evaluate({ direction: "forward", packet }).verdict === "accept");
      const bySets = [surelyAccepted, possiblyAccepted].map((bound) =>
        packets.filter((p) => bound(branches).contains(p)),
      );

      for (const found of [byEvaluator, ...bySets]) expect(found.map(({ source }) => source[0])).to.deep.equal(sources);
    });
  }

  it("is the reverse for `last-match`: a drop at the end takes what an accept before it matches", () => {
    const device = deviceWith("last-match");
    const [acl] = device.acls as [Acl];
    const turned = { ...device, acls: [{ ...acl, aces: ACES.slice(0, 2) }] };

    const verdicts = [5, 15].map(
      (source) => prepareEvaluation(turned).evaluate({ direction: "forward", packet: packetFrom(source) }).verdict,
    );

    expect(verdicts).to.deep.equal(["drop", "drop"]);
  });
});
