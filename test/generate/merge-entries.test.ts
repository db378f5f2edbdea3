import { expect } from "chai";
import fc from "fast-check";
import { packetsOfEntry } from "../../src/generate/entries-of-packets.js";
import { mergeEntries } from "../../src/generate/merge-entries.js";
import { type AddressRange, parseAddressRange } from "../../src/model/address.js";
import type { AllowEntry } from "../../src/model/allow-list.js";
import { PacketSet } from "../../src/sets/packet-set.js";

const range = (text: string) => parseAddressRange(text) as AddressRange;
const port = (value: number) => ({ first: value, last: value });

function entry(id: string, source: string, destination: string, ...ports: number[]): AllowEntry {
  return {
    family: "ipv4",
    sources: [range(source)],
    destinations: [range(destination)],
    services: ports.map((value) => ({ protocol: 6, destinationPorts: [port(value)] })),
    reasons: [{ requirement: id, from: "a", to: "b", purpose: "test", at: { file: "catalogue.yaml", line: 1 } }],
  };
}

const packetsOf = (entries: readonly AllowEntry[]) => PacketSet.unionOf(entries.map(packetsOfEntry));
const idsOf = (entries: readonly AllowEntry[]) =>
  entries.map(({ reasons }) => reasons.map(({ requirement }) => requirement).join(" "));

const address = fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.0/29", "10.0.0.0/24");
const randomEntry = fc
  .tuple(address, address, fc.array(fc.integer({ min: 80, max: 84 }), { minLength: 1, maxLength: 3 }))
  .map(([source, destination, ports]) => entry("R", source, destination, ...ports));

describe("mergeEntries", () => {
  it("holds exactly the packets it was given, and never has more entries", () => {
    fc.assert(
      fc.property(fc.array(randomEntry, { maxLength: 12 }), (entries) => {
        const merged = mergeEntries(entries);

        expect(packetsOf(merged).equals(packetsOf(entries))).to.equal(true);
        expect(merged.length).to.be.at.most(entries.length);
      }),
    );
  });

  it("joins ports, then sources, then destinations, and keeps every reason", () => {
    const merged = mergeEntries([
      entry("A", "10.0.0.1", "10.0.9.9", 443),
      entry("B", "10.0.0.1", "10.0.9.9", 8443),
      entry("C", "10.0.0.2", "10.0.9.9", 443, 8443),
    ]);

    expect(idsOf(merged)).to.deep.equal(["A B C"]);
    expect(merged[0]?.sources).to.deep.equal([range("10.0.0.1-10.0.0.2")]);
    expect(merged[0]?.services).to.deep.equal([{ protocol: 6, destinationPorts: [port(443), port(8443)] }]);
  });

  it("leaves apart what only a wider rule could join", () => {
    const merged = mergeEntries([entry("A", "10.0.0.1", "10.0.9.9", 443), entry("B", "10.0.0.2", "10.0.9.8", 80)]);

    expect(idsOf(merged)).to.deep.equal(["A", "B"]);
  });

  it("drops an entry within another one and hands on its reasons", () => {
    const merged = mergeEntries([
      entry("A", "10.0.0.1", "10.0.9.9", 443),
      entry("B", "10.0.0.0/24", "10.0.9.0/24", 443, 80),
    ]);

    expect(idsOf(merged)).to.deep.equal(["A B"]);
  });
});
