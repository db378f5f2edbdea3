import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { prepareEvaluation } from "../../../src/compile/evaluate-flow.js";
import { asksFor } from "../../../src/compile/requested-names.js";
import type { Device } from "../../../src/model/device.js";
import { parseHostSet } from "../../../src/sets/host-set.js";
import { azureFirewall } from "../../../src/vendors/azure-firewall/index.js";
import { requireShared } from "../../shared-path.js";
import { packet } from "../probe.js";

interface NameCase {
  readonly pattern: string;
  readonly fqdn: string;
  readonly rule_port: number;
  readonly port: number | null;
  readonly answer: boolean;
}

describe("azure-firewall on the shared corpus", () => {
  let corpus = "";
  before(function () {
    corpus = join(requireShared(this), "corpus", "azure-firewall");
  });

  function loadFirewall() {
    const inputs = ["firewall.json", "IpGroups.json"].map((name) => {
      const file = join(corpus, "afc-PowershellData", name);
      return azureFirewall.parse(readFileSync(file, "utf8"), file).value;
    });
    return azureFirewall.convert(inputs, { deviceName: "device" }).value;
  }

  it("reads the firewall and its IP groups with all lines accounted for and none rejected", () => {
    const { coverage, devices } = loadFirewall();

    expect(devices.map(({ name }) => name)).to.deep.equal(["TestFw"]);
    expect(coverage.map(({ lines }) => lines.length)).to.deep.equal([651, 145]);
    expect(coverage.flatMap(({ lines }) => lines).filter(({ fate }) => fate === "rejected")).to.deep.equal([]);
  });

  it("reads the Bicep files with all lines accounted for and none rejected", () => {
    for (const [file, rules] of [
      ["aks-baseline-hub.bicep", 9],
      ["avm-firewall-max.test.bicep", 6],
    ] as const) {
      const text = readFileSync(join(corpus, file), "utf8");
      const { devices, coverage } = azureFirewall.convert([azureFirewall.parse(text, file).value], {
        deviceName: "device",
      }).value;

      const lines = coverage[0]?.lines ?? [];
      expect(lines.length, file).to.equal(text.split("\n").filter((line) => line.trim() !== "").length);
      expect(lines.filter(({ fate }) => fate === "rejected")).to.deep.equal([]);
      expect(devices[0]?.acls.find(({ name }) => name === "rules")?.aces.length, file).to.equal(rules);
    }
  });

  it("accepts what an earlier rule allows although a later collection denies it", () => {
    const evaluation = prepareEvaluation(loadFirewall().devices[0] as Device, {
      requested: parseHostSet(["reddit.com"]),
    });

    const { verdict } = evaluation.evaluate({
      direction: "forward",
      packet: packet({ from: "10.10.0.5", to: "203.0.113.80", protocol: 6, port: 443 }),
    });

    expect(verdict).to.equal("accept");
  });

  it("matches names as the peer does", () => {
    const { cases } = JSON.parse(readFileSync(join(corpus, "afc-fqdn-wildcards.expected.json"), "utf8")) as {
      readonly cases: readonly NameCase[];
    };
    for (const { pattern, fqdn, answer } of cases.filter(({ port, rule_port }) => port === rule_port)) {
      const expected = answer ? "yes" : "no";

      expect(asksFor(pattern, parseHostSet([fqdn])), `${pattern} ${fqdn}`).to.equal(expected);
    }
  });
});
