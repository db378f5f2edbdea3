import { expect } from "chai";
import { coarsenList } from "../../src/generate/coarsen-list.js";
import { type Need, planAllowLists } from "../../src/generate/plan-allow-lists.js";
import { type AddressRange, parseAddressRange } from "../../src/model/address.js";
import type { Device } from "../../src/model/device.js";
import type { Vendor } from "../../src/model/vendor.js";
import { vendorOf } from "../../src/pipeline/targets.js";
import { writeAllowLists } from "../../src/pipeline/write-allow-lists.js";
import { describeSet } from "../../src/sets/describe.js";
import { PacketSet } from "../../src/sets/packet-set.js";

const at = { file: "topology.yaml", line: 1 };
const HOST: Device = {
  ...{ name: "host", vendor: "azure-nsg", acls: [], sets: [], interfaces: [], tracking: "implicit" },
  stages: { forward: [], input: [], output: [] },
};

/** Each source reaches one destination of its own, so that no two entries can be joined. */
function listsOf(count: number) {
  const needs = Array.from({ length: count }, (_, index): Need => {
    const [high, low] = [Math.floor(index / 200), 2 * (index % 100) + 1];
    const packets = PacketSet.fromFields({
      sources: [parseAddressRange(`10.1.${2 * high}.${low + (index % 200 < 100 ? 0 : 1)}`) as AddressRange],
      destinations: [parseAddressRange(`10.2.${2 * (index % 128)}.${2 * high + 1}`) as AddressRange],
      protocols: [{ first: 6, last: 6 }],
      destinationPorts: [{ first: 1000 + index, last: 1000 + index }],
      states: ["new"],
    });
    const reason = { requirement: `R${index}`, from: "a", to: "b", purpose: "test", at };
    return { device: "host", direction: "input", packets, reason };
  });
  return planAllowLists({ device: HOST, tracking: "implicit" }, needs, {});
}

/** The same with one port for all. */
function listsOfOnePort(count: number) {
  return listsOf(count).map((list) => ({
    ...list,
    entries: list.entries.map((entry) => ({
      ...entry,
      services: [{ protocol: 6, destinationPorts: [{ first: 443, last: 443 }] }],
    })),
  }));
}

describe("a list that is too long for its format", () => {
  const group = vendorOf("azure-nsg") as Vendor;

  it("is refused with the limit, what fewer rules would also accept, and the formats that can hold it", () => {
    const { value, diagnostics } = writeAllowLists(listsOfOnePort(1200), group, at);

    expect(value).to.equal(undefined);
    expect(diagnostics[0]?.message).to.equal(
      "a network security group cannot say this: a group holds 1,000 rules (2022-12-05)",
    );
    expect(diagnostics[0]?.help).to.match(/^1 rules? would do .* also accept tcp 10\.1\..*; (iptables|.* can say it)/);
    expect(diagnostics[0]?.help).to.include("iptables and nftables");
  });

  it("is refused without a proposal where joining does not help", () => {
    const { diagnostics } = writeAllowLists(listsOf(1200), group, at);

    expect(diagnostics[0]?.help).to.match(/^iptables and nftables/);
  });

  it("that is just short enough is written", () => {
    expect(writeAllowLists(listsOfOnePort(900), group, at).value?.texts).to.have.length(1);
  });
});

describe("coarsenList", () => {
  it("tells exactly what it opens beyond the list", () => {
    const [list] = listsOfOnePort(2);
    const { list: coarse, excess } = coarsenList(list as NonNullable<typeof list>);

    expect(coarse.entries).to.have.length(1);
    expect(describeSet(excess)).to.have.length(2);
  });

  it("opens nothing where every source has its own service", () => {
    const [list] = listsOf(3);

    expect(coarsenList(list as NonNullable<typeof list>).excess.isEmpty).to.equal(true);
  });
});
