import { expect } from "chai";
import { parsePacketLine } from "../../src/intent/parse-packet.js";

const parse = (fields: object) => parsePacketLine(JSON.stringify(fields), "packets.jsonl", 7);
const refusal = (fields: object) => parse(fields).diagnostics[0]?.message;
const base = { hook: "FORWARD", iif: "eth0", oif: "eth1", src: "10.0.0.5", dst: "10.1.0.9", proto: "tcp", dport: 443 };

describe("a line of a packet file", () => {
  it("describes the packet and what has to become of it", () => {
    const { value, diagnostics } = parse({ ...base, sport: 51000, flags: "SA", state: "ESTABLISHED", expect: "drop" });

    expect(diagnostics).to.deep.equal([]);
    expect(value).to.deep.equal({
      expect: "drop",
      probe: {
        direction: "forward",
        packet: {
          ...{ family: "ipv4", source: [0x0a000005], destination: [0x0a010009], protocol: 6 },
          ...{ sourcePort: 51000, destinationPort: 443, tcpFlags: 18, state: "established" },
          ...{ ingressInterface: "eth0", egressInterface: "eth1", fragment: "first-or-whole" },
        },
      },
    });
  });

  it("takes the first packet of a connection where the line says nothing else", () => {
    expect(parse(base).value?.probe.packet).to.include({ state: "new", tcpFlags: 2, sourcePort: 40000 });
    expect(parse({ ...base, state: "related" }).value?.probe.packet).to.include({ tcpFlags: 16 });
  });

  it("gives ports, flags and types only to protocols that have them", () => {
    const echo = parse({ ...base, proto: "icmp" }).value?.probe.packet;
    const tunnel = parse({ ...base, proto: 47 }).value?.probe.packet;

    expect(echo).to.include({ icmpType: 8, icmpCode: 0 });
    expect(echo).not.to.have.any.keys("sourcePort", "tcpFlags");
    expect(tunnel).not.to.have.any.keys("sourcePort", "tcpFlags", "icmpType");
  });

  it("finds the direction in the interfaces and drops the one that cannot be", () => {
    const { hook, ...rest } = base;
    const { oif, ...incoming } = rest;

    expect(hook + oif).to.equal("FORWARDeth1");
    expect(parse(rest).value?.probe.direction).to.equal("forward");
    expect(parse(incoming).value?.probe.direction).to.equal("input");
    expect(parse({ ...base, hook: "OUTPUT" }).value?.probe.packet.ingressInterface).to.equal("");
  });

  it("says what is wrong with a line it cannot use", () => {
    expect(refusal({ ...base, src: "10.0.0" })).to.contain("`src`");
    expect(refusal({ ...base, dst: "::1" })).to.contain("families");
    expect(refusal({ ...base, dport: 70000 })).to.contain("`dport` must be 0 to 65535");
    expect(refusal({ ...base, dport: undefined })).to.contain("`dport` is missing");
    expect(refusal({ ...base, proto: "tpc" })).to.contain("`proto`");
    expect(refusal({ ...base, flags: "SX" })).to.contain("`X`");
    expect(refusal({ ...base, state: "fresh" })).to.contain("`state`");
    expect(refusal({ ...base, expect: "maybe" })).to.contain("accept, drop, reject, undecided");
    expect(parsePacketLine("{", "p", 1).diagnostics[0]?.message).to.equal("the line is not JSON");
    expect(parsePacketLine("[]", "p", 1).value).to.equal(undefined);
  });

  it("passes over blank lines and warns of a field it does not know", () => {
    expect(parsePacketLine(" ", "p", 1)).to.deep.equal({ value: undefined, diagnostics: [] });
    expect(parse({ ...base, dprot: 1, ttl: 64 }).diagnostics.map(({ message }) => message)).to.deep.equal([
      "no field `dprot`",
    ]);
  });
});
