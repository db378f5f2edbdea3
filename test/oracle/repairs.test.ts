/** Repairs and narrower rules before the program they are for: the commands have to make what the changed export says. */
import { spawnSync } from "node:child_process";
import { expect } from "chai";
import type { Repair } from "../../src/model/allow-analysis.js";
import type { ProveInputs } from "../../src/model/inputs.js";
import { repairTopology } from "../../src/pipeline/repair-topology.js";
import { tightenTopology } from "../../src/pipeline/tighten-topology.js";
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
