/** Repairs of an Azure Firewall's policy: rules in the collections and groups that are asked before what stops the packets. */
import { expect } from "chai";
import fc from "fast-check";
import { prepareEvaluation } from "../../src/compile/evaluate-flow.js";
import type { RepairAnalysis } from "../../src/model/allow-analysis.js";
import type { Device } from "../../src/model/device.js";
import { formatDiagnostic } from "../../src/model/diagnostic.js";
import type { ProveInputs } from "../../src/model/inputs.js";
import { loadTopology } from "../../src/pipeline/load-topology.js";
import { repairTopology } from "../../src/pipeline/repair-topology.js";
import { tightenTopology } from "../../src/pipeline/tighten-topology.js";
import { unifiedDiff } from "../../src/report/unified-diff.js";
import { parseHostSet } from "../../src/sets/host-set.js";
import { creationOf } from "../../src/vendors/azure-firewall/notations.js";
import type { PolicyRule } from "../../src/vendors/azure-firewall/rule-shapes.js";
import { oneRequirement } from "../pipeline/prove-texts.js";
import { prove } from "../topologies/prove-shipped.js";
import { packet, type Sketch } from "../vendors/probe.js";

const TOPOLOGY = `
topology: t
networks:
  - { name: spoke, prefixes: [10.1.0.0/16] }
  - { name: vault, prefixes: [10.2.0.0/16] }
components:
  - { name: agent, roles: [client], network: spoke, addresses: [10.1.0.5] }
  - { name: store, roles: [server], network: vault, addresses: [10.2.0.9] }
devices:
  - name: hub
    exports: [policies.json, groups.json]
    interfaces: [{ name: left, network: spoke }, { name: right, network: vault }]
`;

interface Collection {
  readonly name: string;
  readonly priority: number;
  readonly action: "Allow" | "Deny";
  readonly rules: readonly object[];
}

const network = (name: string, from: string, to: string, ...ports: readonly string[]) => ({
  ...{ ruleType: "NetworkRule", name, ipProtocols: ["TCP"], sourceAddresses: [from] },
  ...{ destinationAddresses: [to], destinationPorts: ports },
});
const names = (name: string, ...targetFqdns: readonly string[]) => ({
  ...{ ruleType: "ApplicationRule", name, protocols: [{ protocolType: "Https", port: 443 }] },
  ...{ sourceAddresses: ["*"], targetFqdns },
});

interface Group {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
  readonly ruleCollections: readonly (Omit<Collection, "action"> & {
    readonly action: { readonly type: Collection["action"] };
  })[];
}

function group(policy: string, name: string, priority: number, ...collections: readonly Collection[]): Group {
  const ruleCollections = collections.map(({ action, ...collection }) => ({
    ruleCollectionType: "FirewallPolicyFilterRuleCollection",
    ...collection,
    action: { type: action },
  }));
  const id = `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies/${policy}/ruleCollectionGroups/${name}`;
  return { id, name, priority, ruleCollections };
}

function policy(name: string, base?: string): object {
  const path = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/firewallPolicies";
  const type = "Microsoft.Network/firewallPolicies";
  return {
    id: `${path}/${name}`,
    name,
    type,
    basePolicy: base ? { id: `${path}/${base}` } : null,
    threatIntelMode: "Off",
  };
}

function inputsFor(
  groups: readonly object[],
  fields: string,
  policies: readonly object[] = [policy("hub")],
): ProveInputs {
  const texts = Object.entries({ "policies.json": policies, "groups.json": groups });
  return {
    topology: { file: "topology.yaml", text: TOPOLOGY },
    exports: new Map(texts.map(([file, value]) => [file, { file, text: `${JSON.stringify(value, undefined, 2)}\n` }])),
    catalogues: [{ file: "catalogue.yaml", text: oneRequirement(`paths: [lan, internet]\n${fields}`) }],
    diagnostics: [],
  };
}

/** The same firewall before the internet, where the server is known by names alone. */
function towardsNames(groups: readonly object[], fields = NEEDED): ProveInputs {
  const text = TOPOLOGY.replace(
    "network: vault, addresses: [10.2.0.9]",
    'network: outside, addresses: [login.example, "*.store.example"]',
  )
    .replace("network: vault }", "network: outside }")
    .replace("{ name: vault, prefixes: [10.2.0.0/16] }", "{ name: outside, kind: internet }");
  return { ...inputsFor(groups, fields), topology: { file: "topology.yaml", text } };
}

const NEEDED = "services: [tcp/443]";
const BANNED = `${NEEDED}\nexpect: deny`;

function repairOf(inputs: ProveInputs): RepairAnalysis {
  const { analysis, diagnostics } = repairTopology(inputs);
  if (analysis === undefined) throw new Error(diagnostics.map(formatDiagnostic).join("\n"));
  return analysis;
}

function withRepairs(inputs: ProveInputs, { repairs }: RepairAnalysis): ProveInputs {
  const texts = repairs.map(({ file, after }) => [file, { file, text: after }] as const);
  return { ...inputs, exports: new Map([...inputs.exports, ...texts]) };
}

/** What every command of the repairs says, but for the place that all of them have in common. */
function commandsOf({ repairs }: RepairAnalysis): string[] {
  const common = "az network firewall policy rule-collection-group collection ";
  return repairs.flatMap(({ commands }) =>
    commands.map((command) => command.replace(common, "").replace('--resource-group "$GROUP" ', "")),
  );
}

const NAMES_RULE =
  "--rule-type ApplicationRule --source-addresses 10.1.0.5 --protocols Https=443 --target-fqdns login.example '*.store.example'";
const RULE =
  "--rule-type NetworkRule --source-addresses 10.1.0.5 --ip-protocols TCP --destination-addresses 10.2.0.9 --destination-ports 443";

function allow(name: string, priority: number, ...rules: readonly object[]): Collection {
  return { name, priority, action: "Allow", rules };
}

function deny(name: string, priority: number, ...rules: readonly object[]): Collection {
  return { name, priority, action: "Deny", rules };
}

/** The changes of the text: `+` and `-` with what is in the line. */
function changesIn({ repairs }: RepairAnalysis): string[] {
  return repairs.flatMap(({ before, after }) =>
    unifiedDiff(before, after)
      .filter((line) => /^[+-] /.test(line))
      .map((line) => line.replace(/^(.) +/, "$1 ")),
  );
}

/** The groups as the commands that make them, followed by others, in the place of what was exported. */
function asScript(inputs: ProveInputs, groups: readonly Group[], commands: readonly string[]): ProveInputs {
  const az = "az network firewall policy rule-collection-group";
  const common = '--resource-group "$GROUP" --policy-name hub';
  const lines = groups.flatMap(({ name, priority, ruleCollections }) => [
    `${az} create ${common} --name ${name} --priority ${priority}`,
    ...ruleCollections.flatMap(({ action, ...collection }) =>
      creationOf(
        { policy: "hub", group: name },
        { ...collection, action: action.type, rules: collection.rules as PolicyRule[] },
      ),
    ),
  ]);
  const text = `${["GROUP=rg", ...lines, ...commands].join("\n")}\n`;
  return { ...inputs, exports: new Map([...inputs.exports, ["groups.json", { file: "groups.sh", text }]]) };
}

/** What the firewall does with a connection of the requirement that asks for a host; without one, for any or none. */
function askingAt(inputs: ProveInputs): (host?: string) => string {
  const device = loadTopology(inputs).context?.devices.get("hub")?.device as Device;
  const probe = packet({ from: "10.1.0.5", to: "198.51.100.7", protocol: 6, port: 443 });
  return (host) => {
    const evaluation = prepareEvaluation(device, host === undefined ? {} : { requested: parseHostSet([host]) });
    return evaluation.evaluate({ direction: "forward", packet: probe }).verdict;
  };
}

const verdictOf = (inputs: ProveInputs) => prove(inputs).verdicts.map(({ kind }) => kind);
const SSH = network("ssh", "*", "10.2.0.9", "22");
const WEB = network("web", "*", "*", "443");

describe("repairs of an Azure Firewall", () => {
  it("put a rule into the last collection of its kind where nothing else decides, with a warning of what it opens", () => {
    const groups = [
      group("hub", "first", 200, allow("admin", 200, SSH)),
      group("hub", "second", 300, deny("no-rdp", 100, network("rdp", "*", "*", "3389"))),
    ];
    const analysis = repairOf(inputsFor(groups, NEEDED));

    expect(commandsOf(analysis)).to.deep.equal([
      `rule add --policy-name hub --rule-collection-group-name first --collection-name admin --name T1 ${RULE}`,
    ]);
    expect(analysis.diagnostics.map(({ code, message }) => [code, message])).to.deep.equal([
      [
        "allow/widened",
        "rules of azure-firewall know nothing of source ports and interfaces: those for `hub` hold for every one, where requirements name some",
      ],
    ]);
  });

  it("make a collection with the next free number before the one that stops the packets", () => {
    const groups = [
      group(
        "hub",
        "main",
        200,
        deny("no-web", 300, WEB),
        allow("admin", 400, SSH),
        allow("names", 299, names("n", "x.example")),
      ),
    ];
    const analysis = repairOf(inputsFor(groups, NEEDED));

    expect(commandsOf(analysis)).to.deep.equal([
      `add-filter-collection --policy-name hub --rule-collection-group-name main --name flowproof-Allow --collection-priority 298 --action Allow --rule-name T1 ${RULE}`,
    ]);
    expect(changesIn(analysis).slice(0, 3)).to.deep.equal([
      '+ "name": "flowproof-Allow",',
      '+ "priority": 298,',
      '+ "action": {',
    ]);
  });

  it("go to the group before where the one that stops the packets has no number left", () => {
    const groups = [
      group("hub", "late", 300, deny("no-web", 100, WEB)),
      group("hub", "early", 200, deny("no-rdp", 500, network("rdp", "*", "*", "3389"))),
    ];

    expect(commandsOf(repairOf(inputsFor(groups, NEEDED)))[0]).to.match(
      /^add-filter-collection .*group-name early --name flowproof-Allow --collection-priority 600 /,
    );
  });

  it("go to the policy that stops the packets, whatever the ones below it say", () => {
    const groups = [
      group("hub", "own", 100, allow("web", 100, WEB)),
      group("base", "all", 900, deny("no-web", 700, WEB)),
    ];
    const inputs = inputsFor(groups, NEEDED, [policy("hub", "base"), policy("base")]);

    expect(commandsOf(repairOf(inputs))[0]).to.match(
      /^add-filter-collection --policy-name base .*--name flowproof-Allow --collection-priority 699 /,
    );
  });

  it("go to the firewall's own policy where only the platform stops the packets", () => {
    const groups = [
      group("base", "all", 100, allow("web", 100, SSH)),
      group("hub", "own", 100, allow("admin", 100, SSH)),
    ];
    const inputs = inputsFor(groups, NEEDED, [policy("hub", "base"), policy("base")]);

    expect(commandsOf(repairOf(inputs))[0]).to.match(/^rule add --policy-name hub .*--collection-name admin /);
  });

  it("deny what a ban is about before what accepts it, also by a name", () => {
    const byAddress = repairOf(
      inputsFor([group("hub", "main", 200, allow("web", 300, WEB), deny("no-rdp", 350, SSH))], BANNED),
    );
    const byName = repairOf(
      inputsFor([group("hub", "main", 200, allow("web", 300, names("w", "*")), deny("no-rdp", 350, SSH))], BANNED),
    );

    expect(commandsOf(byAddress)[0]).to.match(
      /^add-filter-collection .*--name flowproof-Deny --collection-priority 299 --action Deny /,
    );
    expect(commandsOf(byName)[0]).to.match(/^rule add .*--collection-name no-rdp --name T1 /);
  });

  it("have no place in commands or templates with open names, nor where no number is free; which is told", () => {
    const groups = [group("hub", "main", 200, deny("no-web", 100, WEB))];
    const open = [{ ...groups[0], id: "", name: "[concat(parameters('policy'), '/main')]" }];
    const flat = inputsFor(groups, NEEDED);
    const input = { file: "groups.json", text: JSON.stringify(groups) };

    for (const inputs of [
      flat,
      inputsFor(open, NEEDED),
      { ...flat, exports: new Map([...flat.exports, ["groups.json", input]]) },
    ]) {
      const { repairs, diagnostics } = repairOf(inputs);

      expect(repairs).to.deep.equal([]);
      expect(diagnostics.map(({ code }) => code)).to.include("allow/not-repaired");
    }
    expect(repairOf(flat).diagnostics[0]?.message).to.match(
      /^in the form of its exports no rule can be put into `hub` that accepts /,
    );
  });

  it("put a rule for the names that are missing into the rules for names, and tell that any address may have them", () => {
    const inputs = towardsNames([
      group("hub", "main", 200, allow("web", 300, names("n", "x.example")), allow("ssh", 400, SSH)),
    ]);
    const analysis = repairOf(inputs);

    expect(commandsOf(analysis)).to.deep.equal([
      `rule add --policy-name hub --rule-collection-group-name main --collection-name web --name T1 ${NAMES_RULE}`,
    ]);
    expect(analysis.diagnostics.map(({ message }) => message)).to.deep.equal([
      "rules of azure-firewall know nothing of source ports, interfaces and the addresses that names have: those for `hub` hold for every one, where requirements name some",
    ]);
    expect(verdictOf(withRepairs(inputs, analysis))).to.deep.equal(["proved"]);
  });

  it("put a rule for the one of several names that no rule accepts", () => {
    const inputs = towardsNames([group("hub", "main", 200, allow("web", 300, names("n", "*.store.example")))]);
    const analysis = repairOf(inputs);

    expect(commandsOf(analysis)[0]).to.match(/--collection-name web --name T1 .* --target-fqdns login.example$/);
    expect([inputs, withRepairs(inputs, analysis)].map(verdictOf)).to.deep.equal([["refuted"], ["proved"]]);
  });

  it("go before a rule that denies the names, and change the fate of no other name", () => {
    const groups = [group("hub", "main", 200, deny("no-names", 300, names("all", "*")), allow("ssh", 400, SSH))];
    const inputs = towardsNames(groups);
    const analysis = repairOf(inputs);
    const [old, now] = [inputs, withRepairs(inputs, analysis)].map((each) => askingAt(each));

    expect(commandsOf(analysis)).to.deep.equal([
      `add-filter-collection --policy-name hub --rule-collection-group-name main --name flowproof-Allow --collection-priority 299 --action Allow --rule-name T1 ${NAMES_RULE}`,
    ]);
    expect(["login.example", "a.store.example"].map((host) => [old?.(host), now?.(host)])).to.deep.equal([
      ["drop", "accept"],
      ["drop", "accept"],
    ]);
    expect(["store.example", "x.example"].map((host) => [old?.(host), now?.(host)])).to.deep.equal([
      ["drop", "drop"],
      ["drop", "drop"],
    ]);
    expect(["*.example", undefined].map((host) => now?.(host))).to.deep.equal(["undecided", "undecided"]);
  });

  it("have no place for names where a network rule stops them before, or on another port than 80 and 443", () => {
    const stopped = towardsNames([
      group("hub", "main", 200, deny("no-web", 300, WEB), allow("names", 400, names("n", "x.example"))),
    ]);
    const open = towardsNames(
      [group("hub", "main", 200, allow("names", 400, names("n", "x.example")))],
      "services: [tcp/8443]",
    );

    for (const inputs of [stopped, open]) {
      const { repairs, diagnostics } = repairOf(inputs);

      expect(repairs).to.deep.equal([]);
      expect(diagnostics.map(({ code }) => code)).to.deep.equal(["allow/no-place", "allow/not-repaired"]);
    }
  });

  it("change a template in the same way, and keep its line ends", () => {
    const collections = [allow("admin", 200, SSH)];
    const groups = [group("hub", "main", 200, ...collections)];
    const [{ ruleCollections, priority }] = groups as [Group];
    const type = "Microsoft.Network/firewallPolicies";
    const resources = [
      { type, name: "hub", properties: { threatIntelMode: "Off" } },
      { type: `${type}/ruleCollectionGroups`, name: "hub/main", properties: { priority, ruleCollections } },
    ];
    const schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";
    const text = JSON.stringify({ $schema: schema, resources }, undefined, 2).replaceAll("\n", "\r\n");
    const inputs = inputsFor(groups, NEEDED);
    const topology = { file: "topology.yaml", text: TOPOLOGY.replace("policies.json, ", "") };
    const template = { ...inputs, topology, exports: new Map([["groups.json", { file: "groups.json", text }]]) };
    const [own, inTemplate] = [repairOf(inputs), repairOf(template)];

    expect(commandsOf(own)).to.have.length(1);
    expect(commandsOf(inTemplate)).to.deep.equal(commandsOf(own));
    expect(inTemplate.repairs[0]?.after).to.not.match(/[^\r]\n/);
    expect(verdictOf(withRepairs(template, inTemplate))).to.deep.equal(["proved"]);
  });

  it("put narrower rules in the place of one, and take it out", () => {
    const groups = [
      group("hub", "main", 200, allow("web", 300, network("wide", "10.1.0.0/16", "10.2.0.0/16", "443", "80"), SSH)),
    ];
    const inputs = inputsFor(groups, NEEDED);
    const analysis = tightenTopology(inputs).analysis as RepairAnalysis;

    expect(commandsOf(analysis)).to.deep.equal([
      `rule add --policy-name hub --rule-collection-group-name main --collection-name web --name T1 ${RULE}`,
      "rule remove --policy-name hub --rule-collection-group-name main --collection-name web --name wide",
    ]);
    expect(changesIn(analysis)).to.deep.equal([
      ...['- "name": "wide",', '+ "name": "T1",', '- "10.1.0.0/16"', '+ "10.1.0.5"', '- "10.2.0.0/16"', '+ "10.2.0.9"'],
      ...['- "443",', '- "80"', '+ "443"'],
    ]);
    expect(verdictOf(withRepairs(inputs, analysis))).to.deep.equal(["proved"]);
  });
});

const addresses = { from: ["*", "10.1.0.0/16", "10.1.0.5", "10.3.0.0/16"], to: ["*", "10.2.0.0/16", "10.2.0.9"] };
const anyNetworkRule = fc
  .tuple(
    fc.constantFrom(...addresses.from),
    fc.constantFrom(...addresses.to),
    fc.constantFrom("*", "443", "22", "400-500"),
  )
  .map(([from, to, port]) => network("n", from, to, port));
const anyRule = fc.oneof(
  { weight: 4, arbitrary: anyNetworkRule },
  { weight: 1, arbitrary: fc.constant(names("a", "*")) },
);
const anyCollection = fc.record({
  priority: fc.integer({ min: 110, max: 130 }),
  action: fc.constantFrom("Allow" as const, "Deny" as const),
  rules: anyRule.map((rule) => [rule]),
});
const byPriority = { selector: ({ priority }: { priority: number }) => priority, minLength: 1, maxLength: 3 };
const anyGroups = fc
  .uniqueArray(
    fc.record({ priority: fc.integer({ min: 100, max: 110 }), collections: fc.uniqueArray(anyCollection, byPriority) }),
    byPriority,
  )
  .map((groups) =>
    groups.map(({ priority, collections }, index) =>
      group("hub", `g${index}`, priority, ...collections.map((each, number) => ({ ...each, name: `c${number}` }))),
    ),
  );

/** Packets on both sides of every bound of the rules and of the requirement. */
const PROBES: readonly Sketch[] = ["10.1.0.4", "10.1.0.5", "10.3.0.1", "10.9.0.1"].flatMap((from) =>
  ["10.2.0.8", "10.2.0.9", "10.4.0.1"].flatMap((to) =>
    [22, 442, 443, 501].flatMap((port) =>
      [1000, 50000].map((sourcePort) => ({ from, to, protocol: 6, port, sourcePort })),
    ),
  ),
);
const isMeant = ({ from, to, port }: Sketch) => from === "10.1.0.5" && to === "10.2.0.9" && port === 443;

function verdictsAt(inputs: ProveInputs): (string | undefined)[] {
  const device = loadTopology(inputs).context?.devices.get("hub")?.device as Device;
  const evaluation = prepareEvaluation(device);
  return PROBES.map((probe) => evaluation.evaluate({ direction: "forward", packet: packet(probe) }).verdict);
}

describe("repairs of random policies of an Azure Firewall", function () {
  this.timeout(120_000);

  it("prove the requirement, change the fate of no other packet, and are made by their commands", () => {
    let repaired = 0;
    fc.assert(
      fc.property(anyGroups, fc.constantFrom(NEEDED, BANNED), (groups, fields) => {
        const inputs = inputsFor(groups, fields);
        if (verdictOf(inputs).includes("proved")) return;
        const analysis = repairOf(inputs);
        const after = withRepairs(inputs, analysis);
        const [old, now] = [verdictsAt(inputs), verdictsAt(after)];

        const commands = analysis.repairs.flatMap((repair) => repair.commands);

        expect(verdictOf(after)).to.deep.equal(["proved"]);
        expect(verdictsAt(asScript(inputs, groups, commands))).to.deep.equal(now);
        PROBES.forEach((probe, index) => {
          const meant = isMeant(probe) ? (fields === NEEDED ? "accept" : "drop") : old[index];
          expect(now[index], JSON.stringify(probe)).to.equal(meant);
        });
        repaired++;
      }),
      { numRuns: 60, seed: 20261128 },
    );
    expect(repaired).to.be.greaterThan(20);
  });
});
