import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect } from "chai";
import type { Trace } from "../../src/model/trace.js";
import { traceJson } from "../../src/report/trace-json.js";
import { traceText } from "../../src/report/trace-text.js";
import { textWidth } from "../../src/report/wrap-text.js";
import { decision, packet, plainScreen, sampleAnalysis } from "./sample-analysis.js";

const after = { ...packet, destinationPort: 443 };
const at = { file: "site/edge.rules", line: 4 };

const trace: Trace = {
  ...{ from: "client-1", to: "server-1", assumptions: ["`core` forwards everything"], diagnostics: [] },
  paths: [
    {
      path: { kind: "vpn", nodes: ["office", "edge", "cloud"] },
      packet,
      verdict: "undecided",
      explanation: "a condition outside the packet decides",
      hops: [
        {
          ...{ device: "edge", direction: "forward", leg: "first", verdict: "accept", before: packet, after },
          ...{ decisions: [decision(3, "accept")], doubts: [] },
        },
        {
          ...{ device: "host", direction: "input", leg: "first", verdict: "undecided", before: after },
          ...{ decisions: [], doubts: [{ condition: "`-m recent` is not modelled", at }] },
        },
      ],
    },
  ],
  sources: sampleAnalysis.sources,
};

describe("the report of a trace", () => {
  it("tells hop by hop what enters, which line decides and what leaves", () => {
    expect(traceText(trace, plainScreen).split("\n")).to.deep.equal([
      "client-1 → server-1",
      "",
      "path vpn: office → edge → cloud",
      "  sent: tcp 10.1.0.4:49152 → 10.2.0.5:9443, SYN, new, in eth0, out eth1",
      "  1. edge, forward, first packet: tcp 10.1.0.4:49152 → 10.2.0.5:9443, SYN, new,",
      "     in eth0, out eth1",
      "     filter FORWARD, ace 1: accept  (site/edge.rules:3)",
      "       3 | -A FORWARD -p tcp --dport 9080 -j ACCEPT",
      "     leaves as 10.1.0.4:49152 → 10.2.0.5:443",
      "     accept",
      "  2. host, input, first packet: tcp 10.1.0.4:49152 → 10.2.0.5:443, SYN, new, in",
      "     eth0, out eth1",
      "    site/edge.rules:4: `-m recent` is not modelled",
      "      4 | -A FORWARD -p tcp --dport 443 -m recent --rcheck -j ACCEPT",
      "     undecided",
      "  a condition outside the packet decides",
      "  outcome: undecided",
      "",
      "taken for granted",
      "  - `core` forwards everything",
      "",
    ]);
  });

  it("never exceeds the screen", () => {
    const lines = traceText(trace, { ...plainScreen, width: 50 }).split("\n");

    expect(lines.filter((line) => textWidth(line) > 50)).to.deep.equal([]);
  });

  it("says that nothing connects two components", () => {
    expect(traceText({ ...trace, paths: [] }, plainScreen)).to.include("no path connects them");
  });

  it("is valid JSON of its published schema", () => {
    const schema = JSON.parse(readFileSync("schemas/trace-output.schema.json", "utf8"));
    const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

    validate(JSON.parse(traceJson(trace)));

    expect(validate.errors ?? []).to.deep.equal([]);
  });
});
