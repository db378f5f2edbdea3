import { expect } from "chai";
import { exitCodeOf } from "../../src/cli/exit-code.js";
import type { PrerequisiteResult } from "../../src/model/verdict.js";
import { proved, refuted, undecided } from "../report/sample-analysis.js";

const prerequisite = (
  outcome: PrerequisiteResult["outcome"],
  severity: PrerequisiteResult["severity"],
): PrerequisiteResult => ({ id: "R1", title: "disks fit", outcome, severity, explanation: "" });

describe("exitCodeOf", () => {
  it("is 0 iff every verdict is proved", () => {
    expect(exitCodeOf({ verdicts: [proved("a")], prerequisites: [] })).to.equal(0);
  });

  it("is 3 where something is undecided and nothing refuted", () => {
    expect(exitCodeOf({ verdicts: [proved("a"), undecided("a")], prerequisites: [] })).to.equal(3);
  });

  it("is 1 where something is refuted, whatever is undecided", () => {
    expect(exitCodeOf({ verdicts: [undecided("a"), refuted("a")], prerequisites: [] })).to.equal(1);
  });

  it("is 1 where a prerequisite of severity error is not met, and minds no other", () => {
    const verdicts = [proved("a")];
    const mild = [prerequisite("not-met", "warning"), prerequisite("unchecked", "error"), prerequisite("met", "error")];

    expect(exitCodeOf({ verdicts, prerequisites: mild })).to.equal(0);
    expect(exitCodeOf({ verdicts, prerequisites: [prerequisite("not-met", "error")] })).to.equal(1);
  });
});
