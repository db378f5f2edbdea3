import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { expect } from "chai";
import { compileDevice } from "../../src/compile/compile-device.js";
import { acceptedByFilters } from "../../src/generate/accepted-by-filters.js";
import { DIRECTIONS, mapStages } from "../../src/generate/open-device.js";
import { type AcceptedRequests, acceptedRequests, everyRequest } from "../../src/generate/policy-of-requests.js";
import type { Repair } from "../../src/model/allow-analysis.js";
import type { Device } from "../../src/model/device.js";
import type { ProveInputs, TextInput } from "../../src/model/inputs.js";
import type { ProxyPolicy } from "../../src/model/proxy.js";
import { loadTopology } from "../../src/pipeline/load-topology.js";
import { repairTopology } from "../../src/pipeline/repair-topology.js";
import { repairText } from "../../src/report/repair-text.js";
import { unifiedDiff } from "../../src/report/unified-diff.js";
import { describeSet } from "../../src/sets/describe.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { formatRequests, isEmptyRequests, subtractRequests } from "../../src/sets/request-set.js";
import { listBreaks, pathOf, prove, REPAIRED, readShipped, SCENARIOS } from "../topologies/prove-shipped.js";

/** What a device does in one direction: the first packets its filters surely accept, and those it translates the sources of. */
interface Fate {
  readonly accepted: PacketSet;
  readonly translated: PacketSet;
}

function fatesAt(inputs: ProveInputs, name: string): Fate[] {
  const device = loadTopology(inputs).context?.devices.get(name)?.device as Device;
  const asked = PacketSet.fromFields({ states: ["new", "established"] });
  const filters = compileDevice(mapStages(device, (stages) => stages.filter(({ kind }) => kind === "filter")));
  return DIRECTIONS.map((direction) => {
    const acls = device.stages[direction].flatMap(({ kind, acl }) => (kind === "nat" ? [acl] : []));
    const aces = acls.flatMap((acl) => compileDevice(device).acls.get(acl)?.aces ?? []);
    const translating = aces.filter(({ ace: { action } }) => action.kind === "translate");
    return {
      accepted: acceptedByFilters(filters, direction, asked).surely,
      translated: PacketSet.unionOf(translating.map(({ matches }) => matches.bounds.surely)),
    };
  });
}

/** Names of the files that hold the mistakes, or the lines which decide because of them. */
async function mistakenFiles(scenario: string): Promise<Set<string>> {
  const text = await readFile(pathOf(scenario, "before/mistakes.yaml"), "utf8");
  return new Set([...text.matchAll(/file: ([^\s,]+)/g)].map(([, file]) => basename(file as string)));
}

async function repairsOf(scenario: string, file: string): Promise<readonly Repair[]> {
  return repairTopology(await readShipped(scenario, file)).analysis?.repairs ?? [];
}

function isForPackets(inputs: ProveInputs): (repair: Repair) => boolean {
  const devices = loadTopology(inputs).context?.devices;
  return ({ device }) => devices?.has(device) === true;
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

      expect(left.map((line) => line.replace(/ at .*/, ""))).to.deep.equal([]);
      expect(repairs).to.not.be.empty;
    });

    it(`change in ${scenario} no packet that mending the mistakes would not change, in no other file`, async () => {
      const before = await readShipped(scenario, "before/topology.yaml");
      const shipped = await readShipped(scenario);
      const repairs = await repairsOf(scenario, "before/topology.yaml");
      const mistaken = await mistakenFiles(scenario);

      for (const { device, file, after } of repairs.filter(isForPackets(before))) {
        const repaired = [...before.exports].map(([name, input]): [string, TextInput] => [
          name,
          input.file === file ? { ...input, text: after } : input,
        ]);
        const [old, mended, meant] = [before, { ...before, exports: new Map(repaired) }, shipped].map((inputs) =>
          fatesAt(inputs, device),
        ) as [Fate[], Fate[], Fate[]];

        expect(mistaken, device).to.include(basename(file));
        old.forEach((fate, index) => {
          const [now, then] = [mended[index], meant[index]] as [Fate, Fate];
          expect(describeSet(now.accepted.subtract(fate.accepted).subtract(then.accepted)), device).to.deep.equal([]);
          expect(describeSet(fate.accepted.subtract(now.accepted).intersect(then.accepted)), device).to.deep.equal([]);
          const translated = now.translated.subtract(fate.translated).subtract(then.translated);
          expect(describeSet(translated), device).to.deep.equal([]);
        });
      }
    });
  }

  it("change at a proxy no request that mending the mistakes would not change", async () => {
    const before = await readShipped("via-proxy", "before/topology.yaml");
    const repairs = (await repairsOf("via-proxy", "before/topology.yaml")).filter((one) => !isForPackets(before)(one));
    const texts = new Map(repairs.map(({ file, after }) => [file, after]));
    const repaired = [...before.exports].map(([name, input]): [string, TextInput] => [
      ...([name, { ...input, text: texts.get(input.file) ?? input.text }] as const),
    ]);
    const asked = everyRequest(["DRAProxyAccount", "svc-recovery"]);
    const [old, now, then] = [
      ...[before, { ...before, exports: new Map(repaired) }, await readShipped("via-proxy")].map((inputs) => {
        const policy = loadTopology(inputs).context?.proxies.get("perimeter-proxy") as ProxyPolicy;
        return acceptedRequests(policy, asked);
      }),
    ] as [AcceptedRequests, AcceptedRequests, AcceptedRequests];

    expect(repairs.map(({ commands }) => commands)).to.deep.equal([["squid -k parse && squid -k reconfigure"]]);
    expect(isEmptyRequests(subtractRequests(now.possibly, old.possibly))).to.equal(false);
    const added = subtractRequests(now.possibly, old.possibly);
    expect(formatRequests(subtractRequests(added, then.possibly))).to.deep.equal([]);
    expect(formatRequests(subtractRequests(old.surely, now.surely))).to.deep.equal([]);
  });

  it("are the same for exports of Windows line ends, and keep these", async () => {
    for (const scenario of ["vmware-to-azure-vpn", "vmware-failback"]) {
      const inputs = await readShipped(scenario, "before/topology.yaml");
      const exports = [...inputs.exports].map(([name, input]): [string, TextInput] => [
        name,
        { ...input, text: input.text.replace(/\r?\n/g, "\r\n") },
      ]);

      const own = repairTopology(inputs).analysis?.repairs ?? [];
      const windows = repairTopology({ ...inputs, exports: new Map(exports) }).analysis?.repairs ?? [];

      expect(windows.map(({ commands }) => commands)).to.deep.equal(own.map(({ commands }) => commands));
      expect(windows.filter(({ after }) => /[^\r]\n/.test(after))).to.deep.equal([]);
    }
  });

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
