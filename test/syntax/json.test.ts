import { expect } from "chai";
import fc from "fast-check";
import { type JsonValue, jsonMember, jsonText, MAX_JSON_DEPTH, parseJson } from "../../src/syntax/json.js";

/** The plain value a tree stands for. */
function plain(value: JsonValue): unknown {
  if (value.kind === "scalar") return value.value;
  if (value.kind === "array") return value.items.map(plain);
  const entries = value.members.map(({ key, value: inner }) => [key, plain(inner)] as const);
  return Object.fromEntries(entries);
}

describe("parseJson", () => {
  it("reads what JSON.parse reads, to the same value", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, "\t"), (text, indent) => {
        const spaced = JSON.stringify(JSON.parse(text), undefined, indent);

        const { value } = parseJson(spaced);

        expect(plain(value as JsonValue)).to.deep.equal(JSON.parse(text));
      }),
      { numRuns: 300 },
    );
  });

  it("rejects what JSON.parse rejects, cut and mutated texts included", () => {
    const seed = '{"a": [1, -2.5e3, "x\\u0041\\n", true, null], "b": {}}';
    for (let at = 0; at < seed.length; at++) {
      for (const inserted of ["", "}", ",", '"', "0"]) {
        const text = seed.slice(0, at) + inserted + seed.slice(at + 1);

        const { value } = parseJson(text);

        expect(value === undefined, text).to.equal(!isJson(text));
      }
    }
  });

  it("keeps the first and last line of every value", () => {
    const { value } = parseJson('{\n  "list": [\n    1,\r\n    2\n  ]\n}');

    const list = jsonMember(value, "LIST");

    expect(list).to.include({ kind: "array", line: 2, endLine: 5 });
    expect(list?.kind === "array" && list.items.map(({ line }) => line)).to.deep.equal([3, 4]);
  });

  it("says where a text that was cut off ends", () => {
    const { error } = parseJson('{\n  "a": [1,\n');

    expect(error).to.deep.equal({ message: "the text ends early", line: 3, column: 1 });
  });

  it("reports a key given twice and lets the last value count, as JSON.parse does", () => {
    const { value, duplicates } = parseJson('{"a": 1,\n "a": 2}');

    expect(jsonText(jsonMember(value, "a"))).to.equal("2");
    expect(duplicates).to.deep.equal([{ message: "the key `a` is given twice", line: 2, column: 2 }]);
  });

  it("allows comments between tokens and counts their lines", () => {
    const { value } = parseJson('// one\n/* two\nthree */ {"a": // four\n 1}');

    expect(jsonMember(value, "a")).to.include({ value: 1, line: 4 });
  });

  it("refuses to nest without limit", () => {
    const { error } = parseJson("[".repeat(100_000));

    expect(error?.message).to.equal(`nested deeper than ${MAX_JSON_DEPTH} levels`);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
