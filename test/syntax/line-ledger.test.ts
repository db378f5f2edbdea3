import { expect } from "chai";
import { LineLedger } from "../../src/syntax/line-ledger.js";

describe("LineLedger", () => {
  it("accounts for every non-blank line once, the least favourable fate first", () => {
    const ledger = LineLedger.of("a\r\n\r\nb\n  \nc");
    ledger.mark(1, "modelled", "first");
    ledger.mark(1, "approximated", "second");
    ledger.mark(1, "harmless", "third");

    const accounts = ledger.accounts({ fate: "harmless", note: "else" });

    expect(accounts).to.deep.equal([
      { line: 1, fate: "approximated", note: "second" },
      { line: 3, fate: "harmless", note: "else" },
      { line: 5, fate: "harmless", note: "else" },
    ]);
  });

  it("copies without sharing later marks", () => {
    const original = LineLedger.of("a");
    const copy = original.copy();
    copy.mark(1, "rejected", "only here");

    expect(original.accounts({ fate: "harmless", note: "" })[0]?.fate).to.equal("harmless");
    expect(copy.accounts({ fate: "harmless", note: "" })[0]?.fate).to.equal("rejected");
  });
});
