import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect } from "chai";
import { reportJson } from "../../src/report/json.js";
import { sampleAnalysis } from "./sample-analysis.js";

const schema = JSON.parse(readFileSync("schemas/prove-output.schema.json", "utf8"));

describe("the JSON report", () => {
  it("is valid against its published schema", () => {
    const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

    validate(JSON.parse(reportJson(sampleAnalysis)));

    expect(validate.errors ?? []).to.deep.equal([]);
  });

  it("gives the totals, the witness and the deciding line", () => {
    const { summary, verdicts } = JSON.parse(reportJson(sampleAnalysis));

    expect(summary).to.deep.equal({
      ...{ requirements: 3, proved: 2, refuted: 1, undecided: 1 },
      prerequisites: { met: 1, notMet: 1, unchecked: 1 },
    });
    expect(verdicts[2].decidedBy.at).to.deep.equal({ file: "site/edge.rules", line: 5 });
    expect(verdicts[2].witness.packet).to.deep.equal({
      ...{ iif: "eth0", oif: "eth1", src: "10.1.0.4", dst: "10.2.0.5", sport: 49152, dport: 9443 },
      ...{ proto: "tcp", flags: "S", state: "new" },
    });
  });

  it("is the same text for the same analysis", () => {
    expect(reportJson(sampleAnalysis)).to.equal(reportJson(sampleAnalysis));
  });
});
