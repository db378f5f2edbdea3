import { expect } from "chai";
import { printable, textWidth, wrapAfter, wrapText } from "../../src/report/wrap-text.js";

describe("wrapText", () => {
  it("breaks at blanks", () => {
    expect(wrapText("allow the reply of it", 10)).to.deep.equal(["allow the", "reply of", "it"]);
  });

  it("breaks a long word after punctuation, else anywhere", () => {
    expect(wrapText("topologies/site/edge", 12)).to.deep.equal(["topologies/", "site/edge"]);
    expect(wrapText("abcdefghij", 4)).to.deep.equal(["abcd", "efgh", "ij"]);
  });

  it("indents what follows under the text, not under the label", () => {
    expect(wrapAfter("- ", "one two", 6)).to.deep.equal(["- one", "  two"]);
  });

  it("counts wide characters as two columns and marks as none", () => {
    expect(textWidth("漢字")).to.equal(4);
    expect(textWidth("e\u0301")).to.equal(1);
    expect(wrapText("漢字漢字", 4)).to.deep.equal(["漢字", "漢字"]);
  });

  it("shows control characters as such instead of obeying them", () => {
    expect(printable("a\u001b[2Jb\tc\u202e")).to.equal("a\ufffd[2Jb  c\ufffd");
  });
});
