/** Repairs and narrower rules before the program they are for: the commands have to make what the changed export says. */
import { spawnSync } from "node:child_process";
import { expect } from "chai";
import type { Repair } from "../../src/model/allow-analysis.js";
import type { ProveInputs } from "../../src/model/inputs.js";
import { repairTopology } from "../../src/pipeline/repair-topology.js";
import { tightenTopology } from "../../src/pipeline/tighten-topology.js";
import { behindEdge, translating } from "../generate/nft-edge.js";
import { REPAIRED, readShipped } from "../topologies/prove-shipped.js";

/** The rules that a network of its own holds after these commands, without what differs from run to run. */
function rulesAfter(before: string, commands: readonly string[]): string[] {
  const script = ["iptables-restore", ...commands, "iptables-save"].join("\n");
  const { status, stdout, stderr } = spawnSync("unshare", ["--net", "sh", "-ec", script], {
    input: before,
    encoding: "utf8",
  });
  expect([status, stderr]).to.deep.equal([0, ""]);
  return stdout.split("\n").filter((line) => line.startsWith("-A"));
}

const WAYS: Readonly<Record<string, (inputs: ProveInputs) => readonly Repair[]>> = {
  "repairs of": (inputs) => repairTopology(inputs).analysis?.repairs ?? [],
  "narrower rules for": (inputs) => tightenTopology(inputs).analysis?.repairs ?? [],
};

/** What a network of its own holds after nft loaded a rule set, and after these commands. */
function rulesetAfter(before: string, commands: readonly string[], show = "nft list ruleset"): string {
  const script = ["nft -f -", ...commands, show].join("\n");
  const { status, stdout, stderr } = spawnSync("unshare", ["--net", "sh", "-ec", script], {
    input: before,
    encoding: "utf8",
  });
  expect([status, stderr]).to.deep.equal([0, ""]);
  return stdout;
}

const filtering = (family: string) =>
  [
    `table ${family} filter {`,
    "\tchain forward {",
    "\t\ttype filter hook forward priority filter; policy drop;",
    "\t\tct state established,related accept",
    "\t\ttcp dport 443 drop",
    "\t}",
    "}",
    "",
  ].join("\n");
const NEIGHBOURS = 'oifname "eth0" ip saddr 10.1.7.0/24';

describe("commands for nft", function () {
  this.timeout(60_000);

  before(function () {
    const isThere = spawnSync("sh", ["-c", "command -v nft unshare"]).status === 0;
    if (isThere && process.getuid?.() === 0) return;
    if (process.env["FLOWPROOF_REQUIRE_ORACLES"] === "1") throw new Error("no nft to ask as root");
    console.log("      skipped: no nft to ask as root");
    this.skip();
  });

  it("make the same rules as the changed export: a narrower rule in the place of one, by its handle", () => {
    const filter = filtering("ip").replace("tcp dport 443 drop", "ip saddr 10.1.0.0/16 tcp dport { 80, 443 } accept");
    const listed = rulesetAfter(filter + translating("ip", "masquerade"), [], "nft -a list ruleset");
    const repairs = tightenTopology(behindEdge(listed)).analysis?.repairs ?? [];
    const commands = repairs.flatMap((repair) => repair.commands);

    expect(commands.map((command) => command.slice(0, 30))).to.deep.equal([
      "nft 'insert rule ip filter for",
      "nft 'delete rule ip filter for",
    ]);
    expect(rulesetAfter(listed, commands)).to.equal(rulesetAfter(repairs[0]?.after ?? "", []));
  });

  for (const [what, ruleset, count] of [
    ["a translation", translating("ip", `${NEIGHBOURS} snat to 203.0.113.10`), 1],
    ["a translation in a table of both families", translating("inet", `${NEIGHBOURS} snat ip to 203.0.113.10`), 1],
    ["a masquerading before what accepts", translating("inet", "accept", `${NEIGHBOURS} masquerade`), 1],
    ["an acceptance and a translation", filtering("ip") + translating("ip", `${NEIGHBOURS} masquerade`), 2],
    ["an acceptance in a table of both families", filtering("inet") + translating("ip", "masquerade"), 1],
  ] as const) {
    it(`make the same rules as the changed export: ${what}`, () => {
      const repairs = repairTopology(behindEdge(ruleset)).analysis?.repairs ?? [];
      const commands = repairs.flatMap((repair) => repair.commands);

      expect(commands).to.have.length(count);
      expect(rulesetAfter(ruleset, commands)).to.equal(rulesetAfter(repairs[0]?.after ?? "", []));
    });
  }
});

describe("commands for iptables", function () {
  this.timeout(300_000);

  before(function () {
    const isThere = spawnSync("sh", ["-c", "command -v iptables-restore iptables unshare"]).status === 0;
    if (isThere && process.getuid?.() === 0) return;
    if (process.env["FLOWPROOF_REQUIRE_ORACLES"] === "1") throw new Error("no iptables to ask as root");
    console.log("      skipped: no iptables to ask as root");
    this.skip();
  });

  for (const [what, changesOf] of Object.entries(WAYS)) {
    it(`make the same rules as the changed export: ${what} the shipped topologies before the repair`, async () => {
      let asked = 0;
      for (const scenario of REPAIRED) {
        const repairs = changesOf(await readShipped(scenario, "before/topology.yaml"));
        for (const { device, before, after, commands } of repairs) {
          if (commands.length === 0 || !commands.every((command) => command.startsWith("iptables "))) continue;

          expect(rulesAfter(before, commands), `${scenario} ${device}`).to.deep.equal(rulesAfter(after, []));
          asked++;
        }
      }
      expect(asked).to.be.greaterThan(3);
    });
  }
});
