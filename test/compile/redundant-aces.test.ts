import { expect } from "chai";
import { compileDevice } from "../../src/compile/compile-device.js";
import { isRedundant } from "../../src/compile/effective-aces.js";
import { RedundantAces } from "../../src/compile/redundant-aces.js";
import type { Acl } from "../../src/model/acl.js";
import type { Device } from "../../src/model/device.js";
import type { Matches } from "../../src/model/matches.js";
import { Budget } from "../../src/sets/budget.js";
import { SeededRandom } from "../seeded-random.js";
import { DeviceMaker, KNOWN_NAMES } from "./random-device.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20261129);
const DEVICES = Number(process.env["FLOWPROOF_ORACLE_DEVICES"] ?? 400);
const DECIDING = ["accept", "drop", "reject"];
const budget = () => new Budget(1e6);

describe(`aces that could be taken from an acl (seed ${SEED}, ${DEVICES} devices)`, () => {
  it("are the same box by box as by the sets of what aces leave over, doubts and every evaluation included", () => {
    const random = new SeededRandom(SEED);
    const seen = { redundant: 0, needed: 0 };

    for (let i = 0; i < DEVICES; i++) {
      const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: false }).device();
      const { acls } = compileDevice(device, { names: KNOWN_NAMES });
      for (const compiled of acls.values()) {
        const { aces, defaultAction } = compiled.acl;
        if (!DECIDING.includes(defaultAction.kind)) continue;
        if (aces.some(({ action }) => !["pass", ...DECIDING].includes(action.kind))) continue;
        const redundant = new RedundantAces(compiled);
        compiled.aces.forEach(({ ace }, position) => {
          if (ace.action.kind === "pass") return;
          const isFound = redundant.has(position, budget());
          expect(isFound, `device ${i} ${ace.name}`).to.equal(isRedundant(compiled, position, budget()));
          seen[isFound ? "redundant" : "needed"]++;
        });
      }
    }

    expect(seen.redundant, "redundant aces seen").to.be.greaterThan(100);
    expect(seen.needed, "needed aces seen").to.be.greaterThan(100);
  });

  it("are found under rules that only together do the same, and not told where that takes more work than is allowed", () => {
    const { acls } = compileDevice(deviceOf([{}, ...GRID]));
    const withGap = compileDevice(deviceOf([{}, ...GRID.slice(1)]));

    expect(new RedundantAces(acls.get("grid")!).has(0, budget())).to.equal(true);
    expect(new RedundantAces(acls.get("grid")!).has(0, new Budget(1))).to.equal(undefined);
    expect(new RedundantAces(withGap.acls.get("grid")!).has(0, budget())).to.equal(false);
  });
});

/** Sources and destinations of IPv4 in eighths, each with each. */
const GRID = Array.from({ length: 64 }, (_, k) => ({ source: eighth(k % 8), destination: eighth(k >> 3) }));

function eighth(k: number) {
  const literal = { family: "ipv4" as const, first: [k * 2 ** 29], last: [k * 2 ** 29 + 2 ** 29 - 1] };
  return [{ negated: false, operands: [{ literal }] }];
}

function deviceOf(matches: readonly Partial<Matches>[]): Device {
  const aces = matches.map((fields, k) => ({
    ...{ name: `${k}`, enabled: true, action: { kind: "accept" as const }, at: { file: "acl", line: k + 1 } },
    matches: { family: "ipv4" as const, ...fields, unmodeled: [] },
  }));
  const random = new SeededRandom(SEED);
  const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: false }).device();
  const [some] = device.acls as [Acl];
  const acl: Acl = { ...some, name: "grid", aces, defaultAction: { kind: "drop" }, evaluation: "first-match" };
  return { ...device, acls: [acl] };
}
