/** Rules whose conditions no packet decides are the same only where all that they name is. */
import { expect } from "chai";
import { compareDevices } from "../../src/diff/compare-devices.js";
import type { Device } from "../../src/model/device.js";
import { azureFirewall } from "../../src/vendors/azure-firewall/index.js";
import { iptables } from "../../src/vendors/iptables/index.js";
import { nftables } from "../../src/vendors/nftables/index.js";

function device(text: string): Device {
  const { value } = nftables.parse(text, "rules");
  return nftables.convert([value], { deviceName: "edge" }).value.devices[0] as Device;
}

const listing = (rule: string, objects: string): Device =>
  device(`table inet f {\n${objects}\nchain i {\ntype filter hook input priority 0; policy drop;\n${rule}\n}\n}\n`);

const json = (statement: object, ...objects: readonly object[]): Device => {
  const of = { family: "inet", table: "f" };
  const chain = { ...of, name: "i", type: "filter", hook: "input", prio: 0, policy: "drop" };
  const rule = { ...of, chain: "i", expr: [statement, { accept: null }] };
  const named = objects.map((limit) => ({ limit: { ...of, name: "l", ...limit } }));
  return device(
    JSON.stringify(
      { nftables: [{ table: { family: "inet", name: "f" } }, ...named, { chain }, { rule }] },
      undefined,
      1,
    ),
  );
};

const withSet = (definition: string): Device => {
  const rules = ["*filter", ":INPUT DROP [0:0]", "-A INPUT -m set --match-set m src -j ACCEPT", "COMMIT", ""].join(
    "\n",
  );
  const configs = [rules, `${definition}\n`].map((text, i) => iptables.parse(text, `file ${i}`).value);
  return iptables.convert(configs, { deviceName: "edge" }).value.devices[0] as Device;
};

/** A policy with one rule, which allows. */
const policy = (rule: object, settings: object): Device => {
  const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/hub";
  const collection = {
    ...{ ruleCollectionType: "FirewallPolicyFilterRuleCollection", name: "c", priority: 100 },
    ...{ action: { type: "Allow" }, rules: [rule] },
  };
  const text = JSON.stringify([
    { id, name: "hub", type: "Microsoft.Network/firewallPolicies", basePolicy: null, ...settings },
    { id: `${id}/ruleCollectionGroups/main`, name: "main", priority: 100, ruleCollections: [collection] },
  ]);
  const { value } = azureFirewall.parse(text, "policy.json");
  return azureFirewall.convert([value], { deviceName: "hub" }).value.devices[0] as Device;
};

/** A policy that denies what a feed lists, but for some names. */
const sparing = (...fqdns: readonly string[]): Device => {
  const rule = {
    ...{ ruleType: "NetworkRule", name: "r", ipProtocols: ["TCP"], sourceAddresses: ["*"] },
    ...{ destinationAddresses: ["*"], destinationPorts: ["443"] },
  };
  return policy(rule, { threatIntelMode: "Deny", threatIntelWhitelist: { ipAddresses: [], fqdns } });
};

/** A policy that allows what is spoken to any name. */
const speaking = (...protocolTypes: readonly string[]): Device => {
  const protocols = protocolTypes.map((protocolType) => ({ protocolType, port: 443 }));
  const rule = { ruleType: "ApplicationRule", name: "r", sourceAddresses: ["*"], targetFqdns: ["*"], protocols };
  return policy(rule, { threatIntelMode: "Off" });
};

function result(before: Device, after: Device): string | undefined {
  return compareDevices(before, after, { scope: { directions: [] } })[0]?.result;
}

describe("a change of conditions that no packet decides", () => {
  const mac = (last: string) => `set s { type ether_addr; elements = { 00:00:00:00:00:${last} } }`;
  const marks = (last: number) => `meta mark { 1, 2, 3, ${last} } accept`;
  const limit = (rate: number) => `limit l { rate ${rate}/second }`;

  it("is none where they and what they name stay the same", () => {
    for (const [rule, objects] of [
      ["ether saddr @s accept", mac("01")],
      [marks(4), ""],
      ['limit name "l" accept', limit(5)],
    ] as const) {
      expect(result(listing(rule, objects), listing(rule, objects)), rule).to.equal("equal");
    }
    expect(result(json({ limit: "l" }, { rate: 5 }), json({ limit: "l" }, { rate: 5 }))).to.equal("equal");
    expect(result(sparing("a.example"), sparing("a.example"))).to.equal("equal");
    expect(result(speaking("Https", "Http"), speaking("http", "HTTPS"))).to.equal("equal");
    const mac1 = "create m hash:mac\nadd m 00:00:00:00:00:01";
    expect(result(withSet(mac1), withSet(mac1))).to.equal("equal");
  });

  it("is told where a set, a limit, what is spoken, or the end of a long list is another one", () => {
    for (const [before, after] of [
      [listing("ether saddr @s accept", mac("01")), listing("ether saddr @s accept", mac("02"))],
      [listing(marks(4), ""), listing(marks(5), "")],
      [listing('limit name "l" accept', limit(5)), listing('limit name "l" accept', limit(50))],
      [withSet("create m hash:mac\nadd m 00:00:00:00:00:01"), withSet("create m hash:mac\nadd m 00:00:00:00:00:02")],
      [withSet("create m list:set size 8\nadd m x"), withSet("create m list:set size 8\nadd m y")],
      [sparing("a.example"), sparing("b.example")],
      [speaking("Https"), speaking("Mssql")],
      [speaking("Https", "Http"), speaking("Https")],
      [json({ limit: { rate: 5 } }), json({ limit: { rate: 50 } })],
      [json({ limit: "l" }, { rate: 5 }), json({ limit: "l" }, { rate: 50 })],
    ] as const) {
      expect(result(before, after)).to.equal("undecided");
    }
  });
});
