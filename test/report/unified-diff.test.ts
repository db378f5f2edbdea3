import { expect } from "chai";
import fc from "fast-check";
import { unifiedDiff } from "../../src/report/unified-diff.js";

/** What `patch` makes of the old text. */
function apply(before: string, hunks: readonly string[]): string {
  const lines = before.split("\n");
  let shift = 0;
  for (const hunk of hunks) {
    const head = /^@@ -(\d+),(\d+) \+\d+,(\d+) @@$/.exec(hunk);
    if (head === null) continue;
    const [from, gone, added] = head.slice(1).map(Number) as [number, number, number];
    const at = hunks.indexOf(hunk);
    const texts = hunks.slice(at + 1 + gone, at + 1 + gone + added).map((line) => line.slice(1));
    lines.splice(from - (gone > 0 ? 1 : 0) + shift, gone, ...texts);
    shift += added - gone;
  }
  return lines.join("\n");
}

const text = fc
  .array(fc.constantFrom("a", "b", "", "c"), { minLength: 1, maxLength: 12 })
  .map((list) => list.join("\n"));

describe("unifiedDiff", () => {
  it("turns one text into the other", () => {
    fc.assert(fc.property(text, text, (before, after) => apply(before, unifiedDiff(before, after)) === after));
  });

  it("shows no line that stays, in text that repeats itself", () => {
    const block = (name: string) => `Rule: ${name}\n----\nAction: Allow\n`;
    const before = ["a", "b", "c"].map(block).join("\n");
    const after = ["a", "b", "new", "c"].map(block).join("\n");

    expect(unifiedDiff(before, after).filter((line) => /[abc]$/.test(line) && line.includes("Rule"))).to.deep.equal([]);
  });

  it("is empty for equal texts", () => {
    expect(unifiedDiff("a\nb", "a\r\nb")).to.deep.equal([]);
  });
});
