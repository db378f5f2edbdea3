import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { drawDot } from "../../src/diagram/dot.js";
import { drawDrawio } from "../../src/diagram/drawio.js";
import { type Box, layoutDiagram, type Point } from "../../src/diagram/layout.js";
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

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function boxAround(a: Point, b: Point): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return { x, y, width: Math.max(a.x, b.x) - x, height: Math.max(a.y, b.y) - y };
}

describe("drawings of an analysis", () => {
  it("have the same bytes every time", async () => {
    for (const draw of [drawSvg, drawMermaid, drawDot]) {
      expect(await draw(overviewDiagram(datacenterToCloud))).to.equal(await draw(overviewDiagram(datacenterToCloud)));
    }
  });

  it("mark the device that blocks, and end a blocked flow with a cross", () => {
    const diagram = overviewDiagram(datacenterToCloud);

    const marked = diagram.nodes.filter(({ tone }) => tone === "refuted").map(({ title }) => title);
    expect(marked).to.include("nsg-recovery");
    expect(diagram.edges.some(({ tone, end }) => tone === "refuted" && end === "stopped")).to.equal(true);
    expect(drawMermaid(diagram)).to.contain("--x");
  });

  it("tell a blocked device by a sign as well, in every form", async () => {
    const diagram = overviewDiagram(datacenterToCloud);

    for (const draw of [drawSvg, drawMermaid, drawDot, drawDrawio])
      expect(await draw(diagram)).to.contain("✗ nsg-recovery");
  });

  it("collapse components that nobody need tell apart", () => {
    const titles = overviewDiagram(datacenterToCloud).nodes.map(({ title, count }) => `${title} ${count}`);

    expect(titles).to.include("master-target 2");
  });

  it("keep hostile names text", async () => {
    const svg = await drawSvg(hostile);
    const mermaid = drawMermaid(hostile);

    expect(svg).to.not.contain("<script");
    expect(svg).to.not.contain("\u0007");
    expect(svg.match(/<svg/g)).to.have.length(1);
    expect(mermaid).to.not.contain("<script");
    expect(mermaid.replaceAll("<br/>", "")).to.not.match(/<[a-z]/i);
  });

  it("cut titles that are wider than what they name", async () => {
    const long = "x".repeat(400);
    const frames = hostile.frames.map((frame) => ({ ...frame, title: long }));
    const svg = await drawSvg({ ...hostile, title: long, frames });
    const shown = [...svg.matchAll(/<text[^>]*>(x+…?)</g)];

    expect(shown).to.have.length(frames.length + 1);
    expect(shown.filter(([, text]) => !text.endsWith("…"))).to.deep.equal([]);
  });

  it("keep everything apart: nodes from nodes, and labels from nodes", async () => {
    const { nodes, edges } = await layoutDiagram(overviewDiagram(datacenterToCloud));

    const boxes = [...nodes.map(({ box }) => box), ...edges.flatMap(({ labelBox }) => labelBox ?? [])];
    const touching = boxes.flatMap((box, i) => boxes.slice(i + 1).filter((other) => overlap(box, other)));
    expect(boxes.length).to.be.above(10);
    expect(touching).to.deep.equal([]);
  });

  it("lead no line behind a node", async () => {
    const { nodes, edges } = await layoutDiagram(overviewDiagram(datacenterToCloud));

    const hidden = edges.flatMap(({ edge, points }) =>
      points.slice(1).flatMap((point, i) => {
        const segment = boxAround(points[i] as Point, point);
        return nodes.filter(({ node, box }) => ![edge.from, edge.to].includes(node.id) && overlap(segment, box));
      }),
    );
    expect(hidden).to.deep.equal([]);
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
