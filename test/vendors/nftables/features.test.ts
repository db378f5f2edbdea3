import { expect } from "chai";
import { features } from "../../../src/vendors/nftables/features.js";
import { convertTexts } from "./fixtures.js";

/** What the line of one rule is read as, behind a match that makes its statement legal. */
function fateOf(rule: string): string | undefined {
  const text = `table inet t {\nset s { type inet_service; flags dynamic; }\nchain c {\ntype filter hook forward priority 0;\n${rule}\n}\n}\n`;
  return convertTexts({ text }).coverage[0]?.lines.find(({ line }) => line === 5)?.fate;
}

describe("nftables: the table of fields and statements", () => {
  it("lists each once", () => {
    const names = features().map(({ name }) => name);

    expect(new Set(names).size).to.equal(names.length);
  });

  it("leaves a rule open that asks for a bounded field", () => {
    for (const { name } of features().filter(
      ({ fidelity, name }) => fidelity === "bounded" && /^(?:ip6?|tcp|udp|meta|ct) \S+$/.test(name),
    )) {
      if (/ (?:count|option|set)$/.test(name)) continue;

      expect(fateOf(`${name} 1 accept`), name).to.equal("approximated");
    }
  });

  it("says of statements what a rule with them shows", () => {
    const fates = [
      "counter accept",
      "log accept",
      "limit rate 1/second accept",
      "queue",
      "meta priority set 1:1 accept",
    ];

    expect(fates.map(fateOf)).to.deep.equal(["modelled", "modelled", "approximated", "approximated", "modelled"]);
  });
});
