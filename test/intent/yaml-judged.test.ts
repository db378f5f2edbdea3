import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { parseYaml } from "../../src/intent/yaml-document.js";
import { CATALOGUE } from "./catalogue-text.js";
import { TOPOLOGY } from "./topology-text.js";
import { judgeYaml } from "./yaml-judge.js";

/** Where the two libraries differ from each other: lone returns, indented document marks, stated indentation. */
const DISPUTED = /\r(?!\n)|^[ \t]+---|[|>][-+]?\d/m;

/** Whether both libraries read the text; then they have to read the same at the same places. */
function isReadAlike(text: string): boolean {
  const { value, diagnostics } = parseYaml(text, "a.yaml");
  const judged = DISPUTED.test(text) ? undefined : judgeYaml(text, "a.yaml");
  if (value === undefined || diagnostics.length > 0 || judged === undefined) return false;
  expect(value).to.deep.equal(judged);
  return true;
}

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20261128);

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
  ...["\t", "---\n", "|", "\u0000", "\u00a0"],
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

describe(`parseYaml beside another library (seed ${SEED})`, () => {
  const tell = (read: number, all: number): void => {
    expect(read).to.be.greaterThan(all / 20);
  };

  it("reads the same at the same places", () => {
    let read = 0;
    const document = lines.map((all) => `${all.join("\n")}\n`);
    fc.assert(
      fc.property(document, (text) => {
        read += Number(isReadAlike(text));
      }),
      { numRuns: 5000, seed: SEED },
    );
    tell(read, 5000);
  });

  it("reads the same of any pieces put together", () => {
    let read = 0;
    const document = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(document, (text) => {
        read += Number(isReadAlike(text));
      }),
      { numRuns: 10_000, seed: SEED },
    );
    tell(read, 10_000);
  });

  it("reads the same of files that are spoiled", () => {
    let read = 0;
    const spoil = fc.tuple(fc.constantFrom(TOPOLOGY, CATALOGUE), fc.nat(), fc.nat(2), fc.constantFrom("", ...PIECES));
    fc.assert(
      fc.property(spoil, ([file, place, length, piece]) => {
        const start = place % file.length;
        read += Number(isReadAlike(`${file.slice(0, start)}${piece}${file.slice(start + length)}`));
      }),
      { numRuns: 1000, seed: SEED },
    );
    tell(read, 1000);
  });

  for (const file of ["requirements/asr-classic.yaml", "topologies/vmware-to-azure-vpn/topology.yaml"]) {
    it(`reads the same of ${file}`, () => {
      expect(isReadAlike(readFileSync(file, "utf8"))).to.equal(true);
      expect(isReadAlike(readFileSync(file, "utf8").replaceAll("\n", "\r\n"))).to.equal(true);
    });
  }
});
