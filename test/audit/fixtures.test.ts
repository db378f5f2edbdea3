import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { EXPIRED_EXCEPTION } from "../../src/audit/accept-findings.js";
import { CHECKS } from "../../src/audit/registry.js";
import { readMarkedFixture } from "./marked-fixture.js";

describe("the checks of an audit", () => {
  const names = readdirSync(join("test", "audit", "fixtures")).filter((name) => !name.endsWith(".yaml"));

  for (const name of names) {
    it(`find in ${name} what its marks say, and nothing else`, () => {
      const { expected, found } = readMarkedFixture(name);

      expect(found).to.deep.equal(expected);
    });
  }

  it("have each a page that explains it", () => {
    const pages = readdirSync(join("docs", "checks")).sort();

    expect(pages).to.deep.equal([...CHECKS, EXPIRED_EXCEPTION].map(({ id }) => `${id}.md`).sort());
  });
});
