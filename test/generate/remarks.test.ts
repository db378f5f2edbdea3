/** What generated rules tell people: ids, owners, last days, in every format's own bounds. */
import { expect } from "chai";
import { type Need, planAllowLists } from "../../src/generate/plan-allow-lists.js";
import { type AddressRange, parseAddressRange } from "../../src/model/address.js";
import type { Reason } from "../../src/model/allow-list.js";
import type { Device, Direction } from "../../src/model/device.js";
import type { FlowRequirement } from "../../src/model/requirement.js";
import { expiredRequirements } from "../../src/pipeline/expired-requirements.js";
import { notationOf, targetsFor, vendorOf } from "../../src/pipeline/targets.js";
import { writeAllowLists } from "../../src/pipeline/write-allow-lists.js";
import { allowCsv, allowMarkdown } from "../../src/report/allow-table.js";
import { PacketSet } from "../../src/sets/packet-set.js";

const at = { file: "catalogue.yaml", line: 1 };
const UGLY = `Netz–Team "a" 'b' $(c) \`d\` \\ ; -j DROP\nCOMMIT ${"x".repeat(300)}`;
const HOST: Device = {
  ...{ name: "host", vendor: "iptables", acls: [], sets: [], interfaces: [], tracking: "explicit" },
  stages: { forward: [], input: [], output: [] },
};

function listsFor(reasons: readonly Partial<Reason>[], direction: Direction = "input", target = "iptables") {
  const needs = reasons.map((reason, index): Need => {
    const packets = PacketSet.fromFields({
      sources: [parseAddressRange(`10.1.0.${index + 1}`) as AddressRange],
      destinations: [parseAddressRange("10.2.0.5") as AddressRange],
      protocols: [{ first: 6, last: 6 }],
      destinationPorts: [{ first: 443, last: 443 }],
      states: ["new"],
    });
    const whole = { requirement: `R${index + 1}`, from: "a", to: "b", purpose: "test", at, ...reason };
    return { device: "host", direction, packets, reason: whole };
  });
  const tracking = vendorOf(target)?.allowLists?.tracking ?? "explicit";
  return planAllowLists({ device: HOST, tracking }, needs, {});
}

function textFor(target: string, reasons: readonly Partial<Reason>[]): string {
  const vendor = vendorOf(target) as NonNullable<ReturnType<typeof vendorOf>>;
  const direction = vendor.allowLists?.aclName("input", "ipv4") === undefined ? "forward" : "input";
  const { value, diagnostics } = writeAllowLists(listsFor(reasons, direction, target), vendor, at);
  expect(diagnostics, target).to.deep.equal([]);
  return (value?.texts ?? []).map(({ text }) => text).join("");
}

describe("remarks on generated rules", () => {
  it("tell the owners, and the day when one of several requirements ends", () => {
    const both = textFor("iptables", [
      { owner: "net", expires: "2027-01-31" },
      { owner: "db", expires: "2026-06-30" },
    ]);
    const one = textFor("iptables", [{ owner: "net", expires: "2027-01-31" }]);

    expect(both).to.include('--comment "R1 R2; owner: net, db; partly until 2026-06-30"');
    expect(one).to.include('--comment "R1; owner: net; until 2027-01-31"');
  });

  it("stand in the description of a rule of Azure and of a Windows rule", () => {
    const reasons = [{ owner: "net", expires: "2027-01-31" }];

    for (const target of ["azure-nsg", "azure-firewall"]) {
      const text = textFor(target, reasons);
      const [bicep, az] = ["bicep", "az"].map((id) => notationOf(target, id)?.translate(text, "host"));

      expect(text, target).to.include('"description": "owner: net; until 2027-01-31"');
      expect(bicep, target).to.include("description: 'owner: net; until 2027-01-31'");
      expect(az, target).to.include("--description 'owner: net; until 2027-01-31'");
    }
    expect(textFor("windows-firewall", reasons)).to.include('-Description "owner: net; until 2027-01-31"');
  });

  for (const { id } of targetsFor("device")) {
    it(`never change what ${id} is told to do, whatever an owner is called`, () => {
      const text = textFor(id, [{ owner: UGLY, expires: "2027-01-31" }]);

      expect(text).to.not.match(/^COMMIT x/m);
      expect(text.split("\n").every((line) => line.length < 1000)).to.equal(true);
    });
  }

  it("are as long as the formats allow", () => {
    const reasons = [{ owner: UGLY }];
    const [comment] = /--comment "(R1[^"]*)"/.exec(textFor("iptables", reasons))?.slice(1) ?? [];
    const [remark] = /comment "(R1[^"]*)"/.exec(textFor("nftables", reasons))?.slice(1) ?? [];
    const descriptions = ["azure-nsg", "azure-firewall"].map(
      (target) => /"description": "(owner: (?:[^"\\]|\\.)*)"/.exec(textFor(target, reasons))?.[1] ?? "",
    );

    expect(comment).to.have.length(255);
    expect(remark).to.have.length(127);
    expect(descriptions.map((text) => JSON.parse(`"${text}"`).length)).to.deep.equal([140, 140]);
  });
});

describe("firewall requests", () => {
  const analysis = (reason: Partial<Reason>) => ({
    ...{ topology: "site", requests: [], settings: [], written: [], diagnostics: [] },
    lists: listsFor([reason]),
  });

  it("have a column for the owner and one for the last day", () => {
    const [head, row] = allowCsv(analysis({ owner: "net", expires: "2027-01-31" })).split("\r\n");

    expect(head?.split(",").slice(-2)).to.deep.equal(["owner", "expires"]);
    expect(row?.split(",").slice(-3)).to.deep.equal(["test", "net", "2027-01-31"]);
  });

  it("run nothing in a spreadsheet", () => {
    for (const text of ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "  =1", "＝1", "|cmd", "\r=1"]) {
      const csv = allowCsv(analysis({ purpose: text, owner: text }));

      expect(csv, text).to.match(/,"?'[\s\S]*,"?'/);
    }
  });

  it("say which letters they use, and only where it matters", () => {
    expect(allowCsv(analysis({ owner: "Müller" })).charCodeAt(0)).to.equal(0xfeff);
    expect(allowCsv(analysis({ owner: "Mueller" })).startsWith("device,")).to.equal(true);
  });

  it("are tables that no text breaks out of", () => {
    const table = allowMarkdown(analysis({ owner: "a | b\n| c", purpose: "<script>" }));

    expect(table.split("\n").filter((line) => line.startsWith("|"))).to.have.length(3);
    expect(table).to.include("a \\| b \\| c").and.to.include("\\<script\\>");
  });
});

describe("requirements that have ended", () => {
  const requirement = { id: "OLD", expect: "allow", expires: "2026-06-30", at } as FlowRequirement;
  const instance = { requirement, from: "a", to: "b" };

  it("are told once, from the day after their last", () => {
    const [before, after] = ["2026-06-30", "2026-07-01"].map((today) =>
      expiredRequirements([instance, instance], today),
    );

    expect(before).to.deep.equal([]);
    expect(after?.map(({ message, severity }) => [severity, message])).to.deep.equal([
      ["warning", "`OLD` held until 2026-06-30, and its rules are written all the same"],
    ]);
  });
});
