import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { certainDisposition, evaluateRequest } from "../../../src/compile/evaluate-request.js";
import { NO_KNOWLEDGE } from "../../../src/compile/name-knowledge.js";
import { type Address, parseAddress } from "../../../src/model/address.js";
import type { ProxyPolicy } from "../../../src/model/proxy.js";
import { squid } from "../../../src/vendors/squid/index.js";
import { requireShared } from "../../shared-path.js";
import { knowledgeOf, ourAnswers, policyOf, type RecordedConfig, requestOf } from "./recorded.js";

/** Pages of the proxy itself are in no request set. */
const isManagement = (target: string): boolean => /^cache_object:|\/squid-internal-mgr\//.test(target);

interface CorpusCase {
  readonly q: {
    readonly client: string;
    readonly method: string;
    readonly host: string;
    readonly port: number;
    readonly path: string;
  };
  readonly answer: "permit" | "deny";
}

describe("configurations of the corpus", () => {
  it("have a fate for every line, and never decide against Squid", function () {
    const folder = join(requireShared(this), "corpus/squid");
    const names = readdirSync(folder).filter((name) => !name.endsWith(".json"));
    let open = 0;
    let cases = 0;
    for (const name of names) {
      const text = readFileSync(join(folder, name), "utf8");
      const { value } = squid.convert([squid.parse(text, name).value], { deviceName: name });
      const expected = JSON.parse(readFileSync(join(folder, `${name}.squid.expected.json`), "utf8"));

      const nonBlank = text.split(/\r?\n/).filter((line) => line.trim() !== "").length;
      expect(value.coverage[0]?.lines.length, name).to.equal(nonBlank);
      for (const { q, answer } of expected.cases as CorpusCase[]) {
        const scheme = q.method === "CONNECT" ? "" : "http";
        const request = { ...q, client: parseAddress(q.client) as Address, scheme };
        const fate = certainDisposition(evaluateRequest(value.proxies[0] as ProxyPolicy, request, NO_KNOWLEDGE));
        cases++;
        if (fate === undefined) open++;
        else expect(fate === "accept", `${name}: ${JSON.stringify(q)}`).to.equal(answer === "permit");
      }
    }
    console.log(`      ${cases} requests, ${open} undecided`);
  });
});

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
