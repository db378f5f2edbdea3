import { expect } from "chai";
import { protocolNumber } from "../../src/model/service.js";

describe("protocolNumber", () => {
  it("knows names in any case, the registry's for ICMPv6 too, and numbers of one byte", () => {
    expect(["tcp", "ICMPv6", "ipv6-icmp", "IPv6-ICMP", "255"].map(protocolNumber)).to.deep.equal([6, 58, 58, 58, 255]);
  });

  it("knows nothing else", () => {
    expect(["", "256", "-1", "6.0", "constructor", "tcp "].map(protocolNumber)).to.deep.equal(Array(6).fill(undefined));
  });
});
