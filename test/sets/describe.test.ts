import { expect } from "chai";
import fc from "fast-check";
import { type AddressRange, parseAddressRange } from "../../src/model/address.js";
import { describeSet } from "../../src/sets/describe.js";
import { type PacketFields, PacketSet } from "../../src/sets/packet-set.js";
import { termsOf } from "../../src/sets/terms.js";
import { sets } from "./arbitraries.js";

const range = (text: string) => parseAddressRange(text) as AddressRange;
const one = (first: number, last = first) => [{ first, last }];
const say = (...alternatives: PacketFields[]) =>
  describeSet(PacketSet.unionOf(alternatives.map((fields) => PacketSet.fromFields(fields))));

describe("the words for a packet set", () => {
  it("name protocol, prefixes, port and service", () => {
    const web = { protocols: one(6), destinationPorts: one(443), sources: [range("10.0.0.0/8")] };

    expect(say({ ...web, destinations: [range("10.1.2.3")] })).to.deep.equal([
      "tcp 10.0.0.0/8 -> 10.1.2.3 port 443 (https)",
    ]);
    expect(say({})).to.deep.equal(["any protocol any -> any"]);
    expect(describeSet(PacketSet.none)).to.deep.equal([]);
  });

  it("join what differs in one field only", () => {
    const lines = say(
      { family: "ipv4", protocols: one(6), destinationPorts: one(80), sources: [range("10.0.0.0/24")] },
      { family: "ipv4", protocols: one(6), destinationPorts: one(80), sources: [range("192.168.0.0/24")] },
      { family: "ipv4", protocols: one(17), destinationPorts: one(53) },
      { family: "ipv4", protocols: one(6), destinationPorts: one(53) },
    );

    expect(lines).to.have.members([
      "tcp 10.0.0.0/24,192.168.0.0/24 -> any IPv4 port 80 (http)",
      "tcp/udp any IPv4 -> any IPv4 port 53 (dns)",
    ]);
  });

  it("say what is left out where that is shorter", () => {
    const rest = PacketSet.fromFields({ family: "ipv4" }).subtract(
      PacketSet.fromFields({ sources: [range("10.1.0.0/16")] }),
    );

    expect(describeSet(rest)).to.deep.equal(["any protocol any but 10.1.0.0/16 -> any IPv4"]);
  });

  it("tell flags, states, fragments and interfaces", () => {
    expect(
      say({
        family: "ipv6",
        tcpFlags: [{ mask: 18, value: 2 }],
        states: ["new", "related"],
        ingressInterfaces: [{ prefix: "eth" }],
        egressInterfaces: [{ name: "wan" }],
      }),
    ).to.deep.equal(["tcp any IPv6 -> any IPv6, flags SYN of SYN+ACK, state new/related, in eth*, out wan"]);
    expect(say({ family: "ipv4", fragment: "later" })).to.deep.equal([
      "any protocol any IPv4 -> any IPv4, later fragments",
    ]);
    expect(say({ family: "ipv4", icmpTypes: one(8), protocols: one(1) })).to.deep.equal([
      "icmp any IPv4 -> any IPv4 type 8",
    ]);
  });

  it("tell interfaces by what is left out where only that has names", () => {
    const all = PacketSet.fromFields({ family: "ipv4" });
    const by = (...ingressInterfaces: ({ name: string } | { prefix: string })[]) =>
      PacketSet.fromFields({ ingressInterfaces });

    expect(describeSet(all.subtract(by({ name: "lo" }, { prefix: "wlan" })))).to.deep.equal([
      "any protocol any IPv4 -> any IPv4, in any interface but lo/wlan*",
    ]);
    expect(describeSet(all.intersect(by({ name: "eth0" }, { prefix: "tun" })))).to.deep.equal([
      "any protocol any IPv4 -> any IPv4, in eth0/tun*",
    ]);
    expect(describeSet(all.subtract(by({ name: "" })))).to.deep.equal([
      "any protocol any IPv4 -> any IPv4, in any interface",
    ]);
  });

  it("stay within the limit and count the rest", () => {
    const many = Array.from({ length: 20 }, (_, i) => ({
      protocols: one(6),
      destinationPorts: one(1000 + 2 * i),
      sources: [range(`10.0.${2 * i}.0/24`)],
    }));

    const lines = say(...many);

    expect(lines).to.have.length(9);
    expect(lines.at(-1)).to.equal("and 12 more such groups");
  });

  it("lose and add nothing: the terms make up the set", () => {
    fc.assert(
      fc.property(sets, ({ set }) => {
        const { terms, isComplete } = termsOf(set);
        if (!isComplete) return;

        const parts = terms.map((term) =>
          PacketSet.unionOf(
            term.family.map((family) =>
              PacketSet.fromFields({
                family,
                ...(term.protocols.length ? { protocols: term.protocols } : {}),
                ...(term.fragment.length === 1 ? { fragment: term.fragment[0] } : {}),
                ...(term.sourcePorts.length ? { sourcePorts: term.sourcePorts } : {}),
                ...(term.destinationPorts.length ? { destinationPorts: term.destinationPorts } : {}),
                ...(term.icmpTypes.length ? { icmpTypes: term.icmpTypes } : {}),
                ...(term.icmpCodes.length ? { icmpCodes: term.icmpCodes } : {}),
                ...(term.tcpFlags.length
                  ? { tcpFlags: term.tcpFlags.flat().map((value) => ({ mask: 255, value })) }
                  : {}),
                ...(term.states.length ? { states: term.states.flat() } : {}),
                ...(term.tags.length ? { tags: term.tags.flatMap(numbers) } : {}),
                ...(term.source.length ? { sources: term.source } : {}),
                ...(term.destination.length ? { destinations: term.destination } : {}),
                ...(term.ingressInterfaces.length ? { ingressInterfaces: term.ingressInterfaces } : {}),
                ...(term.egressInterfaces.length ? { egressInterfaces: term.egressInterfaces } : {}),
              }),
            ),
          ),
        );

        expect(PacketSet.unionOf(parts).equals(set)).to.equal(true);
        expect(parts.reduce((sum, part) => sum + part.volume(), 0n)).to.equal(set.volume());
      }),
      { numRuns: 200 },
    );
  });
});

function numbers({ first, last }: { first: number; last: number }): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
