import { expect } from "chai";
import { ProductTable } from "../../src/compile/product-table.js";
import { FRAGMENT, HIGH } from "../../src/sets/layout.js";
import { WHOLE_BOX } from "../../src/sets/level-boxes.js";

describe("a table of products", () => {
  it("holds of a box what is chosen within it, and nothing where nothing is", () => {
    const table = new ProductTable();
    const box = WHOLE_BOX.slice();
    box.set([100, 200], 2 * HIGH);
    box.set([0, 0], 2 * FRAGMENT);
    const ports = [50, 120, 190, 400].map((first) => ({ first, last: first + 60 }));

    table.addChosen(box, [{ level: HIGH, ranges: ports }]);
    table.addChosen(box, [{ level: FRAGMENT, ranges: [{ first: 1, last: 1 }] }]);
    table.addChosen(box, []);

    const { ranges, ends } = table.project([HIGH, FRAGMENT]);
    expect([...ranges]).to.deep.equal([100, 110, 120, 180, 190, 200, 0, 0, 100, 200, 0, 0]);
    expect([...ends]).to.deep.equal([6, 8, 10, 12]);
  });
});
