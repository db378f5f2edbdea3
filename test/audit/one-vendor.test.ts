import { readFileSync } from "node:fs";
import { expect } from "chai";
import { auditExports } from "../../src/pipeline/audit-exports.js";

function findings(check: string, file: string, text: string) {
  const request = { checks: [check], severity: "info" as const, today: "2026-01-01" };
  return auditExports([{ file, text }], request).value?.findings ?? [];
}

/** A security group with so many rules of one direction. */
function groupOf(count: number): string {
  const securityRules = Array.from({ length: count }, (_, i) => ({
    ...{ name: `rule-${i}`, priority: 100 + i, access: "Allow", direction: "Inbound", protocol: "Tcp" },
    ...{ sourceAddressPrefix: `10.0.${i >> 8}.${i & 255}`, sourcePortRange: "*" },
    ...{ destinationAddressPrefix: "*", destinationPortRange: "443" },
  }));
  return JSON.stringify({ name: "nsg", type: "Microsoft.Network/networkSecurityGroups", securityRules }, null, 1);
}

/** A classic firewall with so many translations. */
function firewallOf(count: number): string {
  const classic = JSON.parse(readFileSync("test/vendors/azure-firewall/fixtures/classic.json", "utf8"));
  const [collection] = classic.natRuleCollections;
  const [rule] = collection.rules;
  collection.rules = Array.from({ length: count }, (_, i) => ({
    ...{ ...rule, name: `publish-${i}`, destinationPorts: [`${20000 + i}`] },
  }));
  return JSON.stringify(classic, null, 1);
}

describe("checks of what only some vendors have", () => {
  it("find more rules than the provider admits, and no fewer", () => {
    expect(findings("provider-limit", "nsg.json", groupOf(1000))).to.have.length(0);
    expect(findings("provider-limit", "nsg.json", groupOf(1001))[0]?.message).to.include("1001 rules");
    expect(findings("provider-limit", "firewall.json", firewallOf(250))).to.have.length(0);
    expect(findings("provider-limit", "firewall.json", firewallOf(251))[0]?.message).to.include("251 DNAT rules");
  });

  for (const name of ["rules-verbose.txt", "registry.txt"]) {
    it(`find the rules that ${name} has switched off`, () => {
      const text = readFileSync(`test/vendors/windows-firewall/fixtures/${name}`, "utf8");
      const off = /^\s*Enabled:\s+No|\|Active=FALSE\|/gim;

      const count = text.match(off)?.length ?? 0;
      expect(count).to.be.greaterThan(0);
      expect(findings("disabled-ace", name, text)).to.have.length(count);
    });
  }

  it("call no rule shadowed or redundant that may come before the one of the same priority", () => {
    const rules = [
      { name: "a", access: "Allow", destinationPortRange: "*" },
      { name: "b", access: "Deny", destinationPortRange: "443" },
    ];
    const common = { priority: 100, direction: "Inbound", protocol: "Tcp", destinationAddressPrefix: "*" };
    const sides = { sourceAddressPrefix: "*", sourcePortRange: "*" };
    const securityRules = rules.map((rule) => ({ ...common, ...sides, ...rule }));
    const text = JSON.stringify({ name: "nsg", securityRules }, null, 1);

    for (const check of ["shadowed-ace", "redundant-ace"]) expect(findings(check, "nsg.json", text)).to.deep.equal([]);
  });
});
