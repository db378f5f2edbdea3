import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { drawDot } from "../../src/diagram/dot.js";
import { drawMermaid } from "../../src/diagram/mermaid.js";
import { overviewDiagram } from "../../src/diagram/overview.js";
import { drawSvg } from "../../src/diagram/svg.js";
import { datacenterToCloud } from "./datacenter-to-cloud.js";

const HOSTILE = `<script>alert("x")</script> & 'q' ]]> \u202e\u0007 ${"long ".repeat(40)}🧱`;
const hostile = (() => {
  const diagram = overviewDiagram(datacenterToCloud);
  return {
    ...diagram,
    title: HOSTILE,
    nodes: diagram.nodes.map((node) => ({ ...node, title: HOSTILE, lines: [HOSTILE] })),
  };
})();

describe("drawings of an analysis", () => {
  it("have the same bytes every time", () => {
    for (const draw of [drawSvg, drawMermaid, drawDot]) {
      expect(draw(overviewDiagram(datacenterToCloud))).to.equal(draw(overviewDiagram(datacenterToCloud)));
    }
  });

  it("mark the device that blocks, and end a blocked flow with a cross", () => {
    const diagram = overviewDiagram(datacenterToCloud);

    const marked = diagram.nodes.filter(({ tone }) => tone === "refuted").map(({ title }) => title);
    expect(marked).to.include("nsg-recovery");
    expect(diagram.edges.some(({ tone, end }) => tone === "refuted" && end === "stopped")).to.equal(true);
    expect(drawMermaid(diagram)).to.contain("--x");
  });

  it("collapse components that nobody need tell apart", () => {
    const titles = overviewDiagram(datacenterToCloud).nodes.map(({ title, count }) => `${title} ${count}`);

    expect(titles).to.include("master-target 2");
  });

  it("keep hostile names text", () => {
    const svg = drawSvg(hostile);
    const mermaid = drawMermaid(hostile);

    expect(svg).to.not.contain("<script");
    expect(svg).to.not.contain("\u0007");
    expect(svg.match(/<svg/g)).to.have.length(1);
    expect(mermaid).to.not.contain("<script");
    expect(mermaid.replaceAll("<br/>", "")).to.not.match(/<[a-z]/i);
  });

  it("cut titles that are wider than what they name", () => {
    const long = "x".repeat(400);
    const frames = hostile.frames.map((frame) => ({ ...frame, title: long }));
    const shown = [...drawSvg({ ...hostile, title: long, frames }).matchAll(/<text[^>]*>(x+…?)</g)];

    expect(shown).to.have.length(frames.length + 1);
    expect(shown.filter(([, text]) => !text.endsWith("…"))).to.deep.equal([]);
  });

  it("give Graphviz a graph it takes", function () {
    const isRequired = process.env["FLOWPROOF_REQUIRE_ORACLES"] === "1";
    if (spawnSync("dot", ["-V"]).error !== undefined && !isRequired) {
      console.log("      skipped: Graphviz is not installed");
      this.skip();
    }
    for (const diagram of [overviewDiagram(datacenterToCloud), hostile]) {
      const run = spawnSync("dot", ["-Tsvg"], { input: drawDot(diagram), encoding: "utf8" });
      expect(run.status, run.stderr).to.equal(0);
      expect(run.stdout).to.contain("</svg>");
    }
  });
});
