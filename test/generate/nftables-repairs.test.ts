/** Repairs of a listing of nft that translates: sources which nobody routes replies to get the address of their neighbours. */
import { expect } from "chai";
import type { RepairAnalysis } from "../../src/model/allow-analysis.js";
import { repairTopology } from "../../src/pipeline/repair-topology.js";
import { unifiedDiff } from "../../src/report/unified-diff.js";
import { prove } from "../topologies/prove-shipped.js";
import { behindEdge, translating } from "./nft-edge.js";

/** The lines that are put in, and the verdicts afterwards. */
function repaired(ruleset: string) {
  const { repairs } = repairTopology(behindEdge(ruleset)).analysis as RepairAnalysis;
  const [repair] = repairs;
  const added =
    repair === undefined ? [] : unifiedDiff(repair.before, repair.after).filter((line) => /^[+-]\t/.test(line));
  const verdicts = prove(behindEdge(repair?.after ?? ruleset)).verdicts.map(({ kind }) => kind);
  return { added, commands: repair?.commands ?? [], verdicts };
}

const NEIGHBOURS = 'oifname "eth0" ip saddr 10.1.7.0/24';
const NEEDED =
  'ip saddr { 10.1.0.5 } ip daddr { 198.51.100.9 } oifname { "eth0" } meta l4proto 6 th sport { 1024-65535 } th dport { 443 }';

describe("repairs of translations in a listing of nft", () => {
  for (const [family, target] of [
    ["ip", "snat to 203.0.113.10"],
    ["inet", "snat ip to 203.0.113.10-203.0.113.12"],
    ["inet", "masquerade"],
  ] as const) {
    it(`translate as \`${target}\` does in a table of ${family}`, () => {
      const { added, commands, verdicts } = repaired(translating(family, `${NEIGHBOURS} ${target}`));
      const rule = `${family === "inet" ? "meta nfproto ipv4 " : ""}${NEEDED} ${target} comment "T1"`;

      expect(added).to.deep.equal([`+\t\t${rule}`]);
      expect(commands).to.deep.equal([`nft 'add rule ${family} nat postrouting ${rule}'`]);
      expect(verdicts).to.deep.equal(["proved"]);
    });
  }

  it("go before a rule that leaves the packets as they are", () => {
    const { commands, verdicts } = repaired(
      translating("ip", "ip saddr 10.9.0.0/16 accept", "ip saddr 10.1.0.0/24 accept", `${NEIGHBOURS} masquerade`),
    );

    expect(commands).to.deep.equal([`nft 'insert rule ip nat postrouting index 1 ${NEEDED} masquerade comment "T1"'`]);
    expect(verdicts).to.deep.equal(["proved"]);
  });

  it("are none where no rule tells to which address, or one that is not written back", () => {
    for (const rule of ['oifname "eth1" masquerade', `${NEIGHBOURS} snat to 203.0.113.10:2000-3000`]) {
      const { commands, verdicts } = repaired(translating("ip", rule));

      expect([commands, verdicts], rule).to.deep.equal([[], ["refuted"]]);
    }
  });
});
