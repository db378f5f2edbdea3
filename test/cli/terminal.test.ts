import { expect } from "chai";
import { hasColor, widthOf } from "../../src/cli/terminal.js";

describe("the terminal", () => {
  it("has colours on a screen, and not in a pipe or on a dumb one", () => {
    expect(hasColor({ isTTY: true }, {})).to.equal(true);
    expect(hasColor({}, {})).to.equal(false);
    expect(hasColor({ isTTY: true }, { TERM: "dumb" })).to.equal(false);
  });

  it("obeys NO_COLOR unless it is empty, and FORCE_COLOR before it", () => {
    expect(hasColor({ isTTY: true }, { NO_COLOR: "1" })).to.equal(false);
    expect(hasColor({ isTTY: true }, { NO_COLOR: "" })).to.equal(true);
    expect(hasColor({}, { NO_COLOR: "1", FORCE_COLOR: "1" })).to.equal(true);
    expect(hasColor({ isTTY: true }, { FORCE_COLOR: "0" })).to.equal(false);
  });

  it("is as wide as the screen within reason, and of one width in pipes", () => {
    expect(widthOf({ isTTY: true, columns: 80 })).to.equal(80);
    expect(widthOf({ isTTY: true, columns: 10 })).to.equal(40);
    expect(widthOf({ isTTY: true, columns: 400 })).to.equal(160);
    expect(widthOf({ columns: 80 })).to.equal(100);
    expect(widthOf({ isTTY: true, columns: 0 })).to.equal(100);
  });
});
