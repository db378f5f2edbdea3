import { expect } from "chai";
import type { Verdict } from "../../src/model/verdict.js";
import { oneRequirement, proveTexts } from "./prove-texts.js";

const SPOKE = `
topology: t
networks:
  - { name: spoke, site: azure, prefixes: [10.1.0.0/16] }
  - { name: internet, kind: internet }
components:
  - { name: vm, roles: [client], network: spoke, addresses: [10.1.0.5] }
  - { name: cloud, roles: [server], network: internet, addresses: ["*.backup.example"] }
devices:
  - name: fw
    exports: [fw.json]
    interfaces: [{ name: spoke, network: spoke }, { name: public, network: internet }]
`;

function firewall(fqdns: readonly string[], action = "Allow"): string {
  const rule = {
    name: "out",
    sourceAddresses: ["10.1.0.0/16"],
    targetFqdns: fqdns,
    protocols: [{ protocolType: "Https", port: 443 }],
  };
  return JSON.stringify({
    name: "fw",
    applicationRuleCollections: [{ name: "web", priority: 200, action: { type: action }, rules: [rule] }],
  });
}

function verdictOn(fqdns: readonly string[], requirement = "services: [tcp/443]\npaths: [internet]"): Verdict {
  const [verdict] = proveTexts(SPOKE, { "fw.json": firewall(fqdns) }, oneRequirement(requirement));
  return verdict as Verdict;
}

describe("proveTopology through a firewall that reads names", () => {
  it("proves every name under a wildcard whatever its addresses are", () => {
    expect(verdictOn(["*.backup.example"]).kind).to.equal("proved");
    expect(verdictOn(["*"]).kind).to.equal("proved");
  });

  it("refutes a rule for the domain alone, and one for another port", () => {
    const verdict = verdictOn(["backup.example"]);

    expect(verdict.kind).to.equal("refuted");
    expect(verdict.kind === "refuted" && verdict.hops.map(({ device }) => device)).to.deep.equal(["fw"]);
    expect(verdictOn(["*.backup.example"], "services: [tcp/8443]\npaths: [internet]").kind).to.equal("refuted");
  });

  it("does not decide where only some of the names are allowed", () => {
    expect(verdictOn(["eu.backup.example"]).kind).to.equal("undecided");
  });

  it("takes the names of the requirement before those of the destination", () => {
    const named = 'services: [tcp/443]\npaths: [internet]\nhosts: ["eu.backup.example"]';

    expect(verdictOn(["eu.backup.example"], named).kind).to.equal("proved");
  });

  it("does not prove that nothing gets out where a client may ask for an allowed name", () => {
    const deny = "expect: deny\nservices: [tcp/443]\npaths: [internet]";

    expect(verdictOn(["*.backup.example"], deny).kind).to.equal("undecided");
  });

  it("takes a stated range for addresses among which the firewall's own answer is, and one address for that answer", () => {
    const rule = {
      name: "out",
      protocols: ["TCP"],
      sourceAddresses: ["10.1.0.0/16"],
      destinationFqdns: ["a.example"],
      destinationPorts: ["443"],
    };
    const text = JSON.stringify({
      name: "fw",
      networkRuleCollections: [{ name: "n", priority: 200, action: { type: "Allow" }, rules: [rule] }],
    });
    const verdict = (address: string) => {
      const topology = SPOKE.replace("*.backup.example", "a.example").concat(`names: { a.example: [${address}] }\n`);
      return proveTexts(topology, { "fw.json": text }, oneRequirement("services: [tcp/443]\npaths: [internet]"))[0]
        ?.kind;
    };

    expect(verdict("203.0.113.9")).to.equal("proved");
    expect(verdict("203.0.113.0/24")).to.equal("undecided");
  });
});
