/** Requirements towards several names, at a firewall whose rules are about names. */
import { expect } from "chai";
import fc from "fast-check";
import type { Verdict } from "../../src/model/verdict.js";
import { oneRequirement, proveTexts } from "./prove-texts.js";

const topology = (hosts: readonly string[]) => `
topology: t
networks:
  - { name: spoke, prefixes: [10.1.0.0/16] }
  - { name: outside, kind: internet }
components:
  - { name: agent, roles: [client], network: spoke, addresses: [10.1.0.5] }
  - { name: store, roles: [server], network: outside, addresses: ${JSON.stringify(hosts)} }
devices:
  - name: hub
    exports: [policy.json]
    interfaces: [{ name: left, network: spoke }, { name: right, network: outside }]
`;

interface Rule {
  readonly action: "Allow" | "Deny";
  readonly names: readonly string[];
}

function policyOf(rules: readonly Rule[]): string {
  const path = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/hub";
  const ruleCollections = rules.map(({ action, names }, index) => ({
    ...{ ruleCollectionType: "FirewallPolicyFilterRuleCollection", name: `c${index}`, priority: 100 + index },
    action: { type: action },
    rules: [
      {
        ...{ ruleType: "ApplicationRule", name: "r", protocols: [{ protocolType: "Https", port: 443 }] },
        ...{ sourceAddresses: ["*"], targetFqdns: names },
      },
    ],
  }));
  return JSON.stringify([
    { id: path, name: "hub", type: "Microsoft.Network/firewallPolicies", basePolicy: null, threatIntelMode: "Off" },
    { id: `${path}/ruleCollectionGroups/main`, name: "main", priority: 100, ruleCollections },
  ]);
}

function verdictOn(rules: readonly Rule[], hosts: readonly string[]): Verdict {
  const catalogue = oneRequirement("services: [tcp/443]\npaths: [internet]");
  return proveTexts(topology(hosts), { "policy.json": policyOf(rules) }, catalogue)[0] as Verdict;
}

describe("requirements towards several names", () => {
  it("are proved by rules about each of them, and refuted by the name that no rule lets through", () => {
    const rules: readonly Rule[] = [
      { action: "Allow", names: ["a.example"] },
      { action: "Allow", names: ["*.b.example"] },
    ];
    const refuted = verdictOn(rules, ["a.example", "c.example"]);

    expect(verdictOn(rules, ["a.example", "*.b.example"]).kind).to.equal("proved");
    expect(refuted.kind).to.equal("refuted");
    expect(refuted.kind === "refuted" && refuted.explanation).to.match(/^for `c\.example`, /);
  });

  it("are asked about each name towards its own addresses, where the topology states them", () => {
    const stated = topology(["a.example", "b.example"]).replace(
      "networks:",
      "names: { a.example: [93.184.216.34], b.example: [151.101.1.69] }\nnetworks:",
    );
    const network = {
      ...{ ruleType: "NetworkRule", name: "a", ipProtocols: ["TCP"], sourceAddresses: ["*"] },
      ...{ destinationAddresses: ["93.184.216.34"], destinationPorts: ["443"] },
    };
    const policy = JSON.parse(policyOf([{ action: "Allow", names: ["b.example"] }]));
    const [application] = policy[1].ruleCollections;
    policy[1].ruleCollections = [{ ...application, name: "n", priority: 99, rules: [network] }, application];
    const verdicts = ["93.184.216.34", "93.184.216.35"].map((address) => {
      network.destinationAddresses = [address];
      const catalogue = oneRequirement("services: [tcp/443]\npaths: [internet]");
      return proveTexts(stated, { "policy.json": JSON.stringify(policy) }, catalogue)[0] as Verdict;
    });
    const [proved, refuted] = verdicts;

    expect(verdicts.map(({ kind }) => kind)).to.deep.equal(["proved", "refuted"]);
    expect(refuted?.kind === "refuted" && refuted.explanation).to.equal("for `a.example`, packets are refused");
    const hops = proved?.kind === "proved" ? (proved.paths[0]?.hops ?? []) : [];
    expect(hops.flatMap(({ decisions }) => decisions.map(({ ace }) => ace))).to.include.members([
      "main/n/a",
      "main/c0/r",
    ]);
  });

  it("are proved so behind a proxy, too", () => {
    const text = topology(["a.example", "*.b.example"])
      .replace(
        "addresses: [10.1.0.5] }",
        "addresses: [10.1.0.5], proxies: [p] }\n  - { name: cache, roles: [], network: spoke, addresses: [10.1.0.8] }",
      )
      .concat("proxies:\n  - { name: p, component: cache, exports: [squid.conf], port: 3128 }\n");
    const catalogue = oneRequirement("services: [tcp/443]\npaths: [proxy]");
    const kinds = [
      ["a.example", "*.b.example"],
      ["a.example", "*.c.example"],
    ].map((names) => {
      const policy = policyOf(names.map((name) => ({ action: "Allow", names: [name] })));
      const exports = { "policy.json": policy, "squid.conf": "http_port 3128\nhttp_access allow all\n" };
      return proveTexts(text, exports, catalogue)[0]?.kind;
    });

    expect(kinds).to.deep.equal(["proved", "refuted"]);
  });

  it("are what they are towards each of the names", () => {
    const someNames = fc.uniqueArray(fc.constantFrom("a.example", "b.example", "*.b.example", "*.example", "*"), {
      minLength: 1,
      maxLength: 2,
    });
    const someRules = fc.array(
      fc.record({ action: fc.constantFrom("Allow" as const, "Deny" as const), names: someNames }),
      {
        maxLength: 4,
      },
    );
    const someHosts = fc.uniqueArray(fc.constantFrom("a.example", "b.example", "x.b.example", "*.b.example"), {
      minLength: 2,
      maxLength: 3,
    });
    const kinds = new Set<string>();
    fc.assert(
      fc.property(someRules, someHosts, (rules, hosts) => {
        const each = hosts.map((host) => verdictOn(rules, [host]).kind);
        const worst = (["refuted", "undecided", "proved"] as const).find((kind) => each.includes(kind));

        expect(verdictOn(rules, hosts).kind).to.equal(worst);
        kinds.add(String(worst));
      }),
      { numRuns: 100, seed: 20261128 },
    );
    expect([...kinds].sort()).to.include.members(["proved", "refuted"]);
  });
});
