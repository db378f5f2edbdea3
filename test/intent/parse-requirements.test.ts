import { readFileSync } from "node:fs";
import { expect } from "chai";
import { catalogueSchema } from "../../src/intent/catalogue-schema.js";
import { parseRequirements } from "../../src/intent/parse-requirements.js";
import { CATALOGUE } from "./catalogue-text.js";
import { lines } from "./problems.js";

const FILE = "shop.yaml";

/** The mistakes of the small catalogue with `from` (once in it) replaced by `to`. */
function spoil(from: string, to: string): string[] {
  expect(CATALOGUE.split(from), from).to.have.length(2);
  const text = CATALOGUE.replace(from, to);
  const { diagnostics } = parseRequirements(text, FILE);
  for (const { at } of diagnostics) {
    const before = text.split("\n")[at.line - 1]?.slice(0, (at.column ?? 1) - 1);
    expect(before, "a place is where a word starts").to.match(/(^|[ [{"])$/);
  }
  return lines(diagnostics);
}

describe("parseRequirements", () => {
  it("reads requirements with named and written-out services, conditions, citations and readings", () => {
    const { value, diagnostics } = parseRequirements(CATALOGUE, FILE);
    const [queries, denied, payment] = value.requirements;

    expect(lines(diagnostics)).to.deep.equal([]);
    expect(queries).to.deep.include({
      id: "SHOP-1",
      expect: "allow",
      from: ["web"],
      to: ["database"],
      pairs: "same-site",
    });
    expect(queries?.services[0]?.services).to.deep.equal([
      { protocol: 6, destinationPorts: [{ first: 5432, last: 5432 }] },
      { protocol: 6, destinationPorts: [{ first: 5433, last: 5435 }] },
    ]);
    expect(queries?.services[1]).to.deep.include({ name: "udp/53", when: [{ fact: "discovery", equals: "dns" }] });
    expect(queries?.citations).to.deep.equal([{ document: "Shop guide", section: "Ports", note: "table 2" }]);
    expect(queries?.at).to.deep.equal({ file: FILE, line: 13, column: 9 });
    expect(denied).to.deep.include({ expect: "deny", pairs: "all", when: [] });
    expect(denied?.services[0]?.services).to.have.length(256);
    expect(payment).to.deep.include({ account: "shop", hosts: ["*.pay.example", ".cards.example"] });
    expect(payment?.when).to.deep.equal([{ fact: "system", equals: "linux", of: "source" }]);
  });

  it("reads contradictions, prerequisites and scenarios", () => {
    const { contradictions, prerequisites, scenarios, roles } = parseRequirements(CATALOGUE, FILE).value;

    expect([...roles]).to.deep.include(["web", "web server"]);
    expect(contradictions[0]).to.deep.include({ id: "SHOP-C1", readings: ["one", "four"], treatedAs: "four" });
    expect(prerequisites[0]?.checks.map(({ severity, comparison }) => [severity, comparison])).to.deep.equal([
      [
        "warning",
        { kind: "at-least", value: { kind: "fact", fact: "memory-gb" }, bound: { kind: "number", value: 4 } },
      ],
      [
        "warning",
        {
          kind: "at-most",
          value: { kind: "sum", fact: "size-gb", role: "web" },
          bound: { kind: "largest", fact: "disk-gb", role: "database" },
        },
      ],
      ["error", { kind: "one-of", fact: "system", values: ["linux", 7] }],
      ["warning", { kind: "ascii", fact: "host-name" }],
      ["warning", { kind: "informative" }],
    ]);
    expect(scenarios[1]).to.deep.include({ name: "paid", requirements: ["SHOP-3"], prerequisites: [] });
  });

  const mistakes: readonly (readonly [what: string, from: string, to: string, expected: readonly string[]])[] = [
    [
      "an unknown role",
      "from: web\n    to: [database]",
      "from: web\n    to: [databse]",
      ["16:10 catalogue/unknown-name there is no role `databse`"],
    ],
    ["an unknown service", "- sql\n", "- sqll\n", ["18:9 catalogue/unknown-name there is no service `sqll`"]],
    [
      "an absurd port",
      "tcp/5432",
      "tcp/65536",
      ["10:13 catalogue/not-a-service `tcp/65536`: ports are numbers from 1 to 65535"],
    ],
    ["an unknown protocol", "[tcp/443]", "[tpc/443]", ["38:16 catalogue/not-a-service `tpc/443` is no service"]],
    [
      "ports of a protocol without",
      "[tcp/443]",
      "[esp/443]",
      ["38:16 catalogue/not-a-service `esp/443`: esp has no ports"],
    ],
    [
      "an unknown document",
      "document: guide, section: Ports, note",
      "document: gide, section: Ports, note",
      ["23:25 catalogue/unknown-name there is no document `gide`"],
    ],
    [
      "an unknown contradiction",
      "readings: [SHOP-C1]",
      "readings: [SHOP-C2]",
      ["24:16 catalogue/unknown-name there is no contradiction `SHOP-C2`"],
    ],
    [
      "an unknown id in a scenario",
      "[SHOP-1, SHOP-2]",
      "[SHOP-1, SHOP-9]",
      [
        "25:9 catalogue/unused no scenario holds requirement `SHOP-2`",
        "59:67 catalogue/unknown-name there is no requirement `SHOP-9`",
      ],
    ],
    [
      "an id twice",
      "id: SHOP-R1",
      "id: SHOP-1",
      [
        "48:9 catalogue/repeated-name `SHOP-1` stands for something else on line 13",
        "59:92 catalogue/unknown-name there is no prerequisite `SHOP-R1`",
      ],
    ],
    [
      "a role nothing names",
      "  visitor: anybody\n",
      "  visitor: anybody\n  spare: nobody\n",
      ["8:3 catalogue/unused no requirement and no prerequisite names role `spare`"],
    ],
    [
      "an unknown path",
      "paths: [proxy]",
      "paths: [prxy]",
      ["39:13 schema/unknown-word an item of `paths` must be `lan`, `vpn`, `internet` or `proxy`"],
    ],
    [
      "no path",
      "paths: [proxy]",
      "paths: []",
      ["39:12 schema/wrong-length `paths` holds 0 items, which is not 1 or more"],
    ],
    ["a host that is none", ".cards.example", "..cards", ["40:30 catalogue/not-a-name `..cards` is no host name"]],
    [
      "a number left unclear",
      "at-least: { fact: memory-gb, bound",
      "at-least: { sum: memory-gb, bound",
      ["53:58 catalogue/unclear-number it is not said which number is meant"],
    ],
    [
      "two comparisons in one check",
      "ascii: host-name",
      "ascii: host-name, one-of: { fact: a, values: [b] }",
      ["56:9 catalogue/two-comparisons a check compares one thing"],
    ],
    ["a missing purpose", "    purpose: queries\n", "", ["13:5 schema/missing-key `purpose` is missing"]],
    ["a misspelt key", "    account: shop", "    acount: shop", ["41:5 schema/unknown-key unknown key `acount`"]],
  ];
  for (const [what, from, to, expected] of mistakes) {
    it(`says where there is ${what}`, () => {
      expect(spoil(from, to)).to.deep.equal(expected);
    });
  }

  it("publishes the schema it uses", () => {
    const published = JSON.parse(readFileSync("schemas/catalogue.schema.json", "utf8"));
    expect(published, "run `node scripts/schemas.mjs` after the build").to.deep.equal(catalogueSchema);
  });

  it("gives an empty catalogue and the mistake for text that is no catalogue", () => {
    for (const text of ["", "- 1\n", "catalogue: x\n"]) {
      const { value, diagnostics } = parseRequirements(text, FILE);
      expect(value.requirements).to.deep.equal([]);
      expect(diagnostics.length).to.be.greaterThan(0);
    }
  });
});
