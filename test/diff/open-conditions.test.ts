/** Rules whose conditions no packet decides are the same only where all that they name is. */
import { expect } from "chai";
import { compareDevices } from "../../src/diff/compare-devices.js";
import type { Device } from "../../src/model/device.js";
import { azureFirewall } from "../../src/vendors/azure-firewall/index.js";
import { azureNsg } from "../../src/vendors/azure-nsg/index.js";
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

/** A rule that asks set `s`, and one that may fill it, as `nft -j` lists them. */
const jsonAsking = (set: object, update?: object): Device => {
  const of = { family: "inet", table: "f" };
  const saddr = { payload: { protocol: "ip", field: "saddr" } };
  const asking = { ...of, chain: "i", expr: [{ match: { op: "==", left: saddr, right: "@s" } }, { accept: null }] };
  const filling = {
    ...of,
    chain: "i",
    expr: [{ set: { op: "add", elem: { elem: { val: saddr } }, set: "@s", ...update } }],
  };
  const nftables = [
    { table: { family: "inet", name: "f" } },
    { set: { ...of, name: "s", type: "ipv4_addr", ...set } },
    { chain: { ...of, name: "i", type: "filter", hook: "input", prio: 0, policy: "drop" } },
    { rule: asking },
    ...(update === undefined ? [] : [{ rule: filling }]),
  ];
  return device(JSON.stringify({ nftables }, undefined, 1));
};

const withSet = (definition: string, ...more: readonly string[]): Device => {
  const rules = saved("-A INPUT -m set --match-set m src -j ACCEPT", ...more);
  const configs = [rules, `${definition}\n`].map((text, i) => iptables.parse(text, `file ${i}`).value);
  return iptables.convert(configs, { deviceName: "edge" }).value.devices[0] as Device;
};

const saved = (...rules: readonly string[]) => ["*filter", ":INPUT DROP [0:0]", ...rules, "COMMIT", ""].join("\n");

/** A security group with one rule, which allows. */
const group = (properties: object): Device => {
  const rule = {
    ...{ name: "r", access: "Allow", direction: "Inbound", priority: 100, protocol: "Tcp" },
    ...{ sourceAddressPrefix: "*", sourcePortRange: "*", destinationAddressPrefix: "*", destinationPortRange: "443" },
  };
  const text = JSON.stringify({ name: "n", defaultSecurityRules: [], securityRules: [{ ...rule, ...properties }] });
  const { value } = azureNsg.parse(text, "group.json");
  return azureNsg.convert([value], { deviceName: "n" }).value.devices[0] as Device;
};

/** A policy with one rule, which allows. */
const policy = (rule: object, settings: object, place: object = {}): Device => {
  const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/hub";
  const collection = {
    ...{ ruleCollectionType: "FirewallPolicyFilterRuleCollection", name: "c", priority: 100 },
    ...{ action: { type: "Allow" }, rules: [rule], ...place },
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

  const drawn = (numgen: object) => ({ match: { op: "<", left: { numgen }, right: 5 } });

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
    const dice = { offset: 0, mode: "random", mod: 10 };
    expect(result(json(drawn(dice)), json(drawn(dice)))).to.equal("equal");
    const mac1 = "create m hash:mac\nadd m 00:00:00:00:00:01";
    expect(result(withSet(mac1), withSet(mac1))).to.equal("equal");
  });

  it("is told where elements of a set stay longer, carry another limit, or get in otherwise", () => {
    const set = (words: string) => `set s { type ipv4_addr; ${words} }`;
    const asking = (words: string, filling = "") => listing(`ip saddr @s accept\n${filling}`, set(words));
    const mapped = (words: string) => listing(`ip saddr vmap { 10.0.0.1 ${words} : accept }`, "");
    const held = (...parts: readonly object[]) => jsonAsking({ elem: parts.map((part) => ({ elem: part })) });
    const limit = (rate: number) => ({ limit: { rate, burst: 5, per: "second" } });
    const stays = (words: string) => asking("flags dynamic, timeout", `add @s { ${words} }`);
    for (const [same, other] of [
      [asking("flags dynamic, timeout; timeout 1h"), asking("flags dynamic, timeout; timeout 1d")],
      [asking("timeout 1h; elements = { 10.0.0.1 }"), asking("timeout 1d; elements = { 10.0.0.1 }")],
      [asking("flags dynamic; size 100"), asking("flags dynamic; size 1")],
      [
        asking("flags timeout; elements = { 10.0.0.1 timeout 1h expires 5m }"),
        asking("flags timeout; elements = { 10.0.0.1 timeout 1d expires 5m }"),
      ],
      [
        asking("limit rate 5/second; elements = { 10.0.0.1 limit rate 5/second }"),
        asking("limit rate 5/second; elements = { 10.0.0.1 limit rate 9/second }"),
      ],
      [asking("limit rate 5/second; elements = { 10.0.0.1 }"), asking("limit rate 9/second; elements = { 10.0.0.1 }")],
      [mapped("limit rate 5/second"), mapped("limit rate 9/second")],
      [stays("ip saddr timeout 5m"), stays("ip saddr timeout 9m")],
      [stays("ip saddr"), stays("ip daddr")],
      [jsonAsking({ timeout: 3600 }, {}), jsonAsking({ timeout: 86400 }, {})],
      [jsonAsking({ flags: ["dynamic"], size: 100 }, {}), jsonAsking({ flags: ["dynamic"], size: 1 }, {})],
      [held({ val: "10.0.0.1", timeout: 60, expires: 5 }), held({ val: "10.0.0.1", timeout: 90, expires: 5 })],
      [held({ val: "10.0.0.1", ...limit(5) }), held({ val: "10.0.0.1", ...limit(9) })],
      [jsonAsking({ elem: ["10.0.0.1"], stmt: [limit(5)] }), jsonAsking({ elem: ["10.0.0.1"], stmt: [limit(9)] })],
      [jsonAsking({}, { stmt: [limit(5)] }), jsonAsking({}, { stmt: [limit(9)] })],
      [
        jsonAsking({}, { elem: { elem: { val: 1, timeout: 60 } } }),
        jsonAsking({}, { elem: { elem: { val: 1, timeout: 90 } } }),
      ],
    ] as const) {
      expect(result(same, same)).to.equal("equal");
      expect(result(same, other)).to.equal("undecided");
    }
  });

  it("is none where elements of a set only have less time left", () => {
    const left = (time: string) =>
      listing(
        "ip saddr @s accept",
        `set s { type ipv4_addr; elements = { 10.0.0.1 limit rate 5/second timeout 1h expires ${time} } }`,
      );

    expect(result(left("59m"), left("58m"))).to.equal("equal");
  });

  it("is told where something is another one that a reader of Azure's rules does not know or cannot use", () => {
    const network = {
      ...{ ruleType: "NetworkRule", name: "r", ipProtocols: ["TCP"], sourceAddresses: ["10.0.0.0/8"] },
      ...{ destinationAddresses: ["*"], destinationPorts: ["443"] },
    };
    const application = {
      ...{ ruleType: "ApplicationRule", name: "r", sourceAddresses: ["*"], targetFqdns: ["a.example"] },
      protocols: [{ protocolType: "Https", port: 443 }],
    };
    const off = { threatIntelMode: "Off" };
    const dnat = (translatedPort: string) => {
      const rule = {
        ...{ ruleType: "NatRule", name: "r", ipProtocols: ["TCP"], sourceAddresses: ["*"], translatedPort },
        ...{ destinationAddresses: ["20.0.0.1"], destinationPorts: ["443"], translatedAddress: "10.0.0.4" },
      };
      return policy(rule, off, { ruleCollectionType: "FirewallPolicyNatRuleCollection", action: { type: "DNAT" } });
    };
    const prioritised = (priority: string) => policy(network, off, { priority });
    const narrowed = (address: string) => policy({ ...application, destinationAddresses: [address] }, off);
    for (const [same, other] of [
      [group({ sourceUserGroups: ["a"] }), group({ sourceUserGroups: ["b"] })],
      [
        group({ sourcePortRange: "a", destinationPortRange: "b" }),
        group({ sourcePortRange: "a", destinationPortRange: "c" }),
      ],
      [group({ sourceAddressPrefix: { a: 1 } }), group({ sourceAddressPrefix: { a: 2 } })],
      [policy({ ...network, users: ["a"] }, off), policy({ ...network, users: ["b"] }, off)],
      [prioritised("[parameters('a')]"), prioritised("[parameters('b')]")],
      [dnat("[parameters('a')]"), dnat("[parameters('b')]")],
      [narrowed("10.0.0.0/8"), narrowed("10.1.0.0/16")],
    ] as const) {
      expect(result(same, same)).to.equal("equal");
      expect(result(same, other)).to.equal("undecided");
    }
  });

  it("is told where a rule that is not read whole says something else, or one that others depend on does", () => {
    const set = "create m hash:ip";
    const filling = (words: string) => withSet(set, `-A INPUT ${words} -j SET --add-set m src`);
    const recent = (words: string) =>
      withSet(set, `-A INPUT ${words} -m recent --set`, "-A INPUT -m recent --rcheck --seconds 60 -j ACCEPT");
    const unread = (words: string) => withSet(set, `-A INPUT ${words} oops -j ACCEPT`);
    for (const [same, other] of [
      [filling("-p tcp"), filling("-p udp")],
      [recent("-p tcp"), recent("-p udp")],
      [unread("-s 10.0.0.1/32"), unread("-s 10.0.0.2/32")],
      [unread("! -m connmark --mark 0x1"), unread("! -m connmark --mark 0x2")],
    ] as const) {
      expect(result(same, same)).to.equal("equal");
      expect(result(same, other)).to.equal("undecided");
    }
    expect(result(recent("-m comment --comment a"), recent("-m comment --comment b"))).to.equal("equal");
  });

  it("may be one wherever rules of a firewall are not written out", () => {
    const unread = policy({}, { threatIntelMode: "Off" }, { rules: "[parameters('rules')]" });

    expect(result(unread, unread)).to.equal("undecided");
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
      [json(drawn({ mode: "random", mod: 10 })), json(drawn({ mode: "random", mod: 9 }))],
      [json({ limit: "l" }, { rate: 5 }), json({ limit: "l" }, { rate: 50 })],
    ] as const) {
      expect(result(before, after)).to.equal("undecided");
    }
  });
});
