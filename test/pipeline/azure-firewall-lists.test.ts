/** Allow-lists of an Azure Firewall, each notation proved from its own text. */
import { expect } from "chai";
import { type AddressRange, PUBLIC_RANGES, parseAddressRange } from "../../src/model/address.js";
import type { AllowEntry, AllowList } from "../../src/model/allow-list.js";
import type { Service } from "../../src/model/service.js";
import { writeAllowLists } from "../../src/pipeline/write-allow-lists.js";
import { azureFirewall } from "../../src/vendors/azure-firewall/index.js";

const at = { file: "requirements.yaml", line: 3 };
const range = (text: string) => parseAddressRange(text) as AddressRange;
const reason = { requirement: "R-1", from: "a", to: "b", purpose: "test", at };
const on = (protocol: number, ...ports: number[]): Service => ({
  protocol,
  destinationPorts: ports.map((port) => ({ first: port, last: port })),
});
const PUBLIC = PUBLIC_RANGES.filter(({ family }) => family === "ipv4");

function entry(rest: Partial<AllowEntry>): AllowEntry {
  return {
    family: "ipv4",
    sources: [range("10.1.0.0/24"), range("10.1.2.3-10.1.2.9")],
    destinations: [range("10.9.0.4")],
    services: [on(6, 443)],
    reasons: [reason],
    ...rest,
  };
}

function list(...entries: AllowEntry[]): AllowList {
  return { device: "fw's", direction: "forward", tracking: "implicit", entries };
}

const NOTATIONS = [undefined, ...(azureFirewall.allowLists?.notations ?? [])];
const named = entry({ destinations: PUBLIC, hosts: [".backup.example", "login.example"] });

describe("allow-lists of an Azure Firewall", () => {
  for (const notation of NOTATIONS) {
    const written = (entries: AllowEntry[]) => writeAllowLists([list(...entries)], azureFirewall, at, notation);

    it(`are exactly the addresses and services meant, in ${notation?.title ?? "an ARM template"}`, () => {
      const icmp = entry({ services: [{ protocol: 1 }], destinations: [range("203.0.113.0/24")] });
      const both = entry({ services: [on(6, 80, 8443), on(17, 53)] });

      const { value, diagnostics } = written([entry({}), both, icmp]);

      expect(diagnostics).to.deep.equal([]);
      expect(value?.readBack.acls.find(({ name }) => name === "rules")?.aces.length).to.be.greaterThan(4);
    });

    it(`are exactly the names meant, of public addresses only, in ${notation?.title ?? "an ARM template"}`, () => {
      const { value, diagnostics } = written([entry({}), named]);

      expect(diagnostics).to.deep.equal([]);
      expect(value?.texts[0]?.text).to.contain("*.backup.example");
    });
  }

  it("name the limit where rules cannot say it, and write nothing", () => {
    const limits = (rest: Partial<AllowEntry>) => {
      const { value, diagnostics } = writeAllowLists([list(entry(rest))], azureFirewall, at);
      expect(value).to.equal(undefined);
      return diagnostics.map(({ code }) => code);
    };

    expect(limits({ family: "ipv6", sources: [range("2001:db8::1")] })).to.deep.equal([
      "azure-firewall/limit-endpoint",
    ]);
    expect(limits({ services: [{ protocol: 50 }] })).to.deep.equal(["azure-firewall/limit-protocol"]);
    expect(limits({ services: [{ protocol: 1, icmpTypes: [{ first: 8, last: 8 }] }] })).to.deep.equal([
      "azure-firewall/limit-field",
    ]);
    expect(limits({ destinations: PUBLIC, hosts: ["a.example"], services: [on(6, 8443)] })).to.deep.equal([
      "azure-firewall/limit-name-port",
    ]);
  });

  it("are refused where a text says something else than meant", () => {
    const lying = {
      id: "x",
      title: "x",
      ending: ".json",
      translate: (text: string) => text.replace("10.9.0.4", "10.9.0.5"),
    };

    const { value, diagnostics } = writeAllowLists([list(entry({}))], azureFirewall, at, lying);

    expect(value).to.equal(undefined);
    expect(diagnostics.map(({ code }) => code)).to.deep.equal(["allow/not-equal", "allow/not-equal"]);
  });
});
