import { readFileSync } from "node:fs";
import { expect } from "chai";
import { AUDIT_CONFIG_SCHEMA } from "../../src/intent/audit-config-schema.js";
import { CHANGE_SCHEMA } from "../../src/intent/change-schema.js";
import { parseChange } from "../../src/intent/parse-change.js";

const parse = (text: string) => parseChange({ file: "change.yaml", text });
const codes = (text: string) => parse(text).diagnostics.map(({ code, at }) => `${at.line} ${code}`);

describe("an expected change", () => {
  it("is read with its directions and interfaces", () => {
    const { value } = parse(`change: web
allow:
  - { from: [10.0.0.0/8, public], to: [192.0.2.1], services: [tcp/443, icmp/echo], direction: input, in: eth0 }
`);

    expect(value?.name).to.equal("web");
    const [only] = value?.expectations ?? [];
    expect(only).to.deep.include({ kind: "allow", direction: "input", ingress: "eth0" });
    expect(only?.sources.length).to.be.greaterThan(1);
    expect(only?.services.map(({ protocol }) => protocol)).to.deep.equal([6, 1]);
  });

  it("expects something", () => {
    expect(codes("change: nothing\n")).to.deep.equal(["1 change/empty"]);
  });

  it("is refused with every mistake at its line", () => {
    const text = `change: wrong
allow:
  - from: [10.0.0.1/8]
    to: [name.example]
    services: [tcp/99999]
    port: 7
`;

    expect(codes(text).sort()).to.deep.equal([
      "3 change/address",
      "4 change/address",
      "5 change/service",
      "6 schema/unknown-key",
    ]);
  });
});

describe("the published schemas of the inputs of audit and diff", () => {
  for (const [name, schema] of Object.entries({ "audit-config": AUDIT_CONFIG_SCHEMA, change: CHANGE_SCHEMA })) {
    it(`hold for ${name} what its reader asks`, () => {
      expect(JSON.parse(readFileSync(`schemas/${name}.schema.json`, "utf8"))).to.deep.equal(schema);
    });
  }
});
