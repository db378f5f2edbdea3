import { expect } from "chai";
import { annotateAnalysis, annotateFindings } from "../../src/report/annotations.js";
import { githubCommands } from "../../src/report/github.js";
import { gitlabCodeQuality } from "../../src/report/gitlab.js";
import { readShipped, review } from "../topologies/prove-shipped.js";
import { HOSTILE, hostileAnalysis } from "./html/hostile-analysis.js";

describe("remarks on lines of a change", () => {
  it("stand at the line that decides, one for all flows it decides about, with the rule that was probably meant", async () => {
    const { analysis } = review(await readShipped("vmware-to-azure-vpn", "before/topology.yaml"));

    const annotations = annotateAnalysis(analysis);

    const first = annotations.find(({ subject }) => subject === "ASR-F07");
    expect(first?.at).to.include({ line: 89 });
    expect(first?.severity).to.equal("error");
    expect(first?.message).to.match(/app1 → cs1, app2 → cs1.*\n.*\nnearly accepted by .*edge\.iptables-save:90/);
    expect(annotations.map(({ subject }) => subject).sort()).to.deep.equal([
      "ASR-F06",
      "ASR-F07",
      "ASR-F11",
      "ASR-F13",
      "ASR-F14",
    ]);
  });

  it("are workflow commands of GitHub, which no text of an input ends", async () => {
    const { analysis, audit } = review(await readShipped("vmware-to-azure-vpn", "before/topology.yaml"));
    const hostile = hostileAnalysis(analysis);
    const named = {
      at: { file: `a,b:c%${HOSTILE}`, line: 3, column: 7 },
      subject: "x,y:z\n::error::",
      fingerprint: "1",
    };

    const written = githubCommands([
      ...annotateAnalysis(hostile),
      ...annotateFindings(audit?.findings ?? []),
      { ...named, severity: "info", message: "50 %\n::add-mask::secret" },
    ]);

    const lines = written.trimEnd().split("\n");
    expect(
      lines.filter(
        (line) => !/^::(?:error|warning|notice) file=[^,:]+,line=\d+(?:,col=\d+)?,title=[^,:]+::./.test(line),
      ),
    ).to.deep.equal([]);
    expect(lines.at(-1)).to.match(/,line=3,col=7,title=x%2Cy%3Az%0A%3A%3Aerror%3A%3A::50 %25%0A::add-mask::secret$/);
  });

  it("are a code quality report of GitLab, every entry with a fingerprint of its own", async () => {
    const { analysis, audit } = review(await readShipped("vmware-to-azure-vpn", "before/topology.yaml"));

    const entries = JSON.parse(
      gitlabCodeQuality([...annotateAnalysis(analysis), ...annotateFindings(audit?.findings ?? [])]),
    ) as { fingerprint: string; severity: string; location: { path: string; lines: { begin: number } } }[];

    expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).to.equal(entries.length);
    expect(entries.every(({ location }) => location.path.length > 0 && location.lines.begin > 0)).to.equal(true);
    expect(new Set(entries.map(({ severity }) => severity))).to.deep.equal(new Set(["critical", "minor", "info"]));
  });
});
