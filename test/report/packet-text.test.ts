import { expect } from "chai";
import { witnessText } from "../../src/report/packet-text.js";
import { refuted } from "./sample-analysis.js";

describe("witnessText", () => {
  it("says of the first packet which part of its conversation fails", () => {
    const verdict = refuted("pc");
    const witness = verdict.kind === "refuted" ? verdict.witness : undefined;
    if (witness?.kind !== "packet") throw new Error("the sample has no packet");

    expect(witnessText(witness)).to.match(/new, in eth0, out eth1 \(first packet\)$/);
    expect(witnessText({ ...witness, leg: "reply" })).to.match(/new, in eth0, out eth1 \(its reply fails\)$/);
  });
});
