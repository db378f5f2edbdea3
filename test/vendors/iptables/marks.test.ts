import { expect } from "chai";
import { evaluateFlow } from "../../../src/compile/evaluate-flow.js";
import { parsePacketLine } from "../../../src/intent/parse-packet.js";
import { iptables } from "../../../src/vendors/iptables/index.js";

/** What rules of mangle and filter do with packets to some ports, in state NEW unless told otherwise. */
function verdicts(
  rules: { readonly mangle: readonly string[]; readonly filter: readonly string[] },
  facts: Readonly<Record<string, string>> = {},
) {
  const table = (name: string, chains: readonly string[], list: readonly string[]) => [
    ...[`*${name}`, ...chains, ...list, "COMMIT"],
  ];
  const text = [
    ...table("mangle", [":PREROUTING ACCEPT", ":FORWARD ACCEPT", ":sub -"], rules.mangle),
    ...table("filter", [":INPUT ACCEPT", ":FORWARD ACCEPT", ":OUTPUT ACCEPT", ":sub -"], rules.filter),
    "",
  ].join("\n");
  const { value } = iptables.parse(text, "rules.v4");
  const options = { deviceName: "edge", facts: new Map(Object.entries(facts)) };
  const device = iptables.convert([value], options).value.devices[0]!;
  return (ports: readonly number[], state = "NEW") =>
    ports.map((dport) => {
      const packet = { hook: "FORWARD", iif: "eth0", oif: "eth1", src: "10.0.0.1", dst: "10.0.1.1", proto: "tcp" };
      const line = JSON.stringify({ ...packet, dport, state, flags: "S" });
      return evaluateFlow(device, parsePacketLine(line, "packets", 1).value!.probe).verdict;
    });
}

const SET_80 = "-A PREROUTING -p tcp --dport 80 -j MARK --set-mark 0x1";

describe("iptables: marks", () => {
  it("follows a mark from the rule that sets it to one that asks for it, in another table", () => {
    const rules = verdicts({
      mangle: [SET_80, "-A PREROUTING -p tcp --dport 81 -j MARK --set-mark 0x2"],
      filter: ["-A FORWARD -m mark --mark 0x1 -j DROP"],
    });

    expect(rules([80, 81])).to.deep.equal(["drop", "accept"]);
  });

  it("leaves a mark that no rule has set open, unless the user states that nothing else sets any", () => {
    const rules = { mangle: [SET_80], filter: ["-A FORWARD -m mark ! --mark 0x1 -j DROP"] };

    expect(verdicts(rules)([80, 443])).to.deep.equal(["accept", "undecided"]);
    expect(verdicts(rules, { "packet-marks": "rules" })([80, 443])).to.deep.equal(["accept", "drop"]);
  });

  it("knows the bits that a rule has set where others stay as they came", () => {
    const rules = verdicts({
      mangle: [
        "-A PREROUTING -p tcp --dport 80 -j MARK --or-mark 0x4",
        "-A PREROUTING -p tcp --dport 81 -j MARK --and-mark 0xfffffffb",
      ],
      filter: ["-A FORWARD -m mark --mark 0x4/0x4 -j DROP", "-A FORWARD -m mark --mark 0x5 -j REJECT"],
    });

    expect(rules([80, 81, 82])).to.deep.equal(["drop", "accept", "undecided"]);
  });

  it("follows marks through the connection, which untracked packets do not have", () => {
    const rules = verdicts({
      mangle: [
        "-A PREROUTING -p tcp --dport 80 -j CONNMARK --set-mark 0x7",
        "-A PREROUTING -p tcp --dport 80 -j CONNMARK --restore-mark --nfmask 0x3 --ctmask 0x3",
      ],
      filter: ["-A FORWARD -m mark --mark 0x3/0x3 -j DROP", "-A FORWARD -m connmark --mark 0x7 -j REJECT"],
    });

    expect(rules([80])).to.deep.equal(["drop"]);
    expect(rules([80], "ESTABLISHED")).to.deep.equal(["drop"]);
    expect(rules([80], "INVALID")).to.deep.equal(["undecided"]);
  });

  it("marks inside of chains that are jumped to, and only what matches there", () => {
    const rules = verdicts({
      mangle: [],
      filter: [
        "-A sub -p tcp --dport 80 -j MARK --set-mark 0x9",
        "-A sub -j RETURN",
        "-A FORWARD -j MARK --set-mark 0x0",
        "-A FORWARD -j sub",
        "-A FORWARD -m mark --mark 0x9 -j DROP",
      ],
    });

    expect(rules([80, 81])).to.deep.equal(["drop", "accept"]);
  });

  it("asks a rule once for each packet, also where its target changes what it asks for", () => {
    const toggling = ["-A FORWARD -m mark --mark 0x0/0x1 -j MARK --xor-mark 0x1"];
    const rules = { mangle: toggling, filter: ["-A FORWARD -m mark --mark 0x0/0x1 -j DROP"] };

    expect(verdicts(rules)([80])).to.not.deep.equal(["drop"]);
    expect(verdicts(rules, { "packet-marks": "rules" })([80])).to.deep.equal(["accept"]);
  });

  it("does not follow marks where a program may set them on the way", () => {
    const filter = ["-A FORWARD -p udp -j NFQUEUE --queue-num 1", "-A FORWARD -m mark --mark 0x1 -j DROP"];

    expect(verdicts({ mangle: [SET_80], filter })([80])).to.deep.equal(["undecided"]);
  });

  it("knows no mark that the entry of a set may have given", () => {
    const mangle = [SET_80, "-A PREROUTING -p tcp -j SET --map-set marks src --map-mark"];

    expect(verdicts({ mangle, filter: ["-A FORWARD -m mark --mark 0x1 -j DROP"] })([80])).to.deep.equal(["undecided"]);
  });

  it("leaves open what too many different marks would decide", () => {
    const mangle = Array.from(
      { length: 100 },
      (_, i) => `-A PREROUTING -p tcp --dport ${i + 1} -j MARK --set-mark ${i + 1}`,
    );
    const filter = ["-A FORWARD -m mark --mark 80 -j DROP"];

    expect(verdicts({ mangle, filter })([80])).to.deep.equal(["undecided"]);
    expect(verdicts({ mangle: mangle.slice(40), filter })([80, 81])).to.deep.equal(["drop", "accept"]);
  });
});
