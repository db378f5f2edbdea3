import { expect } from "chai";
import type { Analysis } from "../../src/model/analysis.js";
import { reportMarkdown } from "../../src/report/markdown-report.js";
import { prove, readShipped } from "../topologies/prove-shipped.js";
import { HOSTILE, hostileAnalysis } from "./html/hostile-analysis.js";

describe("the Markdown report", () => {
  let analysis: Analysis;

  before(async () => {
    analysis = prove(await readShipped("vmware-to-azure-vpn", "before/topology.yaml"));
  });

  it("tells the line that stops a flow, and the one that nearly lets it through", () => {
    const text = reportMarkdown(analysis, [{ file: "a.rules", sha256: "00ff" }]);

    expect(text).to.contain("decided by `exports/edge.iptables-save:89` `-A to_vnet -s 10.1.8.0/22");
    expect(text).to.contain("nearly accepted by `exports/edge.iptables-save:90`");
    expect(text).to.contain("```mermaid\n");
    expect(text).to.contain("| `a.rules` |");
  });

  it("keeps every row of its tables as wide as their head, whatever the names", () => {
    const text = reportMarkdown(hostileAnalysis(analysis), [{ file: `a | b ${HOSTILE}`, sha256: "00" }]);
    const rows = text.split("\n").filter((line) => line.startsWith("| "));
    const widths = rows.map((row) => row.replaceAll("\\|", "").split("|").length);

    expect(new Set(widths)).to.deep.equal(new Set([9]));
    expect(text).to.not.contain("\u202e");
  });

  it("leaves out a picture that no Mermaid would draw", () => {
    const verdicts = analysis.verdicts.map((verdict) => ({
      ...verdict,
      requirement: {
        ...verdict.requirement,
        services: Array.from({ length: 6000 }, (_, i) => ({
          name: "x",
          services: [{ protocol: 6, destinationPorts: [{ first: 2 * i, last: 2 * i }] }],
        })),
      },
    }));

    expect(reportMarkdown({ ...analysis, verdicts }, [])).to.not.contain("```mermaid");
  });
});
