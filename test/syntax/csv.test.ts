import { expect } from "chai";
import fc from "fast-check";
import { parseCsv } from "../../src/syntax/csv.js";

describe("parseCsv", () => {
  it("reads back what is written with quotes, whatever the separator", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", ",", ";", '"', "\n", " ") });
    const table = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 5 });
    fc.assert(
      fc.property(table, fc.constantFrom(",", ";", "\t"), (rows, separator) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = [["h1", "h2", "h3"], ...rows].map((row) => row.map(quoted).join(separator)).join("\r\n");

        const [, ...records] = parseCsv(text);

        expect(records.map(({ cells }) => cells)).to.deep.equal(rows);
      }),
    );
  });

  it("keeps the lines of a record whose cells hold line ends, and leaves blank lines out", () => {
    const records = parseCsv('a,b\n"1\n2",3\n\n4,5');

    expect(records.map(({ line, endLine }) => [line, endLine])).to.deep.equal([
      [1, 1],
      [2, 3],
      [5, 5],
    ]);
  });
});
