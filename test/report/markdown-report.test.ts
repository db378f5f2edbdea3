import { expect } from "chai";
import type { Analysis } from "../../src/model/analysis.js";
import { reportMarkdown } from "../../src/report/markdown-report.js";
import { prove, readShipped, review } from "../topologies/prove-shipped.js";
import { HOSTILE, hostileAnalysis } from "./html/hostile-analysis.js";

describe("the Markdown report", () => {
  let analysis: Analysis;

  before(async () => {
    analysis = prove(await readShipped("vmware-to-azure-vpn", "before/topology.yaml"));
  });

  it("tells the line that stops a flow, and the one that nearly lets it through", () => {
    const text = reportMarkdown({ analysis: analysis }, [{ file: "a.rules", sha256: "00ff" }]);

    expect(text).to.contain("decided by `exports/edge.iptables-save:89` `-A to_vnet -s 10.1.8.0/22");
    expect(text).to.contain("nearly accepted by `exports/edge.iptables-save:90`");
    expect(text).to.contain("```mermaid\n");
    expect(text).to.contain("| `a.rules` |");
  });

  it("tells the commands that mend it, and what an audit of the exports found", async () => {
    const text = reportMarkdown(review(await readShipped("vmware-to-azure-vpn", "before/topology.yaml")), []);

    expect(text).to.match(/For `edge`, so that [^\n]*ASR-F07[^\n]* can be proved:\n\n```\niptables -t filter -I /);
    expect(text).to.match(/\*\*shadowed-ace\*\*.*\n {2}- `exports\/edge\.iptables-save:90`/);
  });

  it("keeps every row of its tables as wide as their head, whatever the names", () => {
    const text = reportMarkdown({ analysis: hostileAnalysis(analysis) }, [{ file: `a | b ${HOSTILE}`, sha256: "00" }]);
    const rows = text.split("\n").filter((line) => line.startsWith("| "));
    const widths = rows.map((row) => row.replaceAll("\\|", "").split("|").length);

    expect(new Set(widths)).to.deep.equal(new Set([9]));
    expect(text).to.not.contain("\u202e");
  });

  it("leaves out a picture that no Mermaid would draw", () => {
    const components = analysis.topology.components.map((component) => ({ ...component, title: "x".repeat(9000) }));
    const topology = { ...analysis.topology, components };

    expect(reportMarkdown({ analysis: { ...analysis, topology } }, [])).to.not.contain("```mermaid");
  });
});
