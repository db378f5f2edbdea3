/** Has every shipped topology's drawings read by the programs they are made for: Mermaid, draw.io's engine, Graphviz, an XML parser. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { deviceDiagram, requirementDiagram } from "../../src/diagram/closeup.js";
import type { Diagram } from "../../src/diagram/diagram.js";
import { drawDot } from "../../src/diagram/dot.js";
import { drawDrawio } from "../../src/diagram/drawio.js";
import { flowMatrix } from "../../src/diagram/matrix.js";
import { drawMatrix } from "../../src/diagram/matrix-svg.js";
import { drawMermaid } from "../../src/diagram/mermaid.js";
import { overviewDiagram } from "../../src/diagram/overview.js";
import { drawSvg } from "../../src/diagram/svg.js";
import type { Analysis } from "../../src/model/analysis.js";
import { HOSTILE, hostileAnalysis } from "../report/html/hostile-analysis.js";
import { prove, REPAIRED, readShipped, SCENARIOS } from "../topologies/prove-shipped.js";
import { openChromium } from "./open-chromium.js";

const { resolve } = createRequire(import.meta.url);
const MERMAID = resolve("mermaid/dist/mermaid.min.js");
const MXGRAPH = resolve("mxgraph/javascript/mxClient.min.js");

/** The engine of draw.io reads the file; how many cells it knows, and how many lines lack an end. */
const READ_DRAWIO = `(file) => {
  const model = new DOMParser().parseFromString(file, "application/xml").querySelector("mxGraphModel");
  const graph = new mxGraph(document.body.appendChild(document.createElement("div")));
  new mxCodec(model.ownerDocument).decode(model, graph.getModel());
  const cells = Object.values(graph.getModel().cells);
  const edges = cells.filter((cell) => cell.edge);
  return {
    vertices: cells.filter((cell) => cell.vertex).length,
    edges: edges.length,
    loose: edges.filter((cell) => cell.source === null || cell.target === null).length,
    drawn: document.querySelectorAll("svg path, svg rect").length > 0,
  };
}`;

/** What is wrong with a file that is to be XML, and what in it would do or fetch something. */
const JUDGE_XML = `(file) => {
  const made = new DOMParser().parseFromString(file, "application/xml");
  const count = (selector) => made.querySelectorAll(selector).length;
  return {
    errors: count("parsererror"),
    harm: count("script, foreignObject, image, use, a, [onload], [onerror], [href]"),
    told: made.documentElement.localName !== "svg" || (count("svg > title") === 1 && count("svg > desc") === 1),
  };
}`;
const SOUND = { errors: 0, harm: 0, told: true };

describe("drawings before their readers", function () {
  this.timeout(180_000);
  let browser: Browser | undefined;
  let page: Page;
  const diagrams = new Map<string, Diagram>();

  before(async function () {
    browser = await openChromium();
    if (browser === undefined) this.skip();
    page = await browser.newPage();
    await page.setContent("<title>drawings</title>");
    await page.evaluate("mxLoadResources = mxLoadStylesheets = false; mxBasePath = ''");
    await page.addScriptTag({ path: MXGRAPH });
    await page.addScriptTag({ path: MERMAID });
    await page.evaluate("mermaid.initialize({ startOnLoad: false, securityLevel: 'strict', maxTextSize: 200000 })");
    for (const [name, analysis] of await everyAnalysis()) diagrams.set(name, overviewDiagram(analysis));
    const analysis = prove(await readShipped("vmware-to-azure-vpn", "before/topology.yaml"));
    diagrams.set("requirement", requirementDiagram(analysis, "ASR-F07"));
    diagrams.set("device", deviceDiagram(analysis, "edge"));
  });

  after(() => browser?.close());

  it("are drawn by Mermaid, and no name becomes markup", async () => {
    for (const [name, diagram] of diagrams) {
      const drawn = await page.evaluate(
        `mermaid.render("picture", ${JSON.stringify(drawMermaid(diagram))}).then(({ svg }) => {
          const made = new DOMParser().parseFromString(svg, "text/html");
          return {
            nodes: made.querySelectorAll(".node").length,
            edges: made.querySelectorAll(".flowchart-link").length,
            harm: made.querySelectorAll("script, img, iframe, [onerror]").length,
          };
        })`,
      );
      const { nodes, edges } = diagram;
      expect(drawn, name).to.deep.equal({ nodes: nodes.length, edges: edges.length, harm: 0 });
    }
    expect(await page.title()).to.equal("drawings");
  });

  it("are read by the engine of draw.io, every line between two things", async () => {
    for (const [name, diagram] of diagrams) {
      const read = await page.evaluate(`(${READ_DRAWIO})(${JSON.stringify(await drawDrawio(diagram))})`);
      const { nodes, frames, edges } = diagram;
      const vertices = nodes.length + frames.length;
      expect(read, name).to.deep.equal({ vertices, edges: edges.length, loose: 0, drawn: true });
    }
    expect(await page.title()).to.equal("drawings");
  });

  it("are laid out by Graphviz", function () {
    if (spawnSync("dot", ["-V"]).error !== undefined && process.env["FLOWPROOF_REQUIRE_ORACLES"] !== "1") this.skip();
    for (const [name, diagram] of diagrams) {
      const run = spawnSync("dot", ["-Tplain"], { input: drawDot(diagram), encoding: "utf8" });
      expect(run.status, `${name}: ${run.stderr}`).to.equal(0);
      const drawn = (kind: string): number =>
        run.stdout.split("\n").filter((line) => line.startsWith(`${kind} `)).length;
      expect([drawn("node"), drawn("edge")], name).to.deep.equal([diagram.nodes.length, diagram.edges.length]);
    }
  });

  it("are SVG and XML that parse, do nothing, fetch nothing, and are told in words", async () => {
    for (const [name, diagram] of diagrams) {
      for (const drawn of [await drawSvg(diagram), await drawDrawio(diagram)]) {
        expect(await page.evaluate(`(${JUDGE_XML})(${JSON.stringify(drawn)})`), name).to.deep.equal(SOUND);
      }
    }
  });

  it("keep a hostile title text in a matrix", async () => {
    const analysis = prove(await readShipped("via-proxy", "topology.yaml"));
    const drawn = drawMatrix({ ...flowMatrix(analysis), title: HOSTILE });

    expect(await page.evaluate(`(${JUDGE_XML})(${JSON.stringify(drawn)})`)).to.deep.equal(SOUND);
  });
});

/** Every shipped topology, and one with hostile names everywhere. */
async function everyAnalysis(): Promise<[string, Analysis][]> {
  const shipped = [
    ...SCENARIOS.map((scenario) => [scenario, "topology.yaml"] as const),
    ...REPAIRED.map((scenario) => [scenario, "before/topology.yaml"] as const),
  ];
  const proved = await Promise.all(
    shipped.map(
      async ([scenario, file]): Promise<[string, Analysis]> => [
        `${scenario}/${file}`,
        prove(await readShipped(scenario, file)),
      ],
    ),
  );
  const hostile = proved
    .slice(-1)
    .map(([name, analysis]): [string, Analysis] => [`hostile ${name}`, hostileAnalysis(analysis)]);
  return [...proved, ...hostile];
}
