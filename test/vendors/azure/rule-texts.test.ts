import { expect } from "chai";
import { uniqueName } from "../../../src/vendors/azure/rule-texts.js";

describe("names for Azure", () => {
  it("hold only what the platform takes, and end as it wants", () => {
    const named = (text: string) => uniqueName(text, new Set());

    expect(["ASR-F01 [x]", "--a", "(b)", "é", ""].map(named)).to.deep.equal(["ASR-F01-x", "a", "b", "rule", "rule"]);
    expect(named(`${"a".repeat(79)}-b`)).to.equal("a".repeat(79));
  });

  it("are apart where long ones begin alike, without regard to case", () => {
    const taken = new Set<string>();
    const names = ["x", "X", "x"].map((letter) => uniqueName(letter.repeat(300), taken));

    expect(new Set(names.map((name) => name.toLowerCase())).size).to.equal(3);
    expect(names.map(({ length }) => length)).to.deep.equal([80, 80, 80]);
  });
});
