import { expect } from "chai";
import { packetsOfEntry } from "../../src/generate/entries-of-packets.js";
import { type EnforcementPoint, planAllowLists } from "../../src/generate/plan-allow-lists.js";
import type { Ace } from "../../src/model/acl.js";
import { type AddressRange, parseAddressRange } from "../../src/model/address.js";
import type { AllowList } from "../../src/model/allow-list.js";
import type { Device, Direction, Tracking } from "../../src/model/device.js";
import type { Translation } from "../../src/model/nat.js";
import { describeSet } from "../../src/sets/describe.js";
import { PacketSet } from "../../src/sets/packet-set.js";

const at = { file: "edge.rules", line: 1 };
const range = (text: string) => parseAddressRange(text) as AddressRange;
const point = (value: number) => ({ first: value, last: value });

function translating(name: string, translation: Translation): Device["acls"][number] {
  const ace: Ace = { name, enabled: true, matches: { unmodeled: [] }, action: { kind: "translate", translation }, at };
  return { name, aces: [ace], defaultAction: { kind: "accept" }, evaluation: "first-match", at };
}

const pool = (text: string) => ({ kind: "pool", ranges: [range(text)] }) as const;

/** A router that maps everything to 10.0.0.9:8443 before its filter and hides the sender behind it. */
function router(tracking: Tracking): EnforcementPoint {
  const destination = { side: "destination", addresses: pool("10.0.0.9"), ports: point(8443) } as const;
  const source = { side: "source", addresses: pool("10.0.0.1") } as const;
  const stages = [
    { hook: "before", kind: "nat", acl: "in" },
    { hook: "filter", kind: "filter", acl: "list" },
    { hook: "after", kind: "nat", acl: "out" },
  ] as const;
  const none = { forward: stages, input: [], output: [] };
  const acls = [translating("in", destination), translating("out", source)];
  const device = { name: "edge", vendor: "test", acls, sets: [], interfaces: [], stages: none, tracking };
  return { device, tracking };
}

const reason = { requirement: "R1", from: "a", to: "b", purpose: "test", at };

function need(direction: Direction) {
  const packets = PacketSet.fromFields({
    sources: [range("198.51.100.7")],
    destinations: [range("203.0.113.5")],
    protocols: [point(6)],
    destinationPorts: [point(443)],
    sourcePorts: [{ first: 1024, last: 65535 }],
    tcpFlags: [{ mask: 255, value: 2 }],
    states: ["new"],
    ingressInterfaces: [{ name: "eth0" }],
    egressInterfaces: [{ name: "eth1" }],
  });
  return { device: "edge", direction, packets, reason };
}

const linesOf = ({ entries }: AllowList) => describeSet(PacketSet.unionOf(entries.map(packetsOfEntry)));

describe("planAllowLists", () => {
  it("asks for addresses as the filter sees them: after the destination and before the source is translated", () => {
    const lists = planAllowLists(router("implicit"), [need("forward")], {});

    expect(lists.map(({ direction }) => direction)).to.deep.equal(["forward"]);
    expect(lists.flatMap(linesOf)).to.deep.equal([
      "tcp 198.51.100.7 -> 10.0.0.9 port 8443 (https-alt) from port 1024-65535, in eth0, out eth1",
    ]);
  });

  it("adds the replies where every packet is judged alone", () => {
    const lists = planAllowLists(router("none"), [need("forward")], {});

    const [list] = lists;
    expect(list?.entries.map(({ services }) => services[0]?.tcpFlags)).to.deep.equal([
      undefined,
      { mask: 16, value: 16 },
    ]);
    expect(list?.entries[1]).to.include({ ingressInterface: "eth1", egressInterface: "eth0" });
  });

  it("opens the other direction for replies where the filter is asked about them", () => {
    const lists = planAllowLists(router("explicit"), [need("input")], {});

    expect(lists.map(({ direction, entries }) => [direction, entries.length])).to.deep.equal([
      ["input", 1],
      ["output", 0],
    ]);
  });
});
