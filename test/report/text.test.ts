import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import type { Analysis } from "../../src/model/analysis.js";
import { reportText } from "../../src/report/text.js";
import { textWidth } from "../../src/report/wrap-text.js";
import { plainScreen, proved, refuted, sampleAnalysis } from "./sample-analysis.js";

const report = (analysis: Analysis = sampleAnalysis, change: object = {}): string =>
  reportText(analysis, { ...plainScreen, ...change });

describe("the text report", () => {
  it("gives alike verdicts one row with their number", () => {
    expect(report()).to.match(/F1 +client-1, +server-1 +tcp\/9080 +vpn +proved ×2 +edge\.rules:3\n/);
  });

  it("tells of a refutation: witness, hops, the deciding line with its number, and how much fails", () => {
    expect(report()).to.include(
      [
        "refuted  F2  client-1 → server-1  tcp/9443  service 9443",
        "  edge drops the first packet",
        "  witness: tcp 10.1.0.4:49152 → 10.2.0.5:9443, SYN, new, in eth0, out eth1",
        "           (first packet)",
        "  path vpn: office → edge → cloud",
        "    1. edge, first packet: drop",
        "       filter FORWARD, ace 3: drop  (site/edge.rules:5)",
        "  decided by site/edge.rules:5 (filter FORWARD, ace 3: drop)",
        '    5 | -A FORWARD -p tcp --dport 9443 -m comment --comment "password=****" -j',
        "      | DROP",
        "  nearly accepted by site/edge.rules:4 (ace 2): it is for another destination",
        "                     port",
        "    4 | -A FORWARD -p tcp --dport 443 -m recent --rcheck -j ACCEPT",
        "  fails for 100 %: tcp 10.1.0.4 → 10.2.0.5:9443",
      ].join("\n"),
    );
  });

  it("says of an undecided verdict what the last device may do", () => {
    expect(report()).to.include("    1. edge, first packet: may accept\n");
  });

  it("tells what an undecided verdict depends on, with the line", () => {
    expect(report()).to.include(
      [
        "  it depends on:",
        "    site/edge.rules:4: `-m recent` is not modelled",
        "      4 | -A FORWARD -p tcp --dport 443 -m recent --rcheck -j ACCEPT",
      ].join("\n"),
    );
  });

  it("tells prerequisites, contradictions, assumptions, coverage, remarks and totals", () => {
    const text = report();

    expect(text).to.include(
      "  not met: R1 at server-1: disks fit\n    16 disks, at most 15 fit (site/topology.yaml:9)",
    );
    expect(text).to.include("  unchecked (1): R2");
    expect(text).to.include("    here: F2 refuted");
    expect(text).to.include("  - router `core` has no export");
    expect(text).to.match(/\nedge\.rules +iptables +6 +3 +2 +1 +0\n/);
    expect(text).to.include("site/edge.rules:4: warning: `recent` is not modelled [iptables/unmodelled]");
    expect(text).to.not.include("nothing of weight");
    expect(text.trimEnd().split("\n").slice(-2).join(" ")).to.equal(
      "3 requirements, 4 flows: 2 proved, 1 refuted, 1 undecided; prerequisites: 1 met, 1 not met, 1 unchecked",
    );
  });

  it("gives every verdict and hop apart when asked to explain", () => {
    const text = report(sampleAnalysis, { explain: true });

    expect(text).to.not.include("×2");
    expect(text).to.include("proved  F1  client-2 → server-1");
    expect(text).to.include("         3 | -A FORWARD -p tcp --dport 9080 -j ACCEPT");
    expect(text).to.include("nothing of weight");
  });

  for (const width of [40, 80, 100, 200]) {
    it(`never exceeds ${width} columns`, () => {
      const wide = report(sampleAnalysis, { width, explain: true })
        .split("\n")
        .filter((line) => textWidth(line) > width);

      expect(wide).to.deep.equal([]);
    });
  }

  it("says with colours nothing that it does not say without", () => {
    const colored = report(sampleAnalysis, { color: true });

    expect(colored).to.include("\u001b[31mrefuted\u001b[0m");
    expect(stripVTControlCharacters(colored)).to.equal(report());
  });

  it("stays readable with hundreds of verdicts", () => {
    const clients = Array.from({ length: 200 }, (_, index) => `client-${index}`);
    const many = { ...sampleAnalysis, verdicts: [...clients.map(proved), ...clients.map(refuted)] };

    const lines = report(many).split("\n");

    expect(lines.length).to.be.below(60);
    expect(lines.join("\n")).to.include("client-8");
    expect(lines.join(" ")).to.match(/\+191/);
  });

  it("never lets an input steer the terminal", () => {
    const verdict = refuted("client\u001b[2J\u202e");

    const text = report({ ...sampleAnalysis, verdicts: [verdict] });

    expect(text).to.not.include("\u001b");
    expect(text).to.not.include("\u202e");
  });
});
