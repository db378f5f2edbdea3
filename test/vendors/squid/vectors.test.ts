import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { requireShared } from "../../shared-path.js";
import { knowledgeOf, ourAnswers, policyOf, type RecordedConfig, requestOf } from "./recorded.js";

/** Pages of the proxy itself are in no request set. */
const isManagement = (target: string): boolean => /^cache_object:|\/squid-internal-mgr\//.test(target);

describe("recorded answers of Squid 5.7", () => {
  const counts = { requests: 0, evaluatedOpen: 0, passedOpen: 0 };

  function replay(recorded: RecordedConfig): void {
    const policy = policyOf(recorded.config, recorded.files);
    const knowledge = knowledgeOf(recorded);
    for (const asked of recorded.requests ?? []) {
      const { evaluated, passed, covers } = ourAnswers(policy, requestOf(asked), knowledge);
      const about = `${recorded.id}: ${JSON.stringify(asked)}`;
      counts.requests++;
      if (evaluated === "undecided") counts.evaluatedOpen++;
      else expect(evaluated, `evaluated, ${about}`).to.equal(asked.verdict);
      if (isManagement(asked.target)) continue;
      expect(covers, `covered, ${about}`).to.equal(true);
      if (passed === "undecided") counts.passedOpen++;
      else expect(passed, `passed, ${about}`).to.equal(asked.verdict);
    }
  }

  it("agree on every trap", function () {
    const traps = JSON.parse(readFileSync(join(requireShared(this), "vectors/squid-traps.json"), "utf8"));

    for (const trap of traps as RecordedConfig[]) replay(trap);
  });

  it("agree on every generated configuration", function () {
    const folder = join(requireShared(this), "vectors/squid");
    const files = readdirSync(folder).filter((file) => file !== "index.json");

    for (const file of files) replay(JSON.parse(readFileSync(join(folder, file), "utf8")));
  });

  after(() => {
    const { requests, evaluatedOpen, passedOpen } = counts;
    if (requests > 0) {
      console.log(`      ${requests} requests: evaluated ${evaluatedOpen} undecided, passed ${passedOpen} undecided`);
    }
  });
});
