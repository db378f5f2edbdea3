import { readdirSync } from "node:fs";
import { extname, join } from "node:path";
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

  /** Checks that one vendor's format alone gives rise to, or that take an export too long to be written by hand. */
  const ELSEWHERE: ReadonlySet<string> = new Set(["disabled-ace", "provider-limit"]);

  it("are each marked in the formats of two vendors", async () => {
    const marked = new Map<string, Set<string>>();
    for (const name of fixtureNames()) {
      const { expected } = await readMarkedFixture(name);
      for (const check of expected.map((mark) => mark.split(" ")[1] as string))
        marked.set(check, (marked.get(check) ?? new Set()).add(extname(name)));
    }
    const lacking = CHECKS.filter(({ id }) => !ELSEWHERE.has(id) && (marked.get(id)?.size ?? 0) < 2);

    expect(lacking.map(({ id }) => `${id}: ${[...(marked.get(id) ?? [])].join()}`)).to.deep.equal([]);
  });

  it("have each a page that explains it", () => {
    const pages = readdirSync(join("docs", "checks")).sort();

    expect(pages).to.deep.equal([...CHECKS, EXPIRED_EXCEPTION].map(({ id }) => `${id}.md`).sort());
  });
});
