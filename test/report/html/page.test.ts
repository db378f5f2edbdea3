import { createHash } from "node:crypto";
import { expect } from "chai";
import type { Analysis } from "../../../src/model/analysis.js";
import { reportHtml } from "../../../src/report/html/page.js";
import { prove, readShipped } from "../../topologies/prove-shipped.js";
import { hostileAnalysis } from "./hostile-analysis.js";
import { pageMaterials } from "./page-materials.js";

describe("the HTML report", () => {
  let analysis: Analysis;
  let page: string;

  before(async () => {
    analysis = prove(await readShipped("vmware-to-azure-vpn", "before/topology.yaml"));
    page = await reportHtml(analysis, await pageMaterials());
  });

  it("has the same bytes every time", async () => {
    expect(await reportHtml(analysis, await pageMaterials())).to.equal(page);
  });

  it("asks for nothing from outside", () => {
    const ownScripts = page.replace(/<script[\s\S]*?<\/script>/g, "");

    expect(ownScripts).to.not.match(/\s(?:src|href)="(?!#)/);
    expect(ownScripts).to.not.match(/url\(|@import/);
  });

  it("permits its own script and style by their hashes, and no others", () => {
    const [, script] = /<script>([\s\S]*?)<\/script>/.exec(page) as RegExpExecArray;
    const [, style] = /<style>([\s\S]*?)<\/style>/.exec(page) as RegExpExecArray;
    const hashOf = (text: string): string => `sha256-${createHash("sha256").update(text).digest("base64")}`;
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page) as RegExpExecArray;

    expect(policy.replaceAll("&#39;", "'")).to.equal(
      `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; base-uri 'none'; form-action 'none'`,
    );
  });

  it("names the line that stops a flow before anything is clicked", () => {
    expect(page).to.contain("exports/edge.iptables-save:89");
    expect(page).to.contain("production stays on premises");
  });

  it("keeps hostile names text", async () => {
    const hostile = await reportHtml(hostileAnalysis(analysis), await pageMaterials());

    expect(hostile.match(/<script/g)).to.have.length(page.match(/<script/g)?.length as number);
    expect(hostile).to.not.contain("<img");
    expect(hostile).to.not.contain("\u202e");
  });

  it("gives no password away", async () => {
    const sources = new Map([...analysis.sources].map(([file, lines]) => [file, lines.map(() => "secret Xyz12345")]));

    const masked = await reportHtml({ ...analysis, sources }, await pageMaterials());

    expect(masked).to.not.contain("Xyz12345");
  });
});
