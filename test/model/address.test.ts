import { expect } from "chai";
import fc from "fast-check";
import {
  ALL_ADDRESSES,
  addressBits,
  addressFromValue,
  addressValue,
  formatAddress,
  formatAddressRange,
  maskLength,
  PRIVATE_RANGES,
  PUBLIC_RANGES,
  parseAddress,
  parseAddressRange,
  prefixMask,
  prefixRange,
  rangePrefixes,
  rangesOverlap,
} from "../../src/model/address.js";

const families = ["ipv4", "ipv6"] as const;
const ascending = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);

describe("addresses", () => {
  it("reads dotted quads and refuses what only looks like one", () => {
    expect(parseAddress("10.1.2.3")).to.deep.equal([0x0a010203]);
    for (const bad of ["10.1.2", "10.1.2.256", "10.01.2.3", "10.1.2.3.4", ".1.2.3", "1.2.3.", "a.b.c.d", ""]) {
      expect(parseAddress(bad), bad).to.equal(undefined);
    }
  });

  it("reads IPv6 in every notation and writes the canonical one", () => {
    const words = parseAddress("2001:DB8:0:0::0001");

    expect(words).to.deep.equal([0x20010db8, 0, 0, 1]);
    expect(formatAddress(words!)).to.equal("2001:db8::1");
    expect(parseAddress("fe80::1%eth0")).to.equal(undefined);
  });

  it("masks host bits away and takes masks in place of lengths", () => {
    expect(formatAddressRange(parseAddressRange("10.1.2.3/255.255.0.0")!)).to.equal("10.1.0.0/16");
    expect(formatAddressRange(parseAddressRange("0.0.0.0/0")!)).to.equal("0.0.0.0/0");
    expect(formatAddressRange(parseAddressRange("10.0.0.1-10.0.0.9")!)).to.equal("10.0.0.1-10.0.0.9");
    expect(parseAddressRange("10.0.0.9-10.0.0.1")).to.equal(undefined);
    expect(parseAddressRange("10.0.0.0/255.0.255.0")).to.equal(undefined);
    expect(parseAddressRange("10.0.0.0/33")).to.equal(undefined);
  });

  it("prints a range as the prefix it is, for every prefix", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 128n - 1n), fc.integer({ min: 0, max: 128 }), (value, length) => {
        const range = prefixRange(addressFromValue(value, "ipv6"), length);
        const again = parseAddressRange(formatAddressRange(range));
        expect(again).to.deep.equal(range);
        expect(maskLength(prefixMask("ipv6", length))).to.equal(length);
        expect(addressFromValue(addressValue(range.first), "ipv6")).to.deep.equal(range.first);
      }),
    );
  });

  it("splits a range into prefixes that follow each other and make it up exactly", () => {
    const numbers = fc.tuple(
      fc.constantFrom(...families),
      fc.bigInt(0n, 2n ** 128n - 1n),
      fc.bigInt(0n, 2n ** 128n - 1n),
    );
    fc.assert(
      fc.property(numbers, ([family, a, b]) => {
        const [low = 0n, high = 0n] = [a, b].map((value) => value >> BigInt(128 - addressBits(family))).sort(ascending);
        const range = { family, first: addressFromValue(low, family), last: addressFromValue(high, family) };

        const prefixes = rangePrefixes(range);

        let next = low;
        for (const prefix of prefixes) {
          expect(addressValue(prefix.first)).to.equal(next);
          expect(formatAddressRange(prefix)).not.to.contain("-");
          next = addressValue(prefix.last) + 1n;
        }
        expect(next).to.equal(high + 1n);
      }),
    );
    expect(rangePrefixes(ALL_ADDRESSES.ipv6)).to.have.length(1);
  });

  it("calls no address both public and private, and leaves out of IPv4 only 0/8, 168.63.129.16 and what is above 224", () => {
    const overlaps = PUBLIC_RANGES.filter((range) => PRIVATE_RANGES.some((other) => rangesOverlap(range, other)));
    const both = [...PUBLIC_RANGES, ...PRIVATE_RANGES].filter((range) => range.family === "ipv4");
    const count = both.reduce((sum, { first, last }) => sum + (last[0] as number) - (first[0] as number) + 1, 0);

    expect(overlaps).to.deep.equal([]);
    expect(count).to.equal((224 - 1) * 2 ** 24 - 1);
  });
});
