/** Generated Bicep, PowerShell and shell commands before parsers that are not ours. */
import { expect } from "chai";
import { planAllowLists } from "../../src/generate/plan-allow-lists.js";
import { type AddressRange, parseAddressRange } from "../../src/model/address.js";
import type { AllowAnalysis } from "../../src/model/allow-analysis.js";
import type { Reason } from "../../src/model/allow-list.js";
import type { Device, Direction } from "../../src/model/device.js";
import { generateAllowLists } from "../../src/pipeline/generate-allow-list.js";
import { repairTopology } from "../../src/pipeline/repair-topology.js";
import { notationOf, targetNamed } from "../../src/pipeline/targets.js";
import { writeAllowLists } from "../../src/pipeline/write-allow-lists.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { REPAIRED, readShipped, SCENARIOS } from "../topologies/prove-shipped.js";
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

type Analyses = readonly (readonly [scenario: string, analysis: AllowAnalysis | undefined])[];
let analysed: Promise<Analyses> | undefined;

/** The lists of every shipped topology, in the devices' own formats and for Azure Firewall. */
function shippedLists(): Promise<Analyses> {
  analysed ??= Promise.all(
    SCENARIOS.map(async (scenario) => {
      const inputs = await readShipped(scenario);
      return [{}, { target: "azure-firewall" }].map(
        (options) => [scenario, generateAllowLists(inputs, { ...options, names: "widen" }).analysis] as const,
      );
    }),
  ).then((all) => all.flat());
  return analysed;
}

/** The templates among these lists, each with the same in another notation. */
async function shippedTexts(id: string) {
  const written = (await shippedLists()).flatMap(([scenario, analysis]) =>
    (analysis?.written ?? []).map((one) => ({ scenario, ...one })),
  );
  return written.flatMap(({ scenario, device, target, texts }) => {
    const notation = notationOf(target, id);
    if (notation === undefined) return [];
    return texts.map(({ text }) => {
      return { what: `${scenario} ${device}`, template: text, translated: notation.translate(text, device) };
    });
  });
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
    for (const { what, template, translated } of await shippedTexts("bicep")) {
      expectSame(bicep, translated, template, what);
      files++;
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
    for (const [scenario, own] of await shippedLists()) {
      const inputs = await readShipped(scenario);
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

  it("runs nothing else whatever requirements and owners are called", () => {
    for (const text of HOSTILE) expectCommands(textFor("windows-firewall", text), 3, text);
  });

  it("would be refused with its last quote less, or an open bracket", () => {
    const text = textFor("windows-firewall", "R");

    expect(() => powershell(text.replace(/"(?=[^"]*$)/, ""))).to.throw("this is no powershell");
    expect(() => powershell(text.replace("-Description", "-Description ("))).to.throw("this is no powershell");
  });
});

describe("generated commands for a shell", () => {
  let shell: Grammar;
  before(async () => {
    shell = await loadGrammar("shell");
  });

  function expectScript(text: string, what: string): void {
    const { names, expanded } = commandsIn(shell(text));
    const [asking, ...commands] = text.trim().split("\n");
    expect(names, what).to.deep.equal([":", ...commands.map(() => "az")]);
    expect(new Set(expanded), what).to.deep.equal(new Set(["$GROUP", asking?.slice(3, -1)]));
  }

  it("are one command of az a line for every shipped topology, and expand the resource group alone", async () => {
    const scripts = await shippedTexts("az");
    for (const { what, translated } of scripts) expectScript(translated, what);
    expect(scripts.length).to.be.greaterThan(SCENARIOS.length);
  });

  it("run nothing else whatever requirements, owners and devices are called", () => {
    for (const target of ["azure-nsg", "azure-firewall"]) {
      for (const text of HOSTILE) expectScript(textFor(target, text, "az"), `${target} ${text}`);
    }
  });

  it("would be refused with their last quote less", () => {
    const text = textFor("azure-nsg", "it's", "az");

    expect(() => shell(text.replace(/'(?=[^']*$)/, ""))).to.throw("this is no shell");
  });
});

describe("commands of repairs", () => {
  it("are one tool a line for the shell they are for, and expand the resource group alone", async () => {
    const [shell, powershell] = [await loadGrammar("shell"), await loadGrammar("powershell")];
    const tools = new Set<string>();
    for (const scenario of REPAIRED) {
      const { analysis } = repairTopology(await readShipped(scenario, "before/topology.yaml"));
      for (const command of analysis?.repairs.flatMap(({ commands }) => commands) ?? []) {
        const [tool = ""] = command.split(" ");
        const { names, expanded } = commandsIn((tool.includes("-Net") ? powershell : shell)(`${command}\n`));

        expect(names, command).to.deep.equal(tool === "squid" ? [tool, tool] : [tool]);
        expect(expanded, command).to.deep.equal(tool === "az" ? ["$GROUP"] : []);
        tools.add(tool);
      }
    }
    expect(tools).to.include.all.keys("iptables", "az", "squid", "New-NetFirewallRule", "Remove-NetFirewallRule");
  });
});
