import { expect } from "chai";
import { renderTable } from "../../src/report/table.js";

const screen = { width: 60, color: false };

describe("renderTable", () => {
  it("lays out a long table as it does a short one", () => {
    const row = (i: number) => [`rule ${100 + i}`, "a text that is too long for its column and has to be wrapped"];
    const head = ["name", "what it is"];
    const [titles, rule, ...first] = renderTable(head, [row(0)], screen);
    const long = renderTable(
      head,
      Array.from({ length: 75 }, (_, i) => row(i)),
      screen,
    );

    expect(first.length).to.equal(2);
    expect(long).to.deep.equal([
      titles,
      rule,
      ...Array.from({ length: 75 }, (_, i) => first.map((line) => line.replace("rule 100", `rule ${100 + i}`))).flat(),
    ]);
  });

  it("is titles alone without rows", () => {
    expect(renderTable(["name", "place"], [], screen)).to.deep.equal(["name  place"]);
  });
});
