import { expect } from "chai";
import { compileDevice } from "../../src/compile/compile-device.js";
import { evaluateFlow } from "../../src/compile/evaluate-flow.js";
import { passFirst } from "../../src/compile/pass-device.js";
import { Budget } from "../../src/sets/budget.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { convertTexts } from "../vendors/iptables/fixtures.js";
import { packet } from "../vendors/probe.js";

const ADDRESSES = `1: lo: <LOOPBACK,UP> mtu 65536
    inet 127.0.0.1/8 scope host lo
2: eth0: <BROADCAST,UP> mtu 1500
    inet 10.0.0.1/24 scope global eth0
3: wlan0: <BROADCAST,UP> mtu 1500
    inet 169.254.3.4/16 scope link wlan0
`;

/** What the evaluator and the engine say of a packet that the machine itself sends by this interface. */
function answers(rules: readonly string[], egressInterface: string) {
  const text = ["*nat", ":OUTPUT ACCEPT", ":POSTROUTING ACCEPT", ...rules, "COMMIT", "*filter", "COMMIT", ""].join(
    "\n",
  );
  const device = convertTexts({ "rules.v4": text, addresses: ADDRESSES }).devices[0]!;
  const probe = { ...packet({ from: "10.0.0.1", to: "10.0.0.9", protocol: 17 }), egressInterface };
  const { outcomes, ends } = evaluateFlow(device, { direction: "output", packet: probe });
  const branches = passFirst(compileDevice(device), "output", PacketSet.fromPacket(probe), new Budget(1e5));
  return { outcomes, sources: ends.map(({ source }) => source[0]), branches };
}

describe("what the machine sends itself", () => {
  it("leaves by an interface that nobody knows once it is sent elsewhere", () => {
    const dnat = "-A OUTPUT -p udp -j DNAT --to-destination 192.168.1.9";
    const drop = "-A POSTROUTING -o eth0 -j DROP";
    const { outcomes, branches } = answers([dnat, drop], "eth0");

    expect([...outcomes].sort()).to.deep.equal(["accept", "drop"]);
    expect(branches.map(({ disposition }) => disposition).sort()).to.deep.equal(["accept", "drop"]);
    expect(branches[0]?.doubts.map(({ condition }) => condition)).to.include(
      "the interface by which the packet leaves after the translation",
    );
    expect(answers([drop], "eth0").outcomes).to.deep.equal(["drop"]);
  });

  it("gets no address that is good on one link only", () => {
    const masquerade = ["-A POSTROUTING -j MASQUERADE"];
    const isAny = (name: string) => {
      const { sources, branches } = answers(masquerade, name);
      const engine = branches.map(({ after }) =>
        after.contains({ ...packet({ from: "203.0.113.7", to: "10.0.0.9", protocol: 17 }), egressInterface: name }),
      );
      return [sources[0] === 0, ...engine];
    };

    expect(isAny("eth0")).to.deep.equal([false, false]);
    expect(isAny("lo")).to.deep.equal([true, true]);
    expect(isAny("wlan0")).to.deep.equal([true, true]);
  });
});
