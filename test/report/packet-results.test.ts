import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect } from "chai";
import type { PacketResult } from "../../src/model/packet-test.js";
import { packetResultJson, packetResultsText, unreadablePacketJson } from "../../src/report/packet-results.js";
import { packet, plainScreen, sampleAnalysis } from "./sample-analysis.js";

const dropped: PacketResult = {
  at: { file: "packets.jsonl", line: 1 },
  packet,
  verdict: "drop",
  decidedBy: { file: "site/edge.rules", line: 5 },
  because: [],
  after: { ...packet, destinationPort: 443 },
  expected: "accept",
};
const { decidedBy: _decidedBy, after: _after, expected: _expected, ...rest } = dropped;
const doubted: PacketResult = {
  ...rest,
  verdict: "undecided",
  because: [{ condition: "`-m recent` is not modelled", at: { file: "site/edge.rules", line: 4 } }],
};

describe("the results of a packet file", () => {
  it("are one JSON line each, in the published form", () => {
    const schema = JSON.parse(readFileSync("schemas/test-output.schema.json", "utf8"));
    const validate = new Ajv({ allErrors: true }).compile(schema);
    const lines = [packetResultJson(dropped), packetResultJson(doubted), unreadablePacketJson("no JSON", "p", 3)];

    for (const line of lines) validate(JSON.parse(line));

    expect(lines.filter((line) => line.includes("\n"))).to.deep.equal([]);
    expect(validate.errors ?? []).to.deep.equal([]);
    expect(JSON.parse(packetResultJson(dropped))).to.deep.equal({
      ...{ verdict: "drop", decidedBy: { file: "site/edge.rules", line: 5 }, because: [] },
      after: { src: "10.1.0.4", dst: "10.2.0.5", sport: 49152, dport: 443 },
    });
  });

  it("are a table with what was expected and the line that decides, secrets masked", () => {
    const totals = { packets: 2, expectations: 1, unmet: 1, unreadable: 0 };

    const text = packetResultsText([dropped, doubted], 0, totals, sampleAnalysis.sources, {
      ...plainScreen,
      width: 160,
    });

    expect(text).to.match(/drop +accept, not met +site\/edge\.rules:5: -A FORWARD/);
    expect(text).to.include("password=****");
    expect(text).to.match(/undecided +site\/edge\.rules:4: `-m recent` is not/);
    expect(text).to.match(/2 packets, 0 of 1 expectation met\n$/);
  });
});
