import { createHash } from "node:crypto";
import { expect } from "chai";
import type { Diagnostic } from "../../../src/model/diagnostic.js";
import type { Review } from "../../../src/model/review.js";
import { reportHtml } from "../../../src/report/html/page.js";
import { readShipped, review } from "../../topologies/prove-shipped.js";
import { hostileAnalysis } from "./hostile-analysis.js";
import { pageMaterials } from "./page-materials.js";

describe("the HTML report", () => {
  let made: Review;
  let page: string;

  before(async () => {
    made = review(await readShipped("vmware-to-azure-vpn", "before/topology.yaml"));
    page = await reportHtml(made, await pageMaterials());
  });

  it("has the same bytes every time", async () => {
    expect(await reportHtml(made, await pageMaterials())).to.equal(page);
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

  it("names the commands that mend what stops a flow, and leads to them from where it stops", () => {
    expect(page).to.match(/What to change: <a href="#change-0">\d+ commands? for edge<\/a>/);
    expect(page).to.match(
      /<article id="change-0"><h3>edge: for [^<]*ASR-F07[\s\S]*?iptables -t filter -I [^<]*10\.20\.1\.4/,
    );
  });

  it("tells what changes open besides apart from what stays unproved", async () => {
    const told = (severity: "warning" | "error", message: string): Diagnostic => {
      return { code: "allow/x", severity, message, at: { file: "topology.yaml", line: 1 }, effect: "none" };
    };
    const diagnostics = [told("error", "this is not mended"), told("warning", "this is wide")];
    const repair = { repairs: made.repair?.repairs ?? [], diagnostics };
    const warned = await reportHtml({ ...made, repair }, await pageMaterials());

    expect(page).to.contain("no other packet fares differently.").and.to.not.contain("What they open besides");
    expect(warned).to.contain("no other packet fares differently, but for what is told below.");
    expect(warned).to.match(/What they open besides[^!]*this is wide[^!]*What stays unproved[^!]*this is not mended/);
  });

  it("tells what the audit found, with the lines", () => {
    expect(page).to.match(/Rule that no packet reaches[\s\S]*?data-where="exports\/edge\.iptables-save:90"/);
  });

  it("says which parts were left out, and how to have them", async () => {
    const bare = await reportHtml({ analysis: made.analysis }, await pageMaterials());

    expect(bare).to.contain("flowproof report --repairs");
    expect(bare).to.contain("flowproof report --audit");
  });

  it("keeps hostile names text", async () => {
    const hostile = await reportHtml({ ...made, analysis: hostileAnalysis(made.analysis) }, await pageMaterials());

    expect(hostile.match(/<script/g)).to.have.length(page.match(/<script/g)?.length as number);
    expect(hostile).to.not.contain("<img");
    expect(hostile).to.not.contain("\u202e");
  });

  it("gives no password away", async () => {
    const sources = new Map(
      [...made.analysis.sources].map(([file, lines]) => [file, lines.map(() => "secret Xyz12345")]),
    );

    const masked = await reportHtml({ ...made, analysis: { ...made.analysis, sources } }, await pageMaterials());

    expect(masked).to.not.contain("Xyz12345");
  });
});
