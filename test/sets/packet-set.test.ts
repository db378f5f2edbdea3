import { expect } from "chai";
import fc from "fast-check";
import { MOST_TAGS } from "../../src/model/acl.js";
import { type AddressRange, isInRange, parseAddress, parseAddressRange } from "../../src/model/address.js";
import type { Packet } from "../../src/model/flow.js";
import type { PortRange } from "../../src/model/service.js";
import { witnessOfBoxes } from "../../src/sets/box-witness.js";
import { Budget } from "../../src/sets/budget.js";
import { pointOf } from "../../src/sets/packet-point.js";
import { type PacketBox, PacketSet } from "../../src/sets/packet-set.js";
import { packetFields, packets, sets } from "./arbitraries.js";

const range = (text: string) => parseAddressRange(text) as AddressRange;
const ports = (first: number, last = first) => [{ first, last }];
const tcp = { protocols: [{ first: 6, last: 6 }] };

const tcpPacket: Packet = {
  family: "ipv4",
  source: parseAddress("10.0.0.1")!,
  destination: parseAddress("10.1.0.7")!,
  protocol: 6,
  sourcePort: 50000,
  destinationPort: 443,
  tcpFlags: 2,
  state: "new",
  ingressInterface: "eth0",
  egressInterface: "eth1",
  fragment: "first-or-whole",
};

describe("packet sets", () => {
  it("hold exactly the packets that have their fields", () => {
    fc.assert(
      fc.property(sets, fc.array(packets, { minLength: 20, maxLength: 20 }), ({ set, holds }, some) => {
        for (const packet of some) expect(set.contains(packet)).to.equal(holds(packet));
      }),
      { numRuns: 500 },
    );
  });

  it("are disjoint products of ranges, one of which has each packet", () => {
    fc.assert(
      fc.property(sets, fc.array(packets, { minLength: 20, maxLength: 20 }), ({ set }, some) => {
        for (const packet of some) {
          const products = set.levelProducts(packet.family, 5000);
          const point = pointOf(packet);
          const holding = products?.filter((product) => {
            return product.every((ranges, level) => {
              return ranges.some((first, k) => k % 2 === 0 && first <= point[level] && point[level] <= ranges[k + 1]);
            });
          });
          expect(holding?.length).to.equal(set.contains(packet) ? 1 : 0);
        }
      }),
    );
  });

  it("are one box where rules ask for a connection's first packet by its flags, and one where they ask for a later one", () => {
    const first = PacketSet.fromFields({ tcpFlags: [{ mask: 23, value: 2 }] });
    const acknowledged = { mask: 16, value: 16 };
    const later = PacketSet.fromFields({ tcpFlags: [acknowledged, { mask: 4, value: 4 }] });

    expect(first.levelBoxes("ipv4", 9)).to.have.length(1);
    expect(later.levelBoxes("ipv4", 9)).to.have.length(1);
    expect(first.contains(tcpPacket)).to.equal(true);
    expect(later.contains({ ...tcpPacket, tcpFlags: 4 })).to.equal(true);
    expect(later.contains(tcpPacket)).to.equal(false);
  });

  it("obey the laws of a Boolean algebra, as equal sets and not only as equal members", () => {
    fc.assert(
      fc.property(sets, sets, sets, ({ set: a }, { set: b }, { set: c }) => {
        expect(a.union(b).equals(b.union(a))).to.equal(true);
        expect(a.intersect(b.union(c)).equals(a.intersect(b).union(a.intersect(c)))).to.equal(true);
        expect(a.union(b).complement().equals(a.complement().intersect(b.complement()))).to.equal(true);
        expect(a.subtract(b).equals(a.intersect(b.complement()))).to.equal(true);
        expect(a.complement().complement().equals(a)).to.equal(true);
        expect(a.union(a.complement()).equals(PacketSet.all)).to.equal(true);
        expect(a.intersect(a.complement()).isEmpty).to.equal(true);
        expect(PacketSet.unionOf([a, b, c]).equals(a.union(b).union(c))).to.equal(true);
        expect(a.overlaps(b)).to.equal(!a.intersect(b).isEmpty);
        expect(a.includes(b)).to.equal(b.subtract(a).isEmpty);
      }),
      { numRuns: 300 },
    );
  });

  it("have equal hashes iff they are equal", () => {
    fc.assert(
      fc.property(sets, sets, ({ set: a }, { set: b }) => {
        expect(a.hash === b.hash).to.equal(a.equals(b));
        expect(a.intersect(b).union(a.subtract(b)).hash).to.equal(a.hash);
      }),
    );
  });

  it("have the volume of their disjoint parts", () => {
    fc.assert(
      fc.property(sets, sets, ({ set: a }, { set: b }) => {
        expect(a.volume()).to.equal(a.intersect(b).volume() + a.subtract(b).volume());
      }),
    );
  });

  it("count only packets that exist", () => {
    const anyName = 2n ** 256n * BigInt(MOST_TAGS);
    const pair = { sources: [range("10.0.0.1")], destinations: [range("10.0.0.2")], states: ["new" as const] };
    const volume = (protocol: number) =>
      PacketSet.fromFields({ ...pair, protocols: [{ first: protocol, last: protocol }] }).volume() / anyName;

    expect(volume(6)).to.equal(2n ** 40n + 1n);
    expect(volume(17)).to.equal(2n ** 32n + 1n);
    expect(volume(1)).to.equal(2n ** 16n + 1n);
    expect(volume(47)).to.equal(2n);
  });

  it("fall apart into disjoint boxes that make up the set again", () => {
    fc.assert(
      fc.property(fc.array(packetFields, { maxLength: 4 }), (list) => {
        const set = PacketSet.unionOf(list.filter(hasNoMask).map((fields) => PacketSet.fromFields(fields)));

        const parts = [...set.boxes()].map(setOfBox);

        expect(PacketSet.unionOf(parts).equals(set)).to.equal(true);
        expect(parts.reduce((sum, part) => sum + part.volume(), 0n)).to.equal(set.volume());
      }),
      { numRuns: 60 },
    );
  });

  it("sample and pick witnesses among their own packets", () => {
    fc.assert(
      fc.property(sets, fc.integer(), ({ set }, seed) => {
        const witness = set.witness();
        expect(witness === undefined).to.equal(set.isEmpty);
        if (witness === undefined) return;
        expect(set.contains(witness)).to.equal(true);
        expect(set.contains(set.sample(randomFrom(seed)))).to.equal(true);
      }),
    );
  });

  it("has a witness by an interface that there is, also where the shortest name of a prefix is left out", () => {
    const of = (...ingressInterfaces: ({ name: string } | { prefix: string })[]) =>
      PacketSet.fromFields({ family: "ipv4", ingressInterfaces });

    for (const [prefix = "", ...taken] of [
      ["eth1", "eth1"],
      ["wlan", "wlan", "wlan0"],
      ["lan0", "lan0"],
    ]) {
      const rest = of({ prefix }).subtract(of(...taken.map((name) => ({ name }))));
      const witness = rest.witness();
      const boxed = witnessOfBoxes(rest.levelBoxes("ipv4", 64) ?? [], "ipv4");

      expect(witness !== undefined && rest.contains(witness), prefix).to.equal(true);
      expect(boxed).to.deep.equal(witness);
    }
  });

  it("name a witness a person would recognise", () => {
    const asked = PacketSet.fromFields({ sources: [range("10.0.0.0/8")], destinations: [range("10.1.0.0/16")] });

    const witness = asked.witness({
      sources: [range("10.0.0.1")],
      destinations: [range("192.168.7.7"), range("10.1.0.7")],
      ports: ports(443),
    })!;

    expect(witness).to.deep.include({ protocol: 6, destinationPort: 443, tcpFlags: 2, state: "new" });
    expect(witness.sourcePort).to.equal(49152);
    expect(witness.source).to.deep.equal(parseAddress("10.0.0.1"));
    expect(witness.destination).to.deep.equal(parseAddress("10.1.0.7"));
  });

  it("hold the one packet they were made from", () => {
    fc.assert(
      fc.property(packets, packets, (a, b) => {
        const one = PacketSet.fromPacket(a);
        expect(one.volume()).to.equal(1n);
        expect(one.contains(a)).to.equal(true);
        expect(one.contains(b)).to.equal(PacketSet.fromPacket(b).equals(one));
      }),
    );
  });

  it("forget a field by holding every value of it where they held one", () => {
    fc.assert(
      fc.property(sets, packets, fc.integer({ min: 0, max: 65535 }), ({ set }, packet, port) => {
        const forgotten = set.forget(["sourcePorts"]);
        expect(forgotten.includes(set)).to.equal(true);
        if (packet.sourcePort === undefined) expect(forgotten.contains(packet)).to.equal(set.contains(packet));
        else expect(forgotten.contains({ ...packet, sourcePort: port })).to.equal(forgotten.contains(packet));
      }),
    );
  });

  it("mirror themselves: twice is the set again, once holds the replies", () => {
    fc.assert(
      fc.property(sets, packets, ({ set }, packet) => {
        expect(set.mirror().mirror().equals(set)).to.equal(true);
        expect(set.mirror().contains(replyTo(packet))).to.equal(set.contains(packet));
      }),
      { numRuns: 200 },
    );
  });

  it("mirror requests into the replies of their kind, each family's protocol by itself", () => {
    const typed = (protocol: number, type: number) =>
      PacketSet.fromFields({ protocols: [{ first: protocol, last: protocol }], icmpTypes: ports(type) });

    for (const [protocol, request, reply] of [
      [1, 8, 0],
      [1, 13, 14],
      [1, 3, 3],
      [58, 128, 129],
      [58, 8, 8],
    ]) {
      expect(typed(protocol, request).mirror().equals(typed(protocol, reply)), `${protocol} ${request}`).to.equal(true);
      expect(typed(protocol, reply).mirror().equals(typed(protocol, request)), `${protocol} ${reply}`).to.equal(true);
    }
  });

  it("assign values to fields, and ask where a packet may have come from", () => {
    const target = { destinations: [range("192.168.1.0/24")], destinationPorts: ports(8080, 8081) };
    const rewritten = (packet: Packet): Packet => ({
      ...packet,
      destination: parseAddress("192.168.1.77")!,
      ...(packet.destinationPort === undefined ? {} : { destinationPort: 8080 }),
    });
    fc.assert(
      fc.property(sets, packets, ({ set }, packet) => {
        const image = set.assign(target);
        if (set.contains(packet) && packet.family === "ipv4") expect(image.contains(rewritten(packet))).to.equal(true);
        expect(image.unassign(target).includes(set.intersect(PacketSet.fromFields({ family: "ipv4" })))).to.equal(true);
        if (packet.family === "ipv4" && set.contains(rewritten(packet))) {
          expect(set.unassign(target).contains(packet)).to.equal(true);
        }
        expect(set.unassign(target).forget(["destinations"]).equals(set.unassign(target))).to.equal(true);
      }),
      { numRuns: 200 },
    );
  });

  it("replace the network of an address and keep its host part, and find the packets that became one", () => {
    const networks = [range("172.16.8.0/24"), range("172.0.0.0/8"), range("2001:db8:9::/64"), range("fd00::/40")];
    const within = PacketSet.fromFields({
      destinations: [range("10.0.0.0/22"), range("10.1.0.0/20"), range("2001:db8::/63"), range("ffff::/60")],
    });
    fc.assert(
      fc.property(sets, packets, fc.constantFrom(...networks), ({ set }, packet, network) => {
        if (packet.family !== network.family || !within.contains(packet)) return;
        const moved = { ...packet, destination: withNetwork(packet.destination, network) };
        const part = set.intersect(within);
        if (part.contains(packet)) {
          expect(part.replaceNetwork("destinations", network).contains(moved)).to.equal(true);
        }
        const origin = set.undoReplaceNetwork("destinations", network, within);
        expect(origin.contains(packet)).to.equal(set.contains(moved));
        expect(set.includes(origin.replaceNetwork("destinations", network))).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it("replace a network host by host where a range fills it but for one address, and where it wraps around", () => {
    const moved = (text: string) =>
      PacketSet.fromFields({ destinations: [range(text)] }).replaceNetwork("destinations", range("172.16.8.0/24"));
    const at = (...texts: string[]) => PacketSet.fromFields({ destinations: texts.map(range) });

    expect(moved("10.0.0.0-10.0.0.254").equals(at("172.16.8.0-172.16.8.254"))).to.equal(true);
    expect(moved("10.0.0.250-10.0.1.3").equals(at("172.16.8.250-172.16.8.255", "172.16.8.0-172.16.8.3"))).to.equal(
      true,
    );
    expect(moved("10.0.0.0-10.0.0.255").equals(at("172.16.8.0/24"))).to.equal(true);
  });

  it("survive the table being emptied between operations", () => {
    const make = (i: number) =>
      PacketSet.fromFields({
        ...tcp,
        destinationPorts: ports(i % 65536),
        sources: [range(`10.${i >> 8}.${i & 255}.0/24`)],
      });
    const kept = PacketSet.unionOf(Array.from({ length: 200 }, (_, i) => make(i)));

    for (let i = 0; i < 45000; i++) make(i).subtract(make(i + 1));

    const again = PacketSet.unionOf(Array.from({ length: 200 }, (_, i) => make(i)));
    expect(again.equals(kept)).to.equal(true);
    expect(again.hash).to.equal(kept.hash);
    expect(kept.subtract(again).isEmpty).to.equal(true);
  });

  it("stop with an honest answer where a budget runs out", () => {
    const random = randomFrom(7);
    const boxes = Array.from({ length: 300 }, () => {
      const pair = (most: number) => [random(), random()].map((x) => Math.floor(x * most)).sort((a, b) => a - b);
      const [[a, b], [c, d], [e, f], [g, h]] = [65535, 65535, 0xffffffff, 0xffffffff].map(pair);
      return PacketSet.fromFields({
        ...tcp,
        sourcePorts: ports(a, b),
        destinationPorts: ports(c, d),
        sources: [{ family: "ipv4", first: [e], last: [f] }],
        destinations: [{ family: "ipv4", first: [g], last: [h] }],
      });
    });
    const budget = new Budget(100000);

    const answer = budget.run(
      () => PacketSet.unionOf(boxes).hash,
      () => "too complex",
    );

    expect(answer).to.equal("too complex");
    expect(PacketSet.fromPacket(tcpPacket).contains(tcpPacket)).to.equal(true);
  });
});

function hasNoMask(fields: { sources?: readonly object[]; destinations?: readonly object[] }): boolean {
  return [...(fields.sources ?? []), ...(fields.destinations ?? [])].every((one) => !("mask" in one));
}

function setOfBox(box: PacketBox): PacketSet {
  const { family, protocols, source, destination, states, fragment } = box;
  const list = <T>(one: T | undefined) => (one === undefined ? [] : [one]);
  return PacketSet.fromFields({
    family,
    protocols: [protocols],
    sources: [source],
    destinations: [destination],
    ...(fragment === undefined ? {} : { fragment }),
    ...(states === undefined ? {} : { states }),
    ...(box.tags === undefined ? {} : { tags: valuesOf(box.tags) }),
    ...(box.sourcePorts === undefined ? {} : { sourcePorts: list(box.sourcePorts) }),
    ...(box.destinationPorts === undefined ? {} : { destinationPorts: list(box.destinationPorts) }),
    ...(box.icmpTypes === undefined ? {} : { icmpTypes: list(box.icmpTypes) }),
    ...(box.icmpCodes === undefined ? {} : { icmpCodes: list(box.icmpCodes) }),
    ...(box.tcpFlags === undefined ? {} : { tcpFlags: box.tcpFlags.map((value) => ({ mask: 255, value })) }),
    ...(box.ingressInterfaces === undefined ? {} : { ingressInterfaces: list(box.ingressInterfaces) }),
    ...(box.egressInterfaces === undefined ? {} : { egressInterfaces: list(box.egressInterfaces) }),
  });
}

function valuesOf({ first, last }: PortRange): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function replyTo(packet: Packet): Packet {
  const replies: Readonly<Record<number, Readonly<Record<number, number>>>> = {
    1: { 8: 0, 0: 8, 13: 14, 14: 13 },
    58: { 128: 129, 129: 128 },
  };
  return {
    ...packet,
    source: packet.destination,
    destination: packet.source,
    ...(packet.sourcePort === undefined
      ? {}
      : { sourcePort: packet.destinationPort as number, destinationPort: packet.sourcePort }),
    ...(packet.icmpType === undefined
      ? {}
      : { icmpType: replies[packet.protocol]?.[packet.icmpType] ?? packet.icmpType }),
    ingressInterface: packet.egressInterface,
    egressInterface: packet.ingressInterface,
  };
}

function withNetwork(address: readonly number[], network: AddressRange): number[] {
  const moved = address.map((word, i) => {
    const host = (network.first[i] ^ network.last[i]) >>> 0;
    return ((word & host) | network.first[i]) >>> 0;
  });
  expect(isInRange(moved, network)).to.equal(true);
  return moved;
}

/** A seeded generator of numbers in [0, 1). */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
