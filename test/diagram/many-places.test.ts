import { expect } from "chai";
import { generateCompany } from "../../bench/generate-company.js";
import { deviceDiagram } from "../../src/diagram/closeup.js";
import { type Box, layoutDiagram } from "../../src/diagram/layout.js";
import { overviewDiagram, overviewOf } from "../../src/diagram/overview.js";
import { prove } from "../topologies/prove-shipped.js";
import { largeSite } from "./branch-company.js";

const branches = prove(largeSite({ branches: 12, hostsPerRole: 8, rules: 60 }));
const company = prove(generateCompany({ components: 300, requirements: 600, lines: 3000, seed: 7 }));

function isWithin(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

describe("pictures of many places", () => {
  it("draw branches that are alike once, and apart from those whose answers differ", () => {
    const { frames, nodes } = overviewDiagram(branches);

    const sites = frames.filter(({ kind }) => kind === "site").map(({ title, subtitle }) => `${title} ${subtitle}`);
    expect(sites).to.deep.equal([
      "branch-1, branch-2 … branch-12 (10 alike)",
      "branch-5, branch-10 (2 alike)",
      "headquarters ",
    ]);
    expect(nodes.filter(({ title }) => title === "monitor").map(({ count }) => count)).to.deep.equal([10, 2]);
  });

  it("mark the branches that block, and no others", () => {
    const { edges } = overviewDiagram(branches);

    const stopped = edges.filter(({ from, end }) => from.startsWith("component:monitor") && end === "stopped");
    expect(stopped.map(({ from, to }) => [from, to])).to.deep.equal([["component:monitor-5", "device:edge-5"]]);
  });

  it("show one device alone, however many are like it", () => {
    const { nodes } = deviceDiagram(branches, "edge-7");

    expect(nodes.find(({ id }) => id === "device:edge-7")?.count).to.equal(1);
  });

  it("draw 300 unlike components with no more places and lines than a reader can take in", () => {
    const { diagram, places } = overviewOf(company);

    expect(diagram.nodes.length).to.be.at.most(48);
    expect(diagram.edges.length).to.be.at.most(90);
    expect(diagram.nodes.reduce((sum, { shape, count }) => sum + (shape === "component" ? count : 0), 0)).to.equal(300);
    expect(new Set(company.topology.components.map(({ name }) => places.groupOf.get(name)?.id)).size).to.be.above(1);
  });

  it("nest every host in its network and site", async () => {
    const { frames, nodes } = await layoutDiagram(overviewDiagram(branches));

    const boxes = new Map(frames.map(({ frame, box }) => [frame.id, box]));
    const inside = [
      ...frames.map(({ frame, box }) => ({ box, around: frame.parent })),
      ...nodes.map(({ node, box }) => ({ box, around: node.frame })),
    ];
    const outside = inside.filter(
      ({ box, around }) => around !== undefined && !isWithin(box, boxes.get(around) as Box),
    );
    expect(outside).to.deep.equal([]);
  });
});
