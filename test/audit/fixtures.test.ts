import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { EXPIRED_EXCEPTION } from "../../src/audit/accept-findings.js";
import { CHECKS } from "../../src/audit/registry.js";
import { fixtureNames, readMarkedFixture } from "./marked-fixture.js";

describe("the checks of an audit", () => {
  for (const name of fixtureNames()) {
    it(`find in ${name} what its marks say, and nothing else`, async () => {
      const { expected, found } = await readMarkedFixture(name);

      expect(found).to.deep.equal(expected);
    });
  }

  it("have each a page that explains it", () => {
    const pages = readdirSync(join("docs", "checks")).sort();

    expect(pages).to.deep.equal([...CHECKS, EXPIRED_EXCEPTION].map(({ id }) => `${id}.md`).sort());
  });
});
