import { expect } from "chai";
import type { Ace } from "../../../src/model/acl.js";
import { type AddressRange, formatAddressRange, parseAddressRange } from "../../../src/model/address.js";
import type { Device } from "../../../src/model/device.js";
import type { AnyOf, Endpoint } from "../../../src/model/matches.js";
import type { ConvertOptions } from "../../../src/model/vendor.js";
import { azureNsg } from "../../../src/vendors/azure-nsg/index.js";
import { fixture } from "../fixtures.js";

function load(files: readonly string[], options: Partial<ConvertOptions> = {}) {
  const parsed = files.map((file) => {
    const { text } = fixture("azure-nsg", file);
    return azureNsg.parse(text, file);
  });
  const converted = azureNsg.convert(
    parsed.map(({ value }) => value),
    { deviceName: "device", ...options },
  );
  const diagnostics = [...parsed.flatMap((file) => file.diagnostics), ...converted.diagnostics];
  return { ...converted.value, diagnostics };
}

function aces(device: Device | undefined, acl: "inbound" | "outbound"): readonly Ace[] {
  return device?.acls.find(({ name }) => name === acl)?.aces ?? [];
}

function named(list: readonly Ace[], name: string): Ace {
  return list.find((ace) => ace.name === name) as Ace;
}

/** Operands as text: ranges, `@set`, `?text`; `!` before a negated list. */
function shown(conditions: readonly AnyOf<Endpoint>[] | undefined): string[] {
  return (conditions ?? []).map(({ operands, negated }) => {
    const texts = operands.map((operand) => {
      if ("setRef" in operand) return `@${operand.setRef}`;
      return "literal" in operand ? formatAddressRange(operand.literal as AddressRange) : `?${operand.unresolved}`;
    });
    return (negated ? "!" : "") + texts.join(" ");
  });
}

function setMembers(device: Device | undefined, name: string): string {
  const set = device?.sets.find((candidate) => candidate.name === name);
  return set?.kind === "prefix" ? (shown([{ operands: set.members, negated: false }])[0] as string) : "";
}

const stated = (entries: Readonly<Record<string, string>>) =>
  new Map(Object.entries(entries).map(([name, range]) => [name, [parseAddressRange(range) as AddressRange]]));

describe("azure-nsg", () => {
  it("puts rules in priority order and adds the default rules an export leaves out", () => {
    const { devices } = load(["show-flattened.json"]);

    expect(devices).to.have.length(1);
    expect(devices[0]?.name).to.equal("nsg-recovery");
    expect(aces(devices[0], "inbound").map(({ name }) => name)).to.deep.equal([
      "replication",
      "deny-rest",
      "AllowVnetInBound",
      "AllowAzureLoadBalancerInBound",
      "DenyAllInBound",
    ]);
    expect(aces(devices[0], "outbound").map(({ name }) => name)).to.deep.equal([
      "to-storage",
      "AllowVnetOutBound",
      "AllowInternetOutBound",
      "DenyAllOutBound",
    ]);
  });

  it("joins singular and plural properties, whatever the case of the protocol", () => {
    const { devices } = load(["show-flattened.json"]);

    const { matches } = named(aces(devices[0], "inbound"), "replication");

    expect(shown(matches.source)).to.deep.equal(["10.1.0.0/16 10.2.0.0/16"]);
    expect(shown(matches.destination)).to.deep.equal(["10.20.1.0/24"]);
    const destinationPorts = [
      { first: 443, last: 443 },
      { first: 9443, last: 9445 },
    ];
    expect(matches.service).to.deep.equal([
      { operands: [{ literal: { protocol: 6, destinationPorts } }], negated: false },
    ]);
  });

  it("stands at the line that names the rule", () => {
    const { devices } = load(["show-flattened.json"]);
    const lines = fixture("azure-nsg", "show-flattened.json").text.split("\n");

    const { at } = named(aces(devices[0], "inbound"), "replication");

    expect(lines[at.line - 1]).to.contain('"name": "replication"');
  });

  it("keeps a service tag without a file as a bound, never empty and never any", () => {
    const { devices, diagnostics } = load(["show-flattened.json"]);

    expect(shown(named(aces(devices[0], "outbound"), "to-storage").matches.destination)).to.deep.equal([
      "@Storage.WestEurope",
    ]);
    expect(setMembers(devices[0], "Storage.WestEurope")).to.equal("?Storage.WestEurope");
    expect(diagnostics.map(({ message }) => message).join()).to.contain("`Storage.WestEurope` stands for is not known");
  });

  it("resolves a service tag from a service-tags file and from what the user states, in any case", () => {
    const fromFile = load(["show-flattened.json", "service-tags.json"]);
    const fromUser = load(["show-flattened.json"], { definedSets: stated({ "storage.westeurope": "192.0.2.0/24" }) });

    expect(setMembers(fromFile.devices[0], "Storage.WestEurope")).to.equal("203.0.113.128/26 2001:db8:40::/48");
    expect(setMembers(fromUser.devices[0], "Storage.WestEurope")).to.equal("192.0.2.0/24");
  });

  it("knows of VirtualNetwork the network's own space and its connected peers, and leaves the rest open; what the user states is exact", () => {
    const open = load(["show-flattened.json", "network.json"]);
    const exact = load(["show-flattened.json"], { definedSets: stated({ virtualnetwork: "10.0.0.0/8" }) });

    expect(setMembers(open.devices[0], "VirtualNetwork")).to.equal(
      "10.20.0.0/16 10.30.0.0/16 168.63.129.16 ?VirtualNetwork",
    );
    expect(setMembers(exact.devices[0], "VirtualNetwork")).to.equal("10.0.0.0/8 168.63.129.16");
  });

  it("takes Internet for surely the public addresses outside a known virtual network and for none inside it", () => {
    const open = load(["show-flattened.json"]);
    const exact = load(["show-flattened.json"], { definedSets: stated({ virtualnetwork: "10.0.0.0/8" }) });

    const unknown = shown(named(aces(open.devices[0], "outbound"), "AllowInternetOutBound").matches.destination);
    const known = shown(named(aces(exact.devices[0], "outbound"), "AllowInternetOutBound").matches.destination);

    expect(unknown).to.deep.equal(["?Internet", "!168.63.129.16"]);
    expect(known[0]).to.match(/^1\.0\.0\.0-9\.255\.255\.255 .*2000::\/3 \?Internet$/);
    expect(known[1]).to.equal("!10.0.0.0/8 168.63.129.16");
  });

  it("makes a device of each group in a list", () => {
    const { devices } = load(["list-nested.json"]);

    expect(devices.map(({ name }) => name)).to.deep.equal(["nsg-web", "nsg-empty"]);
    expect(aces(devices[1], "inbound")).to.have.length(3);
  });

  it("reads ICMP as both families and ports of any protocol as those of tcp and udp", () => {
    const { devices } = load(["list-nested.json"]);
    const inbound = aces(devices[0], "inbound");

    const protocols = (name: string) =>
      named(inbound, name).matches.service?.flatMap(({ operands }) =>
        operands.map((operand) => ("literal" in operand ? operand.literal.protocol : undefined)),
      );

    expect(protocols("ping")).to.deep.equal([1, 58]);
    expect(protocols("from-bastion")).to.deep.equal([6, 17]);
  });

  it("knows the members of an application security group that interfaces state, and leaves the others open", () => {
    const without = load(["list-nested.json"]);
    const beside = load(["list-nested.json", "interface.json"]);
    const exact = load(["list-nested.json"], { definedSets: stated({ "asg-bastion": "10.0.0.4" }) });

    const name = "application group asg-bastion";
    expect(shown(named(aces(without.devices[0], "inbound"), "from-bastion").matches.source)).to.deep.equal([
      `@${name}`,
    ]);
    expect(setMembers(without.devices[0], name)).to.equal(`?${name}`);
    expect(setMembers(beside.devices[0], name)).to.equal(`10.0.0.4 ?${name}`);
    expect(setMembers(exact.devices[0], name)).to.equal("10.0.0.4");
  });

  it("reads PowerShell's spelling and takes a reference to a group for no group", () => {
    const { devices } = load(["powershell.json"]);

    expect(devices.map(({ name }) => name)).to.deep.equal(["nsg-ps"]);
    expect(named(aces(devices[0], "inbound"), "ipsec").matches).to.deep.equal({
      source: [{ operands: [{ literal: parseAddressRange("203.0.113.7") }], negated: false }],
      service: [{ operands: [{ literal: { protocol: 50 } }], negated: false }],
      unmodeled: [],
    });
  });

  it("resolves what is constant in a template and keeps the rest as bounds", () => {
    const { devices } = load(["template.json"]);
    const inbound = aces(devices[0], "inbound");

    expect(devices[0]?.name).to.equal("nsg-app");
    expect(inbound.slice(0, 3).map(({ name }) => name)).to.deep.equal(["admin", "late", "partner"]);
    expect(shown(named(inbound, "admin").matches.source)).to.deep.equal(["198.51.100.0/24 10.9.0.0/16"]);
    expect(shown(named(inbound, "partner").matches.source)).to.deep.equal(["?[parameters('partner')]"]);
  });

  it("takes parameter values from a parameter file before the template's defaults", () => {
    const { devices } = load(["template.json", "template-parameters.json"]);
    const inbound = aces(devices[0], "inbound");

    expect(shown(named(inbound, "admin").matches.source)).to.deep.equal(["198.51.100.64/26 10.9.0.0/16"]);
    expect(shown(named(inbound, "partner").matches.source)).to.deep.equal(["203.0.113.0/25"]);
  });

  describe("beside Terraform", () => {
    const CONFIGURATION = [
      ...['variable "source" {', '  default = "10.0.0.0/8"', "}", 'variable "port" {', "  type = string", "}"],
      ...['resource "azurerm_network_security_group" "g" {', '  name = "g"', "  security_rule {", '    name = "r"'],
      ...["    priority = 100", '    direction = "Inbound"', '    access = "Allow"', '    protocol = "Tcp"'],
      ...["    source_address_prefix = var.source", '    source_port_range = "*"'],
      ...['    destination_address_prefix = "*"', "    destination_port_range = var.port", "  }", "}", ""],
    ].join("\n");

    /** Source and ports of the rule. */
    function ruleWith(...files: readonly (readonly [name: string, text: string])[]) {
      const texts = [["main.tf", CONFIGURATION], ...files] as const;
      const parsed = texts.map(([file, text]) => azureNsg.parse(text, file).value);
      const { value, diagnostics } = azureNsg.convert(parsed, { deviceName: "device" });
      const { matches } = named(aces(value.devices[0], "inbound"), "r");
      const ports = matches.service?.[0]?.operands.map((operand) =>
        "literal" in operand ? operand.literal.destinationPorts?.[0]?.first : undefined,
      );
      return { source: shown(matches.source)[0], ports, codes: diagnostics.map(({ code }) => code) };
    }

    it("takes values from files of variables before their defaults", () => {
      const { source, ports, codes } = ruleWith([
        "terraform.tfvars",
        '# values\nsource = "10.1.0.0/16"\nport   = 443\n',
      ]);

      expect([source, ports]).to.deep.equal(["10.1.0.0/16", [443]]);
      expect(codes).not.to.include("azure-nsg/default-values");
      expect(ruleWith(["env/prod.tfvars.json", '{ "source": "10.2.0.0/16", "port": "22" }'])).to.deep.include({
        source: "10.2.0.0/16",
        ports: [22],
      });
    });

    it("takes the value of the file that Terraform reads last, in whatever order they are given", () => {
      const files = ["prod.tfvars", "b.auto.tfvars", "a.auto.tfvars.json", "terraform.tfvars.json", "terraform.tfvars"];
      const texts = files.map((file, index) => {
        const source = `10.${index}.0.0/16`;
        return [file, file.endsWith(".json") ? JSON.stringify({ source }) : `source = "${source}"\n`] as const;
      });
      const sources = texts.map((_, first) => ruleWith(...texts.slice(first)).source);

      expect(sources).to.deep.equal(["10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16"]);
      expect(ruleWith(["b.tfvars", 'source = "10.8.0.0/16"'], ["a.tfvars", 'source = "10.9.0.0/16"']).source).to.equal(
        "10.9.0.0/16",
      );
    });

    it("leaves variables open whose file of values is damaged", () => {
      for (const text of ['source = "10.1.0.0/16"\nport =', "source", 'resource "x" "y" {\n}\n']) {
        expect(ruleWith(["terraform.tfvars", text]).source, text).to.match(/^\?\[/);
      }
      expect(ruleWith(["a.tfvars", 'source = "10.1.0.0/16"'], ["b.tfvars.json", "{"]).source).to.match(/^\?\[/);
    });
  });

  it("knows files that give parameters their values", () => {
    const main = fixture("azure-nsg", "groups.tf");

    expect(azureNsg.detect(main.text, "main.tf")).to.equal("certain");
    for (const [text, file] of [
      ['source = "10.1.0.0/16"\n', "site/terraform.tfvars"],
      ['{ "source": "10.1.0.0/16" }', "x.auto.tfvars.json"],
      ["using './main.bicep'\nparam source = '10.1.0.0/16'\n", "main.bicepparam"],
    ] as const) {
      expect(azureNsg.detect(text, file), file).to.equal("certain");
    }
    expect(azureNsg.detect('source = "10.1.0.0/16"\n', "settings.conf")).to.equal("no");
  });

  it("takes the address space of a network, too, from a parameter file before the template's default", () => {
    const template = {
      $schema: "deploymentTemplate.json#",
      parameters: { space: { type: "string", defaultValue: "10.0.0.0/16" } },
      resources: [
        {
          type: "Microsoft.Network/virtualNetworks",
          name: "v",
          properties: { addressSpace: { addressPrefixes: ["[parameters('space')]"] } },
        },
        { type: "Microsoft.Network/networkSecurityGroups", name: "g", properties: { securityRules: [] } },
      ],
    };
    const given = { $schema: "deploymentParameters.json#", parameters: { space: { value: "192.168.0.0/16" } } };
    const texts = [template, given].map((one) => JSON.stringify(one));

    const { value } = azureNsg.convert(
      texts.map((text, i) => azureNsg.parse(text, `${i}.json`).value),
      { deviceName: "device" },
    );

    const network = value.devices[0]?.sets.find(({ name }) => name === "VirtualNetwork");
    expect(network?.kind === "prefix" && network.members[0]).to.deep.equal({
      literal: parseAddressRange("192.168.0.0/16"),
    });
  });

  it("keeps a parameter open whose value is a reference, even if the template has a default for it", () => {
    const parameters = '{"$schema": "deploymentParameters.json#", "parameters": {"adminRange": {"reference": {}}}}';
    const files = [fixture("azure-nsg", "template.json"), { file: "p.json", text: parameters }];
    const parsed = files.map(({ text, file }) => azureNsg.parse(text, file).value);

    const { value } = azureNsg.convert(parsed, { deviceName: "device" });

    const rule = named(aces(value.devices[0], "inbound"), "admin");
    expect(shown(rule.matches.source)).to.deep.equal(["?[parameters('adminRange')] 10.9.0.0/16"]);
  });

  it("reads Bicep: loops, rules of their own, conditions on constants; a parameter without value is a bound", () => {
    const { devices, coverage } = load(["groups.bicep"]);
    const inbound = aces(devices[0], "inbound");

    expect(devices.map(({ name }) => name)).to.deep.equal(["nsg-weu-machines"]);
    expect(inbound.slice(0, 3).map(({ name }) => name)).to.deep.equal(["from-app", "from-data", "admin"]);
    expect(shown(named(inbound, "from-data").matches.source)).to.deep.equal(["10.2.0.0/24"]);
    expect(named(inbound, "from-app").matches.service?.[0]?.operands).to.deep.equal([
      {
        literal: {
          protocol: 6,
          destinationPorts: [
            { first: 80, last: 80 },
            { first: 443, last: 443 },
          ],
        },
      },
    ]);
    expect(shown(named(inbound, "admin").matches.source)).to.deep.equal([
      "?[parameters('adminRange')] 198.51.100.0/24",
    ]);
    expect(aces(devices[0], "outbound")[0]?.name).to.equal("no-mail");
    expect(named(inbound, "from-app").at.line).to.equal(named(inbound, "from-data").at.line);
    expect(coverage[0]?.lines.some(({ fate }) => fate === "rejected")).to.equal(false);
  });

  it("reads Terraform: blocks, dynamic blocks, counted resources; a variable without value is a bound", () => {
    const { devices, coverage } = load(["groups.tf"]);
    const inbound = aces(devices[0], "inbound");

    expect(devices.map(({ name }) => name)).to.deep.equal(["nsg-prod"]);
    expect(shown(named(inbound, "from-data").matches.source)).to.deep.equal(["10.2.0.0/24"]);
    expect(named(inbound, "from-data").matches.unmodeled).to.deep.equal([
      "the priority `[add(100, reference('spoke').key)]` of rule from-data is not known",
    ]);
    expect(shown(named(inbound, "admin").matches.source)).to.deep.equal([
      "?[parameters('admin_range')] 198.51.100.0/24",
    ]);
    const outbound = aces(devices[0], "outbound").slice(0, 2);
    expect(outbound.map(({ name, matches }) => [name, matches.service?.[0]?.operands])).to.deep.equal(
      [
        ["no-mail-0", 25],
        ["no-mail-1", 587],
      ].map(([name, port]) => [name, [{ literal: { protocol: 6, destinationPorts: [{ first: port, last: port }] } }]]),
    );
    expect(coverage[0]?.lines.some(({ fate }) => fate === "rejected")).to.equal(false);
  });

  it("reads az commands with the variables a script sets; what comes from outside is a bound", () => {
    const { devices } = load(["rules.sh"]);
    const inbound = aces(devices[0], "inbound");

    expect(devices.map(({ name }) => name)).to.deep.equal(["nsg-machines"]);
    expect(shown(named(inbound, "from-app").matches.source)).to.deep.equal(["10.1.0.0/24 10.2.0.0/24"]);
    expect(shown(named(inbound, "admin").matches.source)).to.deep.equal(['?["$ADMIN_RANGE"]']);
    expect(named(inbound, "admin").matches.destination).to.equal(undefined);
    expect(aces(devices[0], "outbound")[0]?.action.kind).to.equal("drop");
  });

  it("leaves every group open where a script makes rules for its output, behind a variable, or of a group nobody knows", () => {
    const rule = (group: string, name: string) =>
      `az network nsg rule create -g g --nsg-name ${group} -n ${name} --priority 100 --destination-port-ranges 80`;
    for (const script of [
      `${rule("n", "a")}\nID=$(${rule("n", "b")} --query id)`,
      `${rule("n", "a")}\nAZURE_CORE_OUTPUT=none ${rule("n", "b")}`,
      `${rule("n", "a")}\n${rule("$GROUP", "b")}`,
      `${rule("n", "a")}\naz network nsg rule create $RULE`,
      `${rule("n", "a")}\naz network nsg $VERB`,
      `${rule("n", "a")}\naz $COMMAND`,
      `${rule("n", "a")}\n$TOOL network nsg rule delete --nsg-name n -n a`,
      `${rule("n", "a")}\neval "$COMMAND"`,
      `${rule("n", "a")}\nCOMMAND="az network nsg rule delete -n a"\neval "$COMMAND"`,
    ]) {
      const { value } = azureNsg.convert([azureNsg.parse(script, "rules.sh").value], { deviceName: "device" });

      expect(aces(value.devices[0], "inbound")[0]?.action.kind, script).to.equal("unknown");
    }
  });

  it("leaves a group open whose rules a script changes, makes in a loop or makes perhaps", () => {
    const create = "az network nsg rule create -g g --nsg-name n -n r --priority 100 --destination-port-ranges 80";
    for (const script of [
      `${create}\naz network nsg rule update -g g --nsg-name n -n r --access Deny`,
      `${create}\naz network nsg rule delete -g g --nsg-name n -n r`,
      `for i in 1 2; do\n${create}\ndone`,
      `test -f x || ${create}`,
      `${create}\n${create} --access Deny`,
      `exit 0\n${create}`,
      `${create} $MORE`,
      `${create} "$@"`,
      `${create} --no-wait $MORE`,
      `${create} --description two words`,
      `${create} --priority=100 200`,
    ]) {
      const { value } = azureNsg.convert([azureNsg.parse(script, "s.sh").value], { deviceName: "device" });

      expect(aces(value.devices[0], "inbound")[0]?.action.kind, script).to.equal("unknown");
    }
  });

  it("takes options from variables, as the shell splits them", () => {
    const create = "az network nsg rule create -g g --nsg-name n -n r --priority 100 --destination-port-ranges 80";
    for (const script of [
      `MORE="--access Deny --protocol Tcp"\n${create} $MORE`,
      `OPTION=--access\n${create} --description x $OPTION Deny --protocol Tcp`,
      `NONE=\n${create} --description x "--access=Deny" --protocol=Tcp $NONE --no-wait >log 2>&1`,
    ]) {
      const { value } = azureNsg.convert([azureNsg.parse(script, "s.sh").value], { deviceName: "device" });
      const [ace] = aces(value.devices[0], "inbound");

      expect(ace?.action.kind, script).to.equal("drop");
      expect(ace?.matches.service?.[0]?.operands, script).to.have.length(1);
    }
  });

  it("opens every group a rule may belong to whose group has no known name", () => {
    const rule = { type: "Microsoft.Network/networkSecurityGroups/securityRules", name: "[parameters('path')]" };
    const group = { type: "Microsoft.Network/networkSecurityGroups", name: "nsg", properties: { securityRules: [] } };
    const text = JSON.stringify({ $schema: "deploymentTemplate.json#", resources: [group, rule] });
    const { value } = azureNsg.convert([azureNsg.parse(text, "t.json").value], { deviceName: "device" });

    expect(value.devices.map(({ name }) => name)).to.deep.equal(["nsg"]);
    expect(aces(value.devices[0], "inbound")[0]?.action.kind).to.equal("unknown");
  });

  it("reads service tags as the command line prints them, its keys in the order of the alphabet", () => {
    const properties = {
      addressPrefixes: ["192.0.2.0/24"],
      changeNumber: "7",
      region: "",
      systemService: "AzureBackup",
    };
    const text = JSON.stringify({ changeNumber: "80", cloud: "Public", values: [{ name: "AzureBackup", properties }] });

    expect(azureNsg.detect(text, "tags.json")).to.equal("certain");
    expect(azureNsg.parse(text, "tags.json").value.serviceTags.get("azurebackup")?.prefixes).to.deep.equal([
      "192.0.2.0/24",
    ]);
  });

  it("gathers rules listed alone under the group their id names", () => {
    const id =
      "/subscriptions/x/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/nsg-a/securityRules/r";
    const type = "Microsoft.Network/networkSecurityGroups/securityRules";
    const text = JSON.stringify([{ id, type, name: "r", priority: 100, direction: "Inbound", access: "Deny" }]);

    const { value } = azureNsg.convert([azureNsg.parse(text, "rules.json").value], { deviceName: "device" });

    expect(value.devices.map(({ name }) => name)).to.deep.equal(["nsg-a"]);
    expect(aces(value.devices[0], "inbound").map(({ name }) => name)[0]).to.equal("r");
  });

  it("reads rules of Terraform that are the value of an attribute, and knows none where changes of them are ignored", () => {
    const firstOf = (inside: string) => {
      const text = `resource "azurerm_network_security_group" "g" {\n  name = "g"\n  ${inside}\n}\n`;
      const { value } = azureNsg.convert([azureNsg.parse(text, "g.tf").value], { deviceName: "device" });
      return aces(value.devices[0], "inbound")[0]?.name;
    };
    const block = 'security_rule {\n    name = "b"\n    priority = 200\n  }';

    expect(firstOf(`security_rule = [{ name = "a", priority = 100 }]\n  ${block}`)).to.equal("a");
    expect(firstOf(`security_rule = var.rules\n  ${block}`)).to.equal("rules not written out");
    expect(firstOf(`${block}\n  lifecycle {\n    ignore_changes = [security_rule, tags]\n  }`)).to.equal(
      "rules not written out",
    );
    expect(firstOf(`${block}\n  lifecycle {\n    ignore_changes = [tags]\n  }`)).to.equal("b");
  });

  it("leaves open which of two rules of one name a template leaves in the group", () => {
    const rule = (access: string, priority: number) => ({ priority, access, direction: "Inbound", protocol: "*" });
    const firstOf = (second: string, other = rule("Allow", 200)) => {
      const group = "Microsoft.Network/networkSecurityGroups";
      const listed = [{ name: "r", properties: rule("Deny", 100) }];
      const resources = [
        { type: group, name: "g", properties: { securityRules: listed } },
        { type: `${group}/securityRules`, name: `g/${second}`, properties: other },
      ];
      const text = JSON.stringify({ $schema: "deploymentTemplate.json#", resources });
      const { value } = azureNsg.convert([azureNsg.parse(text, "g.json").value], { deviceName: "device" });
      return aces(value.devices[0], "inbound")[0]?.name;
    };

    expect(firstOf("R")).to.equal("rules not written out");
    expect(firstOf("s")).to.equal("r");
    expect(firstOf("r", rule("Deny", 100))).to.equal("r");
  });

  it("leaves a group open that a template gives rules to without making it", () => {
    const group = "Microsoft.Network/networkSecurityGroups";
    const rule = `resource r '${group}/securityRules@2024-05-01' = {\n  parent: g\n  name: 'r'\n}\n`;
    const firstOf = (text: string) => {
      const { value } = azureNsg.convert([azureNsg.parse(text, "g.bicep").value], { deviceName: "device" });
      return aces(value.devices[0], "inbound")[0]?.name;
    };

    expect(firstOf(`resource g '${group}@2024-05-01' existing = {\n  name: 'g'\n}\n${rule}`)).to.equal(
      "rules not written out",
    );
    expect(firstOf(`resource g '${group}@2024-05-01' = {\n  name: 'g'\n  properties: {}\n}\n${rule}`)).to.equal("r");
  });

  it("believes the platform's own expansion in effective rules", () => {
    const { devices } = load(["effective.json"]);

    const rule = named(aces(devices[0], "inbound"), "AllowVnetInBound");

    expect(devices[0]?.name).to.equal("nsg-effective");
    expect(shown(rule.matches.source)).to.deep.equal(["10.0.0.0/16 168.63.129.16"]);
    expect(rule.matches.service).to.equal(undefined);
  });

  it("lets a rival of the same priority perhaps come first", () => {
    const { devices } = load(["traps.json"]);
    const rivals = aces(devices[0], "inbound").filter(({ name }) => name.startsWith("rival-"));

    expect(rivals.map(({ name, matches }) => [name, matches.unmodeled.length])).to.deep.equal([
      ["rival-deny", 1],
      ["rival-allow", 0],
      ["rival-deny", 0],
    ]);
  });

  it("lets an unknown property, access, protocol or address widen the doubt and never the rule", () => {
    const { devices, coverage } = load(["traps.json"]);
    const inbound = aces(devices[0], "inbound");
    const odd = named(inbound, "no-priority");

    expect(named(inbound, "novelty").matches.unmodeled).to.deep.equal(["property sourceUserGroups of rule novelty"]);
    expect(inbound[0]).to.equal(odd);
    expect(odd.action).to.deep.equal({ kind: "unknown", text: "Audit" });
    expect(shown(odd.matches.source)).to.deep.equal(["?not an address"]);
    expect(odd.matches.service).to.deep.equal([{ operands: [{ unresolved: "Quic" }], negated: false }]);
    const approximated = coverage[0]?.lines.filter(({ fate }) => fate === "approximated").length;
    expect(approximated).to.be.greaterThan(3);
  });

  it("puts a rule that may decide anything first where the list of rules cannot be read", () => {
    const { devices, diagnostics } = load(["broken/truncated-depth.json"]);

    expect(aces(devices[0], "inbound")[0]?.action.kind).to.equal("unknown");
    expect(diagnostics[0]).to.include({ code: "azure-nsg/incomplete-group" });
  });

  it("says where a file that was cut in half ends, and uses none of it", () => {
    const { devices, diagnostics, coverage } = load(["broken/cut-in-half.json"]);
    const { text } = fixture("azure-nsg", "broken/cut-in-half.json");

    expect(devices).to.deep.equal([]);
    expect(diagnostics[0]).to.include({ code: "azure-nsg/invalid-json", severity: "error" });
    expect(diagnostics[0]?.at.line).to.equal(text.split("\n").length);
    expect(coverage[0]?.lines.every(({ fate }) => fate === "rejected")).to.equal(true);
  });

  it("says that an empty file is empty", () => {
    const { diagnostics } = load(["broken/empty.json"]);

    expect(diagnostics[0]).to.include({ code: "azure-nsg/empty-file", message: "the file is empty" });
  });
});
