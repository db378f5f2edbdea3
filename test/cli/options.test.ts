import { expect } from "chai";
import { InvalidArgumentError } from "commander";
import { collect, parsePort, parseService } from "../../src/cli/options.js";

describe("command-line options", () => {
  it("read a service as protocol and port", () => {
    expect(parseService("tcp/443")).to.deep.equal({ protocol: 6, destinationPort: 443 });
    expect(parseService("UDP/53")).to.deep.equal({ protocol: 17, destinationPort: 53 });
    expect(parseService("icmp")).to.deep.equal({ protocol: 1 });
  });

  it("refuse what is no service or port", () => {
    for (const text of ["tcp", "tcp/", "tcp/70000", "tcp/1/2", "icmp/8", "https", "443", ""]) {
      expect(() => parseService(text), text).to.throw(InvalidArgumentError);
    }
    for (const text of ["-1", "65536", "1e3", ""]) expect(() => parsePort(text), text).to.throw(InvalidArgumentError);
  });

  it("collect the values of a repeated option", () => {
    expect(collect("b", ["a"])).to.deep.equal(["a", "b"]);
  });
});
