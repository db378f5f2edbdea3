import { expect } from "chai";
import { nearNames } from "../../src/model/near-names.js";

describe("nearNames", () => {
  it("gives the nearest first and leaves far ones out", () => {
    expect(nearNames("edge.rule", ["hosts.txt", "edges.rules", "edge.rules"])).to.deep.equal([
      "edge.rules",
      "edges.rules",
    ]);
  });

  it("does not mind letter case", () => {
    expect(nearNames("NSG.JSON", ["nsg.json"])).to.deep.equal(["nsg.json"]);
  });

  it("gives nothing where nothing is near", () => {
    expect(nearNames("a", ["topology.yaml"])).to.deep.equal([]);
  });

  it("counts two swapped neighbours as one slip", () => {
    expect(nearNames("nmae", ["name", "same"])).to.deep.equal(["name"]);
  });
});
