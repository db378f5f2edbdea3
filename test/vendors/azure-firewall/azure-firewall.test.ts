import { expect } from "chai";
import { prepareEvaluation } from "../../../src/compile/evaluate-flow.js";
import { asksFor } from "../../../src/compile/requested-names.js";
import { type AddressRange, formatAddress, parseAddressRange } from "../../../src/model/address.js";
import type { Device } from "../../../src/model/device.js";
import type { ConvertOptions } from "../../../src/model/vendor.js";
import { parseHostSet } from "../../../src/sets/host-set.js";
import { azureFirewall } from "../../../src/vendors/azure-firewall/index.js";
import { withParameters } from "../../../src/vendors/azure-firewall/parse.js";
import type { FirewallFile } from "../../../src/vendors/azure-firewall/types.js";
import { fixture } from "../fixtures.js";
import { packet, type Sketch } from "../probe.js";

function load(files: readonly string[], options: Partial<ConvertOptions> = {}) {
  const parsed = files.map((file) => azureFirewall.parse(fixture("azure-firewall", file).text, file));
  const converted = azureFirewall.convert(
    parsed.map(({ value }) => value),
    { deviceName: "device", ...options },
  );
  return { ...converted.value, diagnostics: [...parsed.flatMap((file) => file.diagnostics), ...converted.diagnostics] };
}

const POLICY = ["policies.json", "groups.json", "ip-groups.json"];
const TCP = { protocol: 6 };

interface Knowledge {
  readonly asked?: string;
  readonly names?: Readonly<Record<string, string>>;
}

/** What a firewall does with a first packet, and where the packet is then for. */
function asker(device: Device | undefined, { asked, names = {} }: Knowledge = {}) {
  const evaluation = prepareEvaluation(device as Device, {
    names: new Map(Object.entries(names).map(([name, text]) => [name, [range(text)]])),
    ...(asked !== undefined && { requested: parseHostSet([asked]) }),
  });
  return (sketch: Sketch): string => evaluation.evaluate({ direction: "forward", packet: packet(sketch) }).verdict;
}

function range(text: string): AddressRange {
  return parseAddressRange(text) as AddressRange;
}

function names(device: Device | undefined, acl: string): string[] {
  return device?.acls.find(({ name }) => name === acl)?.aces.map((ace) => ace.name) ?? [];
}

describe("azure-firewall", () => {
  it("asks network rules by priority, then translated traffic, then application rules, then drops", () => {
    const { devices } = load(["classic.json"]);

    expect(devices.map(({ name }) => name)).to.deep.equal(["fw-hub"]);
    expect(names(devices[0], "rules")).to.deep.equal([
      "publish/replication-in (translated)",
      "early-deny/no-smb",
      "late-allow/everything-between",
      "names/time",
      "names/to-storage",
      "publish/replication-in (translated)",
      "publish/replication-in (translated)",
      "no-social/social",
      "web/recovery",
      "web/updates",
      "web/database",
      "infrastructure rule collection",
    ]);
  });

  it("lets the lower priority number decide, and drops what no rule matches", () => {
    const ask = asker(load(["classic.json"]).devices[0]);

    expect(ask({ from: "10.1.0.4", to: "10.2.0.4", ...TCP, port: 445 })).to.equal("drop");
    expect(ask({ from: "10.1.0.4", to: "10.2.0.4", ...TCP, port: 446 })).to.equal("accept");
    expect(ask({ from: "10.1.0.4", to: "203.0.113.9", ...TCP, port: 22 })).to.equal("drop");
  });

  it("is sure of TCP, UDP and ICMP under `Any`, and of no other protocol", () => {
    const ask = asker(load(["classic.json"]).devices[0]);

    expect(ask({ from: "10.1.0.4", to: "10.2.0.4", protocol: 1 })).to.equal("accept");
    expect(ask({ from: "10.1.0.4", to: "10.2.0.4", protocol: 50 })).to.equal("undecided");
  });

  it("translates the destination and accepts what came from the internet for it", () => {
    const evaluation = prepareEvaluation(load(["classic.json"]).devices[0] as Device);

    const { verdict, after } = evaluation.evaluate({
      direction: "forward",
      packet: packet({ from: "203.0.113.7", to: "198.51.100.20", ...TCP, port: 9443 }),
    });

    expect(verdict).to.equal("accept");
    expect(after?.destinationPort).to.equal(443);
    expect(after && formatAddress(after.destination)).to.equal("10.1.0.10");
  });

  it("keeps a name of a network rule a bound until its addresses are stated", () => {
    const { devices } = load(["classic.json"]);
    const toTime = { from: "10.1.0.4", to: "192.0.2.5", protocol: 17, port: 123 };

    expect(asker(devices[0])(toTime)).to.equal("undecided");
    expect(asker(devices[0], { names: { "time.corp.example": "192.0.2.5" } })(toTime)).to.equal("accept");
    expect(asker(devices[0], { names: { "time.corp.example": "192.0.2.6" } })(toTime)).to.equal("drop");
  });

  it("decides application rules by the names the flows ask for, whatever their addresses", () => {
    const { devices } = load(["classic.json"], {
      definedSets: new Map([["storage.westeurope", [range("192.0.2.128/25")]]]),
    });
    const out = { from: "10.1.0.4", to: "203.0.113.9", ...TCP };
    const verdictFor = (asked: string, port = 443) => asker(devices[0], { asked })({ ...out, port });

    expect(asker(devices[0])({ ...out, port: 443 })).to.equal("undecided");
    expect(verdictFor("*.backup.example")).to.equal("accept");
    expect(verdictFor("*.example")).to.equal("undecided");
    expect(verdictFor("login.example", 80)).to.equal("accept");
    expect(verdictFor("login.example", 8443)).to.equal("drop");
    expect(verdictFor("sql.data.example", 1433)).to.equal("accept");
    expect(verdictFor("other.example", 1433)).to.equal("drop");
  });

  it("takes `*.x` for the names below x without x itself, and `*x` also for x", () => {
    const { devices } = load(["classic.json"]);
    const verdictFor = (asked: string) =>
      asker(devices[0], { asked })({ from: "10.1.0.4", to: "203.0.113.9", ...TCP, port: 80 });

    expect(verdictFor("a.b.backup.example")).to.equal("accept");
    expect(verdictFor("backup.example")).to.equal("drop");
    expect(asksFor("*social.example", parseHostSet(["social.example"]))).to.equal("yes");
    expect(asksFor("*social.example", parseHostSet(["antisocial.example"]))).to.equal("yes");
    expect(asksFor("*social.example", parseHostSet(["*.social.example"]))).to.equal("yes");
    expect(asksFor("*social.example", parseHostSet(["*.example"]))).to.equal("unknown");
    expect(asksFor("*social.example", parseHostSet(["*.other.example"]))).to.equal("no");
  });

  it("leaves the platform's own names open, which the built-in collection may let through", () => {
    const ask = asker(load(["classic.json"]).devices[0], { asked: "store1.blob.core.windows.net" });

    expect(ask({ from: "10.4.0.4", to: "203.0.113.9", ...TCP, port: 443 })).to.equal("undecided");
  });

  it("asks a parent policy first, then groups by priority, then collections", () => {
    const { devices, diagnostics } = load(POLICY);

    expect(diagnostics).to.deep.equal([]);
    expect(devices.map(({ name }) => name)).to.deep.equal(["pol-spoke"]);
    expect(names(devices[0], "rules")).to.deep.equal([
      "first/publish/web-in (translated)",
      "baseline/no-rdp/rdp",
      "second/allow-ssh/ssh",
      "first/deny-ssh/ssh-late",
      "first/publish/web-in (translated)",
      "first/publish/web-in (translated)",
      "second/web/partner",
      "infrastructure rule collection",
    ]);
    const ask = asker(devices[0]);
    expect(ask({ from: "10.1.0.4", to: "10.2.0.4", ...TCP, port: 22 })).to.equal("accept");
    expect(ask({ from: "10.3.0.15", to: "10.2.0.4", ...TCP, port: 3389 })).to.equal("drop");
  });

  it("knows of the threat intelligence feed only what is stated, and that the allow list is spared", () => {
    const open = asker(load(POLICY).devices[0], { asked: "api.partner.example" });
    const stated = load(POLICY, { definedSets: new Map([["threatintelligence", [range("192.0.2.66")]]]) });
    const known = asker(stated.devices[0], { asked: "api.partner.example" });
    const to = (address: string) => ({ from: "10.1.0.4", to: address, ...TCP });

    expect(open(to("198.51.100.9"))).to.equal("undecided");
    expect(open(to("203.0.113.9"))).to.equal("accept");
    expect(known(to("198.51.100.9"))).to.equal("accept");
    expect(known(to("192.0.2.66"))).to.equal("drop");
  });

  it("is sure of nothing while a policy, a parent or a group is missing", () => {
    const { devices, diagnostics } = load(["groups.json", "ip-groups.json"]);
    const ask = asker(devices.find(({ name }) => name === "pol-spoke"));

    expect(diagnostics.map(({ code }) => code)).to.include("azure-firewall/missing-rules");
    expect(ask({ from: "10.1.0.4", to: "10.2.0.4", ...TCP, port: 22 })).to.equal("undecided");
  });

  it("translates the source towards the internet, and perhaps behind application rules", () => {
    const { devices } = load(["classic.json"]);
    const sources = (to: string, port: number, asked?: string) =>
      prepareEvaluation(devices[0] as Device, asked === undefined ? {} : { requested: parseHostSet([asked]) }).evaluate(
        {
          direction: "forward",
          packet: packet({ from: "10.1.0.4", to, ...TCP, port }),
        },
      );

    expect(sources("10.2.0.4", 22).after?.source).to.deep.equal(packet({ from: "10.1.0.4", to: "::", ...TCP }).source);
    expect(sources("203.0.113.9", 80, "login.example").verdict).to.equal("accept");
    expect(names(devices[0], "SNAT")[0]).to.equal("towards the internet");
  });

  it("reads Bicep: a policy, its group and an IP group joined by names nobody knows", () => {
    const { devices, diagnostics } = load(["policy.bicep"]);
    const rule = devices[0]?.acls.find(({ name }) => name === "rules")?.aces[0];

    expect(devices).to.have.length(1);
    expect(rule?.name).to.equal("replication/names/storage");
    expect(rule?.matches.source?.[0]?.operands).to.deep.equal([
      { setRef: "IP group [format('{0}-hosts', parameters('prefix'))]" },
    ]);
    expect(devices[0]?.sets[0]?.members.every((member) => "literal" in member)).to.equal(true);
    expect(rule?.matches.destination?.[0]?.operands.map((operand) => Object.keys(operand)[0])).to.deep.equal([
      "literal",
      "unresolved",
    ]);
    expect(diagnostics.map(({ code }) => code)).to.deep.equal(["azure-firewall/open-rule"]);
  });

  it("leaves open what the platform denies in a mode that nobody knows, and a collection of such a kind", () => {
    const text = (mode: string, kind: string) => {
      const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/p";
      const rule = {
        ...{ ruleType: "NetworkRule", name: "r", ipProtocols: ["TCP"], sourceAddresses: ["*"] },
        ...{ destinationAddresses: ["*"], destinationPorts: ["443"] },
      };
      const collection = {
        ruleCollectionType: kind,
        name: "c",
        priority: 100,
        action: { type: "Allow" },
        rules: [rule],
      };
      return JSON.stringify([
        { id, name: "p", type: "Microsoft.Network/firewallPolicies", basePolicy: null, threatIntelMode: mode },
        { id: `${id}/ruleCollectionGroups/g`, name: "g", priority: 100, ruleCollections: [collection] },
      ]);
    };
    const answer = (mode: string, kind: string) => {
      const { value } = azureFirewall.convert([azureFirewall.parse(text(mode, kind), "p.json").value], {
        deviceName: "device",
      });
      return asker(value.devices[0])({ from: "10.1.0.4", to: "20.0.0.4", ...TCP, port: 443 });
    };
    const filter = "FirewallPolicyFilterRuleCollection";

    expect(["Off", "alert"].map((mode) => answer(mode, filter))).to.deep.equal(["accept", "accept"]);
    for (const [mode, kind] of [
      ["Deny", filter],
      ["[parameters('mode')]", filter],
      ["Off", "[parameters('kind')]"],
    ] as const) {
      expect(answer(mode, kind), `${mode} ${kind}`).to.equal("undecided");
    }
  });

  it("leaves a group open where a script makes rules of it for their output", () => {
    const group = "az network firewall policy rule-collection-group";
    const place = "-g g --policy-name p --rcg-name c --name n --collection-priority 100";
    const rule = `${group} collection add-filter-collection ${place} --action Allow --rule-name r --rule-type NetworkRule`;
    const policy = "az network firewall policy create -g g -n p --threat-intel-mode Off";
    const begin = `${policy}\n${group} create -g g --policy-name p --name c --priority 100\n`;
    const actions = [`${begin}ID=$(${rule} --query id)`, `${begin}${rule}`].map((script) => {
      const { value } = azureFirewall.convert([azureFirewall.parse(script, "r.sh").value], { deviceName: "device" });
      return value.devices[0]?.acls.find(({ name }) => name === "rules")?.aces[0]?.action.kind;
    });

    expect(actions).to.deep.equal(["unknown", "accept"]);
  });

  it("takes the addresses of an IP group from a parameter file before the template's default", () => {
    const template = {
      $schema: "deploymentTemplate.json#",
      parameters: { hosts: { type: "string", defaultValue: "10.0.0.0/16" } },
      resources: [
        { type: "Microsoft.Network/ipGroups", name: "ig", properties: { ipAddresses: ["[parameters('hosts')]"] } },
      ],
    };
    const given = { $schema: "deploymentParameters.json#", parameters: { hosts: { value: "192.168.0.0/16" } } };
    const [read, values] = [template, given].map(
      (one) => azureFirewall.parse(JSON.stringify(one), "template.json").value,
    ) as [FirewallFile, FirewallFile];

    const { ipGroups } = withParameters(read, values.parameterValues);

    expect(ipGroups.get("ig")?.prefixes).to.deep.equal(["192.168.0.0/16"]);
  });

  it("reads templates: constants resolved, a parameter without value a bound", () => {
    const { devices, diagnostics } = load(["template.json"]);
    const ask = asker(devices[0]);

    expect(devices[0]?.name).to.equal("pol-arm");
    expect(ask({ from: "10.9.0.4", to: "10.2.0.4", ...TCP, port: 8443 })).to.equal("undecided");
    expect(ask({ from: "10.9.0.4", to: "10.2.0.4", ...TCP, port: 8444 })).to.equal("drop");
    expect(diagnostics.map(({ code }) => code)).to.include("azure-firewall/open-rule");
  });

  it("reads PowerShell's spelling; ICMP beside ports and unknown properties stay open", () => {
    const ask = asker(load(["powershell.json"]).devices[0]);

    expect(ask({ from: "10.1.0.4", to: "10.2.0.4", ...TCP })).to.equal("accept");
    expect(ask({ from: "10.1.0.4", to: "10.2.0.4", protocol: 1 })).to.equal("undecided");
    expect(ask({ from: "10.1.0.4", to: "10.2.0.4", protocol: 17, port: 53 })).to.equal("undecided");
  });

  it("takes rule lists it cannot read for rules that may decide anything", () => {
    const { devices } = load(["broken/lists-are-texts.json"]);

    expect(asker(devices[0])({ from: "10.1.0.4", to: "10.2.0.4", ...TCP })).to.equal("undecided");
  });

  it("lets collections of equal priority and other action put each other in doubt", () => {
    const rule =
      '{"name":"r","protocols":["TCP"],"sourceAddresses":["*"],"destinationAddresses":["*"],"destinationPorts":["22"]}';
    const collection = (name: string, action: string) =>
      `{"name":"${name}","priority":100,"action":{"type":"${action}"},"rules":[${rule}]}`;
    const text = `{"name":"fw","networkRuleCollections":[${collection("a", "Allow")},${collection("b", "Deny")}]}`;
    const { value } = azureFirewall.convert([azureFirewall.parse(text, "fw.json").value], { deviceName: "d" });

    expect(asker(value.devices[0])({ from: "10.1.0.4", to: "10.2.0.4", ...TCP, port: 22 })).to.equal("undecided");
    expect(asker(value.devices[0])({ from: "10.1.0.4", to: "10.2.0.4", ...TCP, port: 23 })).to.equal("drop");
  });
});
