/** What the vendor's pages say of rules and packets, each case with its page. */
import { expect } from "chai";
import { prepareEvaluation } from "../../../src/compile/evaluate-flow.js";
import type { Device } from "../../../src/model/device.js";
import { parseHostSet } from "../../../src/sets/host-set.js";
import { azureFirewall } from "../../../src/vendors/azure-firewall/index.js";
import { packet, type Sketch } from "../probe.js";

const TYPE = "Microsoft.Network/firewallPolicies";

function deviceOf(...resources: readonly object[]): Device {
  const text = JSON.stringify(resources);
  const { value } = azureFirewall.convert([azureFirewall.parse(text, "policies.json").value], { deviceName: "fw" });
  return value.devices[0] as Device;
}

/** What the device does with a packet it forwards whose client asks for a host. */
function asker(device: Device, host?: string): (sketch: Sketch) => string {
  const evaluation = prepareEvaluation(device, host === undefined ? {} : { requested: parseHostSet([host]) });
  return (sketch) => evaluation.evaluate({ direction: "forward", packet: packet(sketch) }).verdict;
}

function policy(name: string, base?: string): object {
  return {
    name,
    type: TYPE,
    threatIntelMode: "Off",
    ...(base && { basePolicy: { id: `/x/firewallPolicies/${base}` } }),
  };
}

function group(policyName: string, name: string, priority: number, ...ruleCollections: readonly object[]): object {
  return { name, id: `/x/firewallPolicies/${policyName}/ruleCollectionGroups/${name}`, priority, ruleCollections };
}

const NETWORK = {
  ruleType: "NetworkRule",
  ipProtocols: ["TCP"],
  sourceAddresses: ["*"],
  destinationAddresses: ["*"],
  destinationPorts: ["443"],
};
const APPLICATION = {
  ruleType: "ApplicationRule",
  protocols: [{ protocolType: "Https", port: 443 }],
  sourceAddresses: ["*"],
  targetFqdns: ["*.contoso.example"],
};
const NAT = {
  ruleType: "NatRule",
  ipProtocols: ["TCP"],
  sourceAddresses: ["*"],
  destinationAddresses: ["203.0.113.1"],
  destinationPorts: ["8443"],
  translatedAddress: "10.0.0.4",
  translatedPort: "443",
};

function collection(name: string, priority: number, rule: object, action = "Allow"): object {
  const isNat = rule === NAT;
  return {
    name,
    priority,
    ruleCollectionType: isNat ? "FirewallPolicyNatRuleCollection" : "FirewallPolicyFilterRuleCollection",
    action: { type: isNat ? "DNAT" : action },
    rules: [{ name: "r", ...rule }],
  };
}

const OUT: Sketch = { from: "10.1.0.5", to: "198.51.100.7", protocol: 6, port: 443 };

// learn.microsoft.com/azure/firewall/rule-processing (as stored, undated)
describe("azure-firewall by the page on rule processing", () => {
  it("orders the page's example policy as its table does: parents first, then groups, then collections, each kind apart", () => {
    const device = deviceOf(
      policy("parent"),
      policy("child", "parent"),
      group(
        "parent",
        "BaseRCG1",
        200,
        collection("DNATRC1", 600, NAT),
        collection("DNATRC3", 610, NAT),
        collection("NetworkRC1", 800, NETWORK),
      ),
      group(
        "parent",
        "BaseRCG2",
        300,
        collection("AppRC2", 1200, APPLICATION),
        collection("NetworkRC2", 1300, NETWORK),
      ),
      group("child", "ChildRCG1", 300, collection("ChNetRC1", 700, NETWORK), collection("ChAppRC1", 900, APPLICATION)),
      group(
        "child",
        "ChildRCG2",
        650,
        collection("ChNetRC2", 1100, NETWORK),
        collection("ChAppRC2", 2000, APPLICATION),
        collection("ChDNATRC3", 3000, NAT),
      ),
    );
    const names = (acl: string) =>
      device.acls
        .find(({ name }) => name === acl)
        ?.aces.filter(({ name }) => !name.endsWith("(translated)"))
        .map(({ name }) => name.split("/")[1] ?? name);

    expect(names("DNAT")).to.deep.equal(["DNATRC1", "DNATRC3", "ChDNATRC3"]);
    expect(names("rules")).to.deep.equal([
      ...["NetworkRC1", "NetworkRC2", "ChNetRC1", "ChNetRC2"],
      ...["AppRC2", "ChAppRC1", "ChAppRC2"],
      "infrastructure rule collection",
    ]);
  });

  it("denies all traffic until rules allow some", () => {
    const ask = asker(deviceOf(policy("p"), group("p", "g", 100)), "www.fabrikam.example");

    expect(ask(OUT)).to.equal("drop");
  });

  it("is done with the first match: an application rule never allows what a network rule denies, and the other way round", () => {
    const denied = collection("n", 4000, NETWORK, "Deny");
    const allowed = collection("n", 4000, NETWORK);
    const name = collection("a", 100, APPLICATION);
    const noName = collection("a", 100, APPLICATION, "Deny");

    expect(asker(deviceOf(policy("p"), group("p", "g", 100, denied, name)), "a.contoso.example")(OUT)).to.equal("drop");
    expect(asker(deviceOf(policy("p"), group("p", "g", 100, allowed, noName)), "a.contoso.example")(OUT)).to.equal(
      "accept",
    );
  });

  it("asks application rules only about HTTP, HTTPS and SQL Server", () => {
    const ask = asker(
      deviceOf(policy("p"), group("p", "g", 100, collection("a", 100, APPLICATION))),
      "a.contoso.example",
    );

    expect(ask(OUT)).to.equal("accept");
    expect(ask({ ...OUT, port: 22 })).to.equal("drop");
    expect(ask({ ...OUT, protocol: 17 })).to.equal("drop");
  });

  it("leaves open what a policy does of whose groups no export tells", () => {
    const child = [policy("child", "parent"), group("child", "g", 100, collection("n", 100, NETWORK))];

    expect(asker(deviceOf(policy("alone")))(OUT)).to.equal("undecided");
    expect(asker(deviceOf(policy("parent"), ...child))(OUT)).to.equal("undecided");
    expect(asker(deviceOf({ ...policy("parent"), ruleCollectionGroups: [] }, ...child))(OUT)).to.equal("accept");
  });

  it("asks the feed of threats before every rule where it denies, inherited from a parent too", () => {
    const parent = { ...policy("parent"), ruleCollectionGroups: [] };
    const strict = { ...parent, threatIntelMode: "Deny" };
    const rules = group("child", "g", 100, collection("n", 100, NETWORK));

    expect(asker(deviceOf(policy("child"), rules))(OUT)).to.equal("accept");
    expect(asker(deviceOf(strict, policy("child", "parent"), rules))(OUT)).to.equal("undecided");
    const open = { ...parent, threatIntelMode: "[parameters('mode')]" };
    expect(asker(deviceOf(open, policy("child", "parent"), rules))(OUT)).to.equal("undecided");
    const calm = { ...parent, threatIntelMode: "Alert" };
    expect(asker(deviceOf(calm, policy("child", "parent"), rules))(OUT)).to.equal("accept");
  });
});
