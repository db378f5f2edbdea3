import { expect } from "chai";
import fc from "fast-check";
import { parseYaml } from "../../src/intent/yaml-document.js";
import { entries, field, items, toPlain } from "../../src/intent/yaml-value.js";
import { lines } from "./problems.js";

const read = (text: string) => {
  const { value, diagnostics } = parseYaml(text, "a.yaml");
  return { value: value && toPlain(value), mistakes: lines(diagnostics) };
};

describe("parseYaml", () => {
  it("gives every value its place", () => {
    const { value } = parseYaml("hosts:\n  - name: a\n    ports: [80, 443]\n", "a.yaml");

    const [host] = items(field(value, "hosts"));
    expect(host?.at).to.deep.equal({ file: "a.yaml", line: 2, column: 5 });
    expect(entries(host)[1]?.keyAt).to.deep.equal({ file: "a.yaml", line: 3, column: 5 });
    expect(items(field(host, "ports"))[1]?.at).to.deep.equal({ file: "a.yaml", line: 3, column: 17 });
  });

  it("counts lines and columns alike with Windows line ends", () => {
    expect(parseYaml("a: 1\r\nb: 2\r\n", "a.yaml").value).to.deep.equal(parseYaml("a: 1\nb: 2\n", "a.yaml").value);
  });

  it("puts a value that is left out at its key", () => {
    expect(field(parseYaml("a:\n  b:\n", "a.yaml").value, "a")).to.have.nested.property("kind", "mapping");
    expect(field(parseYaml("a: 1\nb:\n", "a.yaml").value, "b")?.at).to.deep.include({ line: 2, column: 1 });
  });

  it("repeats what an alias stands for", () => {
    expect(read("a: &x [1, 2]\nb: *x\n").value).to.deep.equal({ a: [1, 2], b: [1, 2] });
  });

  const mistakes: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
    ["nothing at all", "", ["1:1 yaml/empty the file says nothing"]],
    ["only a remark", "# later\n", ["1:1 yaml/empty the file says nothing"]],
    ["a tab", "a:\n\tb: 1\n", ["2:1 yaml/syntax a tab is used to indent"]],
    ["an open quote", "a: 'b\n", ["2:1 yaml/syntax a quote or bracket that opens above is not closed"]],
    ["two colons", "a: b: c\n", ["1:5 yaml/syntax a second `:` on one line"]],
    ["broken indentation", "a:\n  b: 1\n c: 2\n", ["3:2 yaml/syntax the indentation does not fit the lines above"]],
    ["an open bracket", "a: [b,\n  c", ["2:4 yaml/syntax a bracket that opens above is not closed"]],
    ["no comma", "a: ['b' 'c']\n", ["1:9 yaml/syntax inside `[ ]` or `{ }` a comma is missing"]],
    ["a sign", "a: @b\n", ["1:4 yaml/syntax a text cannot start with this character"]],
    ["an unknown escape", 'a: "\\q"\n', ["1:6 yaml/syntax unknown escape after `\\` in a text in double quotes"]],
    ["a key without its colon", "a: 1\nb\nc: 2\n", ["3:2 yaml/syntax a key without its `:`"]],
    ["a tag", "a: !secret b\n", ["1:4 yaml/syntax tags are not read here"]],
    ["a second document", "a: 1\n---\nb: 2\n", ["2:1 yaml/several-documents a second document starts here"]],
    ["a document after the end", "a: 1\n...\nb: 2\n", ["3:1 yaml/several-documents a second document starts here"]],
    ["a repeated key", "a: 1\nb: 2\na: 3\n", ["3:1 yaml/repeated-key `a` stands here a second time"]],
    ["a number as key", "a: 1\n443: b\n", ["2:1 yaml/key-not-text this key is not text"]],
    ["a list as key", "? [a]\n: b\n", ["1:3 yaml/key-not-text this key is not text"]],
    ["an unknown alias", "a: *b\n", ["1:4 yaml/unknown-alias nothing above is marked `&b`"]],
    ["an alias of itself", "a: &b [*b]\n", ["1:8 yaml/unknown-alias nothing above is marked `&b`"]],
    ["an infinite number", "a: .inf\n", ["1:4 yaml/not-a-number this number is not finite"]],
    ["deep nesting", `${"[".repeat(100_000)}`, ["1:64 yaml/too-deep more than 64 levels inside each other"]],
  ];
  for (const [what, text, expected] of mistakes) {
    it(`says where there is ${what}`, () => {
      expect(read(text).mistakes).to.deep.equal(expected);
    });
  }

  it("reports repeated and non-text keys together and reads the rest", () => {
    expect(read("a: 1\na: 2\n3: 4\nb: 5\n")).to.deep.equal({
      value: { a: 1, b: 5 },
      mistakes: ["2:1 yaml/repeated-key `a` stands here a second time", "3:1 yaml/key-not-text this key is not text"],
    });
  });

  it("refuses aliases that multiply, at once", () => {
    const levels = Array.from(
      { length: 300 },
      (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join()}]\n`,
    );

    const bomb = read(`a0: &a0 [x]\n${levels.join("")}`);

    expect(bomb.value).to.equal(undefined);
    expect(bomb.mistakes).to.deep.equal(["1:1 yaml/alias-bomb the aliases of this file repeat more than 10000 values"]);
  });

  it("refuses a file that is too large before it reads it", () => {
    expect(read(`a: ${"b".repeat(9_000_000)}`).mistakes).to.deep.equal([
      "1:1 yaml/too-large the file is longer than 8388608 characters",
    ]);
  });

  it("throws for no text whatever", () => {
    const piece = fc.constantFrom(
      "a",
      ": ",
      "- ",
      "\n",
      "  ",
      "[",
      "]",
      "{",
      "}",
      ",",
      "&a ",
      "*a",
      "!t ",
      "'",
      '"',
      "#",
      "|",
      ">",
      "? ",
      "\t",
      "---\n",
      "%",
      "\u0000",
      "\ufeff",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { value, diagnostics } = parseYaml(pieces.join(""), "a.yaml");
        expect(value !== undefined || diagnostics.length > 0).to.equal(true);
      }),
      { numRuns: 3000 },
    );
  });
});
