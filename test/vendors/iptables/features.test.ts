import { expect } from "chai";
import { features } from "../../../src/vendors/iptables/features.js";
import { filterDevice } from "./fixtures.js";

describe("iptables: the table of matches and targets", () => {
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
