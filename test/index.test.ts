import { expect } from "chai";
import { listNamedFiles, proveTopology, readProveInputs, reporters } from "../src/index.js";

describe("the public API", () => {
  it("proves a shipped scenario in three calls", async () => {
    const inputs = await readProveInputs("topologies/remote-management/topology.yaml", [], listNamedFiles);

    const { analysis } = proveTopology(inputs, { only: [] });

    expect(analysis?.verdicts.every(({ kind }) => kind === "proved")).to.equal(true);
    expect(reporters.text(analysis!, { color: false, width: 100, explain: false })).to.contain("0 refuted");
  });
});
