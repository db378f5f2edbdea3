import { expect } from "chai";
import { deviceDiagram, requirementDiagram } from "../../src/diagram/closeup.js";
import { drawDrawio } from "../../src/diagram/drawio.js";
import { flowMatrix } from "../../src/diagram/matrix.js";
import { drawMatrix } from "../../src/diagram/matrix-svg.js";
import { overviewDiagram } from "../../src/diagram/overview.js";
import type { Analysis } from "../../src/model/analysis.js";
import { UsageError } from "../../src/model/usage-error.js";
import { drawView } from "../../src/report/drawings.js";
import { prove, readShipped } from "../topologies/prove-shipped.js";

describe("views of an analysis", () => {
  let analysis: Analysis;

  before(async () => {
    analysis = prove(await readShipped("vmware-to-azure-vpn", "before/topology.yaml"));
  });

  it("show one requirement with its two ends, the places between, and what decides", () => {
    const { title, nodes, edges } = requirementDiagram(analysis, "ASR-F07");

    expect(title).to.equal("ASR-F07: Protected machine to configuration server");
    expect(nodes.map(({ id }) => id)).to.have.members(["component:app1", "component:cs1", "device:edge"]);
    expect(nodes.find(({ id }) => id === "device:edge")?.lines).to.include("filter to_vnet rule 1: drop");
    expect(edges.map(({ tone, end }) => `${tone} ${end}`)).to.deep.equal(["refuted stopped"]);
  });

  it("show one device with its attachments and only the flows that come to it", () => {
    const { nodes } = deviceDiagram(analysis, "edge");

    const edge = nodes.find(({ id }) => id === "device:edge");
    expect(edge?.lines).to.include.members(["edge.iptables-save", "eth1.80 → production", "vti1 → site-to-site"]);
    expect(nodes.map(({ id }) => id)).to.not.include("component:vcenter");
  });

  it("show roles against services, the worst answer in each cell", () => {
    const { columns, rows } = flowMatrix(analysis);

    const row = rows.find(({ from, to }) => from === "protected-machine" && to === "process-server");
    expect(row?.cells[columns.indexOf("tcp/9080")]).to.deep.equal({ tone: "refuted", text: "1 of 2 refuted" });
    expect(row?.cells[columns.indexOf("tcp/3389")]).to.equal(undefined);
    expect(drawMatrix(flowMatrix(analysis))).to.contain("1 of 2 refuted");
  });

  it("give draw.io a tree of cells whose every end and parent is there", async () => {
    const file = await drawDrawio(overviewDiagram(analysis));

    const ids = new Set([...file.matchAll(/<mxCell id="([^"]+)"/g)].map(([, id]) => id));
    const named = [...file.matchAll(/ (?:parent|source|target)="([^"]+)"/g)].map(([, id]) => id);
    expect(named.filter((id) => !ids.has(id))).to.deep.equal([]);
    expect(ids.size).to.equal(file.match(/<mxCell /g)?.length);
    expect(file).to.contain("endArrow=cross");
  });

  it("are refused where the topology has no such thing, with the name that was probably meant", async () => {
    const asked = [
      [{ kind: "requirement", id: "ASR-F7" }, "svg", "ASR-F7"],
      [{ kind: "device", name: "edg" }, "svg", "edg"],
      [{ kind: "matrix" }, "dot", "svg"],
    ] as const;
    for (const [view, format, named] of asked) {
      const refusal: unknown = await drawView(analysis, view, format).catch((error: unknown) => error);
      expect(refusal).to.be.instanceOf(UsageError).with.property("message").that.contains(named);
    }
  });
});
