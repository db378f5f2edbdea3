import { expect } from "chai";
import type { Repair } from "../../src/model/allow-analysis.js";
import { repairTopology } from "../../src/pipeline/repair-topology.js";
import { repairText } from "../../src/report/repair-text.js";
import { unifiedDiff } from "../../src/report/unified-diff.js";
import { listBreaks, prove, REPAIRED, readShipped, SCENARIOS } from "../topologies/prove-shipped.js";

/**
 * What no rule repairs, by scenario: a missing translation is no rule of a filter, a proxy's rules are about requests, and
 * what reaches a host too far needs a rule less.
 */
const BEYOND: Readonly<Record<string, readonly string[]>> = {
  "hyperv-to-azure": ["ASR-D02 anybody -> hv2"],
  "push-install": [],
  "via-proxy": [
    "ASR-P01 hv1 -> site-recovery",
    "ASR-P01 hv2 -> site-recovery",
    "ASR-P01 vmm1 -> site-recovery",
    "ASR-P02 hv1 -> site-recovery",
    "ASR-P02 hv2 -> site-recovery",
    "ASR-P02 vmm1 -> site-recovery",
    "ASR-P02-storage hv1 -> storage",
    "ASR-P02-storage hv2 -> storage",
    "ASR-P02-storage vmm1 -> storage",
    "ASR-P03 vmm1 -> site-recovery",
  ],
  "vmm-to-vmm": ["ASR-F01 vmm2 -> site-recovery"],
  "vmware-failback": [],
  "vmware-to-azure-internet": ["ASR-F07 erp1 -> cs1", "ASR-F07 files1 -> cs1"],
  "vmware-to-azure-vpn": [],
};

async function repairsOf(scenario: string, file: string): Promise<readonly Repair[]> {
  return repairTopology(await readShipped(scenario, file)).analysis?.repairs ?? [];
}

describe("repairs of the shipped topologies before the repair", () => {
  for (const scenario of REPAIRED) {
    it(`prove in ${scenario} everything that an added rule can`, async () => {
      const inputs = await readShipped(scenario, "before/topology.yaml");
      const repairs = await repairsOf(scenario, "before/topology.yaml");

      const patched = [...inputs.exports].map(([name, input]) => {
        const repair = repairs.find(({ file }) => file === input.file);
        return [name, repair ? { ...input, text: repair.after } : input] as const;
      });
      const left = listBreaks(prove({ ...inputs, exports: new Map(patched) }));

      expect(left.map((line) => line.replace(/ at .*/, ""))).to.deep.equal(BEYOND[scenario]);
      expect(repairs).to.not.be.empty;
    });
  }

  it("narrow a rule that blocks to what it may still stop, and change no other line", async () => {
    const { analysis } = repairTopology(await readShipped("vmware-failback", "before/topology.yaml"));
    const repair = analysis?.repairs.find(({ device }) => device === "cs1-firewall") as Repair;

    const lines = unifiedDiff(repair.before, repair.after);

    expect(lines.filter((line) => line.startsWith("-"))).to.deep.equal([
      "-LocalIP:                              Any",
      "-RemoteIP:                             Any",
    ]);
    expect(repair.commands[0]).to.equal('Remove-NetFirewallRule -DisplayName "Block unused recovery ports"');
    expect(repair.commands.slice(1).every((command) => command.includes("-Action Block"))).to.equal(true);
  });

  it("write the diff so that it shows only what is new, in its place", async () => {
    const { analysis } = repairTopology(await readShipped("vmware-to-azure-vpn", "before/topology.yaml"));

    const lines = repairText(analysis ?? { repairs: [], diagnostics: [] }).split("\n");

    expect(lines.filter((line) => line.startsWith("iptables")).map((line) => line.slice(0, 45))).to.deep.equal([
      "iptables -t filter -I to_vnet 8 -s 10.1.2.10 ",
      "iptables -t filter -I to_vnet 1 -s 10.1.8.21 ",
      "iptables -t filter -I to_vnet 2 -s 10.1.10.14",
    ]);
    expect(lines.filter((line) => line.startsWith("@@")).slice(0, 2)).to.deep.equal([
      "@@ -88,0 +89,2 @@",
      "@@ -95,0 +98,1 @@",
    ]);
  });

  for (const scenario of SCENARIOS) {
    it(`find nothing to repair in ${scenario} as it is shipped`, async () => {
      const { analysis } = repairTopology(await readShipped(scenario));

      expect(analysis).to.deep.equal({ repairs: [], diagnostics: [] });
    });
  }
});
