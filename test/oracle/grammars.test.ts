/** Generated Bicep and PowerShell before parsers that are not ours. */
import { expect } from "chai";
import { planAllowLists } from "../../src/generate/plan-allow-lists.js";
import { type AddressRange, parseAddressRange } from "../../src/model/address.js";
import type { Reason } from "../../src/model/allow-list.js";
import type { Device, Direction } from "../../src/model/device.js";
import { generateAllowLists } from "../../src/pipeline/generate-allow-list.js";
import { repairTopology } from "../../src/pipeline/repair-topology.js";
import { notationOf, targetNamed } from "../../src/pipeline/targets.js";
import { writeAllowLists } from "../../src/pipeline/write-allow-lists.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { readShipped, SCENARIOS } from "../topologies/prove-shipped.js";
import { commandsIn, type Grammar, loadGrammar, resourcesIn } from "./grammars.js";

const at = { file: "catalogue.yaml", line: 1 };

/** What would end a text, begin an expression or hide the rest, had it not been escaped. */
const HOSTILE = [
  "it's",
  "''' three",
  "\u0024{resourceGroup().id}",
  "$(Get-Item) `$x `",
  'a "quoted" name',
  "\u201cother\u201d \u2018quotes\u2019",
  "ends in \\",
  "/* // # <#",
  "two\r\nlines\n}",
  "[concat('a')]",
  "x".repeat(300),
];

/** Two rules for requirements of that name and owner, at a device of that name, in a format or another notation of it. */
function textFor(target: string, text: string, notation?: string): string {
  const vendor = targetNamed(target);
  const isForward = vendor.allowLists?.aclName("input", "ipv4") === undefined;
  const direction: Direction = isForward ? "forward" : "input";
  const device: Device = {
    ...{ name: text, vendor: target, acls: [], sets: [], interfaces: [], tracking: "implicit" },
    stages: { forward: [], input: [], output: [] },
  };
  const needs = [1, 2].map((number) => {
    const packets = PacketSet.fromFields({
      sources: [parseAddressRange(`10.1.0.${number}`) as AddressRange],
      destinations: [parseAddressRange("10.2.0.5") as AddressRange],
      protocols: [{ first: 6, last: 6 }],
      destinationPorts: [{ first: 440 + number, last: 440 + number }],
      states: ["new"],
    });
    const reason: Reason = { requirement: `${text}${number}`, from: "a", to: "b", purpose: "test", at, owner: text };
    return { device: text, direction, packets, reason };
  });
  const lists = planAllowLists({ device, tracking: "implicit" }, needs, {});
  const { value } = writeAllowLists(lists, vendor, at, notation ? notationOf(target, notation) : undefined);
  return value?.texts[0]?.text ?? "";
}

interface Template {
  readonly resources: readonly {
    readonly type: string;
    readonly apiVersion: string;
    readonly name: string;
    readonly properties: unknown;
  }[];
}

/** What a parser that is not ours finds in a Bicep text, and what the template of the same list holds. */
function expectSame(bicep: Grammar, text: string, template: string, what: string): void {
  const { resources } = JSON.parse(template) as Template;
  const found = resourcesIn(bicep(text)).map(({ type, body }) => [type, body["name"], body["properties"]]);
  const meant = resources.map(({ type, apiVersion, name, properties }) => [
    `${type}@${apiVersion}`,
    name.split("/").at(-1),
    properties,
  ]);
  expect(found, what).to.deep.equal(meant);
}

describe("generated Bicep", () => {
  let bicep: Grammar;
  before(async () => {
    bicep = await loadGrammar("bicep");
  });

  it("holds for every shipped topology the resources of its template, with every property", async () => {
    let files = 0;
    for (const scenario of SCENARIOS) {
      const inputs = await readShipped(scenario);
      const runs = [{}, { target: "azure-firewall" }].map((options) =>
        generateAllowLists(inputs, { ...options, names: "widen" }),
      );
      for (const { device, target, texts } of runs.flatMap(({ analysis }) => analysis?.written ?? [])) {
        const notation = notationOf(target, "bicep");
        if (notation === undefined) continue;
        for (const { text } of texts) {
          expectSame(bicep, notation.translate(text, device), text, `${scenario} ${device}`);
          files++;
        }
      }
    }
    expect(files).to.be.greaterThan(SCENARIOS.length);
  });

  it("holds what it is meant to whatever requirements, owners and devices are called", () => {
    for (const target of ["azure-nsg", "azure-firewall"]) {
      for (const text of HOSTILE) {
        expectSame(bicep, textFor(target, text, "bicep"), textFor(target, text), `${target} ${text}`);
      }
    }
  });

  it("would be refused with a quote, a brace or a bracket less", () => {
    const text = textFor("azure-nsg", "R", "bicep");

    for (const part of ["'", "{", "}", "[", "]"]) {
      expect(() => bicep(text.replace(part, "")), part).to.throw("this is no bicep");
    }
  });
});

describe("generated PowerShell", () => {
  let powershell: Grammar;
  before(async () => {
    powershell = await loadGrammar("powershell");
  });

  function expectCommands(text: string, count: number, what: string): void {
    const { names, expanded } = commandsIn(powershell(text));
    expect([names.length, expanded], what).to.deep.equal([count, []]);
    expect(names.every((name) => /^(?:(?:New|Remove)-NetFirewallRule|Set-NetFirewallProfile)$/.test(name))).to.equal(
      true,
    );
  }

  it("is one command a line for every shipped topology, and expands nothing", async () => {
    let lines = 0;
    for (const scenario of SCENARIOS) {
      const inputs = await readShipped(scenario);
      const { analysis: own } = generateAllowLists(inputs, { names: "widen" });
      const guarded = (own?.written ?? []).filter(({ target }) => target === "azure-nsg").map(({ device }) => device);
      const asked = guarded.map(
        (device) => generateAllowLists(inputs, { device, target: "windows-firewall" }).analysis,
      );
      for (const { device, target, texts } of [own, ...asked].flatMap((analysis) => analysis?.written ?? [])) {
        if (target !== "windows-firewall") continue;
        for (const { text } of texts) {
          expectCommands(text, text.trim().split("\n").length, `${scenario} ${device}`);
          lines += text.trim().split("\n").length;
        }
      }
    }
    expect(lines).to.be.greaterThan(2 * SCENARIOS.length);
  });

  it("is as many commands as repairs have", async () => {
    const { analysis } = repairTopology(await readShipped("vmware-failback", "before/topology.yaml"));
    const commands = analysis?.repairs.find(({ device }) => device === "cs1-firewall")?.commands ?? [];

    expect(commands).to.not.be.empty;
    expectCommands(`${commands.join("\n")}\n`, commands.length, "cs1-firewall");
  });

  it("runs nothing else whatever requirements and owners are called", () => {
    for (const text of HOSTILE) expectCommands(textFor("windows-firewall", text), 3, text);
  });

  it("would be refused with its last quote less, or an open bracket", () => {
    const text = textFor("windows-firewall", "R");

    expect(() => powershell(text.replace(/"(?=[^"]*$)/, ""))).to.throw("this is no powershell");
    expect(() => powershell(text.replace("-Description", "-Description ("))).to.throw("this is no powershell");
  });
});
