import { expect } from "chai";
import { compileDevice } from "../../src/compile/compile-device.js";
import { acceptedByFilters } from "../../src/generate/accepted-by-filters.js";
import { DIRECTIONS } from "../../src/generate/open-device.js";
import { tightenAce } from "../../src/generate/tighten-ace.js";
import type { Repair } from "../../src/model/allow-analysis.js";
import type { Device } from "../../src/model/device.js";
import type { ProveInputs, TextInput } from "../../src/model/inputs.js";
import { auditTopology } from "../../src/pipeline/audit-topology.js";
import { loadTopology } from "../../src/pipeline/load-topology.js";
import { tightenTopology } from "../../src/pipeline/tighten-topology.js";
import { describeSet } from "../../src/sets/describe.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { iptables } from "../../src/vendors/iptables/index.js";
import { nftables } from "../../src/vendors/nftables/index.js";
import { listBreaks, prove, readShipped, SCENARIOS, withExport } from "../topologies/prove-shipped.js";

const BEGINNING = PacketSet.fromFields({ states: ["new"] });

function withRepairs(inputs: ProveInputs, repairs: readonly Repair[]): ProveInputs {
  const exports = [...inputs.exports].map(([name, input]): [string, TextInput] => {
    const repair = repairs.find(({ file }) => file === input.file);
    return [name, repair === undefined ? input : { ...input, text: repair.after }];
  });
  return { ...inputs, exports: new Map(exports) };
}

const deviceIn = (inputs: ProveInputs, name: string) =>
  compileDevice(loadTopology(inputs).context?.devices.get(name)?.device as Device);

/** `file:line` of the rules that accept more than some requirement needs. */
function tooWide(inputs: ProveInputs): string[] {
  const request = { checks: ["over-permissive"], severity: "warning", today: "2026-01-01" } as const;
  const report = auditTopology(inputs, () => true, request).value;
  return (report?.findings ?? []).map(({ subject: { file, line } }) => `${file}:${line}`);
}

describe("narrower rules for the shipped topologies", () => {
  for (const scenario of SCENARIOS) {
    it(`break no requirement of ${scenario}, and accept nothing that was not accepted`, async () => {
      const inputs = await readShipped(scenario);
      const { analysis } = tightenTopology(inputs);
      const repairs = analysis?.repairs ?? [];
      const tightened = withRepairs(inputs, repairs);

      expect(listBreaks(prove(tightened))).to.deep.equal([]);
      for (const device of new Set(repairs.map((repair) => repair.device))) {
        const [before, after] = [inputs, tightened].map((one) => deviceIn(one, device)) as [
          ReturnType<typeof deviceIn>,
          ReturnType<typeof deviceIn>,
        ];
        const added = DIRECTIONS.map((direction) =>
          acceptedByFilters(after, direction, BEGINNING).possibly.subtract(
            acceptedByFilters(before, direction, BEGINNING).possibly,
          ),
        );
        expect(describeSet(PacketSet.unionOf(added)), device).to.deep.equal([]);
      }
    });
  }

  it("leave the audit nothing to say about the rules they take the place of", async () => {
    const inputs = await readShipped("vmware-to-azure-vpn");
    const { analysis } = tightenTopology(inputs);

    const [before, after] = [tooWide(inputs), tooWide(withRepairs(inputs, analysis?.repairs ?? []))];

    expect(before.filter((place) => place.includes("edge.iptables-save"))).to.have.length(8);
    expect(after.filter((place) => place.includes("edge.iptables-save"))).to.deep.equal([]);
  });

  it("are commands that put one rule in the place of another, with what it keeps", async () => {
    const { analysis } = tightenTopology(await readShipped("vmware-to-azure-vpn"), "edge");

    expect(analysis?.repairs.map(({ device }) => device)).to.deep.equal(["edge"]);
    expect(analysis?.repairs[0]?.commands.slice(0, 1)).to.deep.equal([
      "iptables -t filter -R to_vnet 4 -s 10.1.30.5 -d 10.20.1.4 -i eth1.30 -p tcp -m multiport --dports 3389,5986 " +
        '-m comment --comment "ASR-F13 ASR-F14" -j ACCEPT',
    ]);
  });

  it("take a rule away that nobody needs where its counter says that nobody used it, and only there", async () => {
    const rule = "[1209:72540] -A INPUT -s 10.60.1.0/24 -i bond0.10 -p tcp -m tcp --dport 22 -j ACCEPT";
    const unused = (text: string) => text.replace(rule, rule.replace("[1209:72540]", "[0:0]"));
    const inputs = await readShipped("push-install");

    const used = tightenTopology(inputs, "core-router").analysis;
    const idle = tightenTopology(
      withExport(inputs, "exports/core-router.iptables-save", unused),
      "core-router",
    ).analysis;

    expect(used?.repairs[0]?.commands).to.not.include("iptables -t filter -D INPUT 3");
    expect(used?.diagnostics.map(({ message }) => message)).to.include(
      "no requirement needs this rule; since 1209 packets came to it, it stays",
    );
    expect(idle?.repairs[0]?.commands).to.include("iptables -t filter -D INPUT 3");
  });

  it("takes no rule away where the counters have only just begun", async () => {
    const restarted = (text: string) => text.replace(/^\[\d+:\d+\]/gm, "[0:0]");
    const inputs = await readShipped("push-install");

    const { analysis } = tightenTopology(
      withExport(inputs, "exports/core-router.iptables-save", restarted),
      "core-router",
    );

    expect(analysis?.repairs[0]?.commands.filter((command) => command.includes(" -D "))).to.deep.equal([]);
    expect(analysis?.diagnostics.map(({ message }) => message)).to.include(
      "no requirement needs this rule; since the export has counted none of its packets, it stays",
    );
  });
});

describe("a rule that logs what it accepts", () => {
  it("is not replaced by one that does not", () => {
    const text = `table inet filter {
\tchain forward {
\t\ttype filter hook forward priority filter; policy drop;
\t\tip saddr 10.9.0.0/16 tcp dport 443 log prefix "web " accept # handle 7
\t}
}
`;
    const config = nftables.parse(text, "own.nft").value;
    const [device] = nftables.convert([config], { deviceName: "own" }).value.devices as [Device];
    const compiled = compileDevice(device);
    const ace = device.acls[0]?.aces.find(({ action }) => action.kind === "accept");

    expect(ace?.logs).to.equal(true);
    expect(tightenAce(compiled, ace?.at ?? { file: "", line: 0 }, new Map())).to.equal(undefined);
  });
});

describe("counters of rules", () => {
  it("are read from saves, commands and listings of iptables", () => {
    const lines = [
      "[12:840] -A INPUT -j ACCEPT",
      "-A INPUT -c 7 420 -j ACCEPT",
      " 120K 9912K ACCEPT     all  --  lo     any     anywhere             anywhere",
      "-A INPUT -p tcp --dport 22 -j ACCEPT",
    ];

    expect(lines.map((line) => iptables.countedPackets?.(line))).to.deep.equal([12, 7, 120_000, undefined]);
  });

  it("are read from rules of nft that count", () => {
    const lines = ["tcp dport 22 counter packets 0 bytes 0 accept", "tcp dport 22 accept"];

    expect(lines.map((line) => nftables.countedPackets?.(line))).to.deep.equal([0, undefined]);
  });
});
