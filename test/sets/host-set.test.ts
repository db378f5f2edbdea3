import { expect } from "chai";
import fc from "fast-check";
import {
  ALL_HOSTS,
  complementHosts,
  formatHosts,
  type HostSet,
  hasHost,
  intersectHosts,
  isEmptyHosts,
  isSubsetOfHosts,
  NO_HOSTS,
  parseHostSet,
  someHost,
  subtractHosts,
  uniteHosts,
} from "../../src/sets/host-set.js";

// Few labels, so that sets overlap, nest and cancel.
const label = fc.constantFrom("a", "b", "www");
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
const text = fc.oneof(
  name,
  name.map((below) => `*.${below}`),
  name.map((domain) => `.${domain}`),
  fc.constantFrom("10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32", "::/0"),
);
const basic = fc.array(text, { maxLength: 4 }).map(parseHostSet);
const hostSet: fc.Arbitrary<HostSet> = fc
  .tuple(basic, basic, basic)
  .map(([a, b, c]) => uniteHosts(subtractHosts(a, b), complementHosts(uniteHosts(b, c))));
const probes = fc.oneof(name, fc.constantFrom("10.0.0.1", "10.9.9.9", "192.0.2.1", "2001:db8::1", "fe80::1"));

describe("host sets", () => {
  it("tell a name from the names below it and from both", () => {
    const below = parseHostSet(["*.blob.core.windows.net"]);
    const both = parseHostSet([".backup.windowsazure.com"]);

    expect(hasHost(below, "account.blob.core.windows.net")).to.equal(true);
    expect(hasHost(below, "a.b.blob.core.windows.net")).to.equal(true);
    expect(hasHost(below, "blob.core.windows.net")).to.equal(false);
    expect(hasHost(below, "accountblob.core.windows.net")).to.equal(false);
    expect(hasHost(both, "backup.windowsazure.com")).to.equal(true);
    expect(hasHost(both, "POD1.Backup.WindowsAzure.com.")).to.equal(true);
    expect(hasHost(both, "notbackup.windowsazure.com")).to.equal(false);
  });

  it("prove that a wildcard is covered, and name a host that is not", () => {
    const required = parseHostSet(["*.core.windows.net"]);
    const allowed = parseHostSet([".blob.core.windows.net", ".store.core.windows.net"]);

    expect(isSubsetOfHosts(parseHostSet(["*.blob.core.windows.net"]), allowed)).to.equal(true);
    expect(isSubsetOfHosts(required, allowed)).to.equal(false);
    expect(someHost(subtractHosts(required, allowed))).to.equal("www.core.windows.net");
    expect(formatHosts(subtractHosts(required, allowed))).to.deep.equal(["*.core.windows.net (outside blob, store)"]);
  });

  it("keep literals apart from names, and take an IPv4-mapped address for the IPv4 address", () => {
    const literals = parseHostSet(["10.0.0.0/8"]);

    expect(hasHost(literals, "10.1.2.3")).to.equal(true);
    expect(hasHost(literals, "[::ffff:10.1.2.3]")).to.equal(true);
    expect(hasHost(literals, "[2001:db8::1]")).to.equal(false);
    expect(isEmptyHosts(intersectHosts(literals, parseHostSet(["*.com", "com"])))).to.equal(true);
  });

  it("hold nothing for text that is no name", () => {
    const tooLong = Array.from({ length: 300 }, () => "a").join(".");

    expect(isEmptyHosts(parseHostSet(["", ".", "a..b", tooLong, `*.${tooLong}`]))).to.equal(true);
  });

  it("obey the laws of sets", () => {
    fc.assert(
      fc.property(hostSet, hostSet, probes, (a, b, host) => {
        const inA = hasHost(a, host);
        const inB = hasHost(b, host);
        expect(hasHost(uniteHosts(a, b), host)).to.equal(inA || inB);
        expect(hasHost(intersectHosts(a, b), host)).to.equal(inA && inB);
        expect(hasHost(subtractHosts(a, b), host)).to.equal(inA && !inB);
        expect(hasHost(complementHosts(a), host)).to.equal(!inA);
      }),
      { numRuns: 2000 },
    );
  });

  it("are equal trees where they are equal sets", () => {
    fc.assert(
      fc.property(hostSet, hostSet, (a, b) => {
        expect(intersectHosts(a, b)).to.deep.equal(subtractHosts(a, complementHosts(b)));
        expect(complementHosts(complementHosts(a))).to.deep.equal(a);
        expect(uniteHosts(a, b)).to.deep.equal(uniteHosts(b, a));
        expect(subtractHosts(a, a)).to.deep.equal(NO_HOSTS);
        expect(uniteHosts(a, complementHosts(a))).to.deep.equal(ALL_HOSTS);
      }),
      { numRuns: 500 },
    );
  });

  it("give a witness iff they are not empty, and it is one", () => {
    fc.assert(
      fc.property(hostSet, hostSet, (a, b) => {
        const witness = someHost(subtractHosts(a, b));
        expect(witness === undefined).to.equal(isSubsetOfHosts(a, b));
        if (witness !== undefined) expect([hasHost(a, witness), hasHost(b, witness)]).to.deep.equal([true, false]);
      }),
      { numRuns: 500 },
    );
  });

  it("stay quick with a hundred thousand names", () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `.host${i}.example.com`);
    const started = process.cpuUsage();

    const all = parseHostSet(names);
    const rest = subtractHosts(parseHostSet([".example.com"]), all);

    expect(hasHost(all, "www.host99999.example.com")).to.equal(true);
    expect(hasHost(rest, "www.host99999.example.com")).to.equal(false);
    expect(isEmptyHosts(intersectHosts(all, rest))).to.equal(true);
    expect(process.cpuUsage(started).user / 1000).to.be.below(5000);
  });
});
