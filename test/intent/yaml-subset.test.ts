import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { readWithLibrary } from "../../src/intent/yaml-library.js";
import { readSubset } from "../../src/intent/yaml-subset.js";
import { toPlain } from "../../src/intent/yaml-value.js";
import { CATALOGUE } from "./catalogue-text.js";
import { TOPOLOGY } from "./topology-text.js";

/** Whether the text is of the subset; then the library has to read the same without a complaint. */
function isReadAlike(text: string): boolean {
  const value = readSubset(text, "a.yaml");
  if (value === undefined) return false;
  expect({ value, diagnostics: [] }).to.deep.equal(readWithLibrary(text, "a.yaml"));
  return true;
}

const WORDS = [
  ..."a,b c,tcp/80,10.1.2.0/24,x:y,a#b,*.name,.name,./a,../a,1,-1,007,1.5,true,True,~,1e+3,0x1f,0o7,+1,-x,<<,é".split(
    ",",
  ),
  ...["'x''y'", '"q\\"\\\\"', "''", '""', "'a' b", "a: b", "a, b", '"\\n"', "*m", "*n", "&m a", "&n [1, a]", "&m &n a"],
];
const BREAKS = [" ", " ", " ", "", "\n  ", "\n    ", " # remark\n   ", "\r\n  ", "\n"];
const PIECES = [
  ..."a|k: |:|- |-|[|]|{|}|, |,|&m |*m|!t |'|\"|'x'|#| #c|>|? |...|%|@|`|null|1|.5|\\|\n|\n  |\n    |\r\n| |  ".split(
    "|",
  ),
  ...["\t", "---\n", "|", "\r", "\u0000", "\u00a0", "\ufeff"],
];

const key = fc.constantFrom("a", "b", "c", "d e", "'f'", '"g"', "1", "true");
const ending = fc.constantFrom("", "", "", " # remark", " ", "\n", "\n      # remark");

/** Lines of a value, those of collections in either style; not always well formed. */
const { lines } = fc.letrec<{ lines: string[]; flow: string; block: string[] }>((tie) => ({
  lines: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(...WORDS).map((word) => [word]),
    tie("flow").map((text) => [text]),
    tie("block"),
  ),
  flow: fc
    .tuple(fc.boolean(), fc.array(fc.tuple(key, tie("lines"), fc.constantFrom(...BREAKS)), { maxLength: 4 }))
    .map(([isMapping, parts]) => {
      const texts = parts.map(([name, [first = ""], space]) => `${isMapping ? `${name}: ` : ""}${first}${space}`);
      return isMapping ? `{${texts.join(", ")}}` : `[${texts.join(", ")}]`;
    }),
  block: fc
    .tuple(
      fc.boolean(),
      fc.constantFrom("  ", "  ", "    ", " ", ""),
      fc.array(fc.tuple(key, tie("lines"), ending, fc.boolean()), { minLength: 1, maxLength: 4 }),
    )
    .map(([isMapping, indent, parts]) =>
      parts.flatMap(([name, [first = "", ...others], end, isBelow]) => {
        const below = others.map((line) => `${indent}${line}`);
        const start = isMapping ? `${name}:` : "-";
        const inLine = isMapping ? others.length === 0 : !isBelow;
        return inLine ? [`${start} ${first}${end}`, ...below] : [`${start}${end}`, `${indent}${first}`, ...below];
      }),
    ),
}));

describe("readSubset", () => {
  it("reads what the library reads, or gives up", () => {
    let read = 0;
    const document = lines.map((all) => `${all.join("\n")}\n`);
    fc.assert(
      fc.property(document, (text) => {
        read += Number(isReadAlike(text));
      }),
      { numRuns: 5000 },
    );
    expect(read).to.be.greaterThan(500);
  });

  it("reads what the library reads of any pieces put together, or gives up", () => {
    let read = 0;
    const document = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(document, (text) => {
        read += Number(isReadAlike(text));
      }),
      { numRuns: 10_000 },
    );
    expect(read).to.be.greaterThan(200);
  });

  it("reads what the library reads of files that are spoiled, or gives up", () => {
    let read = 0;
    const spoil = fc.tuple(fc.constantFrom(TOPOLOGY, CATALOGUE), fc.nat(), fc.nat(2), fc.constantFrom("", ...PIECES));
    fc.assert(
      fc.property(spoil, ([file, place, length, piece]) => {
        const start = place % file.length;
        read += Number(isReadAlike(`${file.slice(0, start)}${piece}${file.slice(start + length)}`));
      }),
      { numRuns: 1000 },
    );
    expect(read).to.be.greaterThan(200);
  });

  it("reads both styles of collections with their places, whatever ends the lines", () => {
    const text = "# first\na:\n- 1\n- b: 'it''s' # remark\n  c: [x y, {d: \"e\"},\n    ]\n\nf: &m [-1.5]\ng: *m\n";
    for (const file of [text, text.replaceAll("\n", "\r\n")]) {
      const value = readSubset(file, "a.yaml");
      expect(value && toPlain(value)).to.deep.equal({
        a: [1, { b: "it's", c: ["x y", { d: "e" }] }],
        f: [-1.5],
        g: [-1.5],
      });
      expect(isReadAlike(file)).to.equal(true);
    }
  });

  const shipped = ["requirements/asr-classic.yaml", "topologies/vmware-to-azure-vpn/topology.yaml"];
  for (const file of shipped) {
    it(`reads ${file}`, () => {
      expect(isReadAlike(readFileSync(file, "utf8"))).to.equal(true);
    });
  }

  const foreign: readonly (readonly [what: string, text: string])[] = [
    ["nothing", "# only a remark\n"],
    ["texts over several lines", "a: b\n  c\n"],
    ["block texts", "a: |\n  b\n"],
    ["tags", "a: !t b\n"],
    ["directives", "%YAML 1.2\n---\na: 1\n"],
    ["values that are left out", "a:\nb: 1\n"],
    ["numbers that are not plain", "a: 0x1f\n"],
    ["keys that are numbers", "1: a\n"],
    ["repeated keys", "{ a: 1, a: 2 }\n"],
    ["unknown aliases", "a: *b\n"],
    ["anchors of keys", "&a b: c\n"],
    ["two anchors of one value", "a: &m\n  &n b\n"],
    ["numbers without end", `a: ${"9".repeat(400)}\n`],
    ["keys without a space before their value", '"a":b\n'],
    ["lists to the left of their key", "a:\n  b:\n- c\n"],
    [
      "aliases that repeat too much",
      `a0: &a0 [x]\n${Array.from({ length: 300 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(", ")}]\n`).join("")}`,
    ],
    ["deep nesting", "[".repeat(100_000)],
    ["deep lists", "- ".repeat(100_000)],
    ["tabs", "a:\tb\n"],
    ["brackets in the column of their key", "a: [\n]\n"],
  ];
  for (const [what, text] of foreign) {
    it(`leaves ${what} to the library`, () => {
      expect(readSubset(text, "a.yaml")).to.equal(undefined);
    });
  }
});
