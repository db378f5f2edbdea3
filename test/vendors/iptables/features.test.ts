import { readFileSync } from "node:fs";
import { expect } from "chai";
import { features } from "../../../src/vendors/iptables/features.js";
import { filterDevice } from "./fixtures.js";

const FIDELITIES: readonly string[] = ["exact", "bounded", "harmless"];

describe("iptables: the table of matches and targets", () => {
  it("is the one in the documentation", () => {
    const lines = readFileSync("src/vendors/iptables/README.md", "utf8").split("\n");
    const rows = lines.map((line) => line.split("|").map((cell) => cell.trim()));

    const expected = features().map(({ name, fidelity, note }) => [`\`${name}\``, fidelity, note]);
    expect(rows.map((cells) => cells.slice(1, 4)).filter((cells) => FIDELITIES.includes(cells[1]!))).to.deep.equal(
      expected,
    );
  });

  it("lists each once, and says of a target only what a rule with it shows", () => {
    const names = features().map(({ name }) => name);

    expect(new Set(names).size).to.equal(names.length);
    for (const { name, fidelity } of features().filter((feature) => feature.name.startsWith("-j"))) {
      const kinds = filterDevice([`-A FORWARD ${name}`]).acls.flatMap(({ aces }) =>
        aces.map(({ action }) => action.kind),
      );
      const expected = fidelity === "harmless" ? "pass" : fidelity === "bounded" ? "unknown" : undefined;
      if (expected !== undefined) expect(kinds, name).to.include(expected);
    }
  });

  it("leaves every bounded module open", () => {
    for (const { name } of features().filter((feature) => /^-m \S+$/.test(feature.name))) {
      const device = filterDevice([`-A FORWARD ${name} --option value -j ACCEPT`]);
      const ace = device.acls.find((acl) => acl.name.endsWith("filter FORWARD"))?.aces[1];

      expect(ace?.matches.unmodeled, name).to.deep.equal([`${name} --option value`]);
    }
  });
});
