import { expect } from "chai";
import { helpForName, nearNames } from "../../src/model/near-names.js";

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

describe("helpForName", () => {
  it("names those probably meant, else those there are, but not hundreds", () => {
    const many = Array.from({ length: 30 }, (_, i) => `device${i}`);

    expect(helpForName("ede", ["edge", "core", "edge"])).to.equal("did you mean `edge`?");
    expect(helpForName("xyz", ["edge", "core"])).to.equal("there are: edge, core");
    expect(helpForName("xyz", many)).to.match(/^there are: device0, .*device19, … \(30 in all\)$/);
    expect(helpForName("xyz", [])).to.equal(undefined);
  });
});
