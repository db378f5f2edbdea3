import { expect } from "chai";
import fc from "fast-check";
import { compileDevice } from "../../src/compile/compile-device.js";
import { prepareEvaluation } from "../../src/compile/evaluate-flow.js";
import { asksFor, asksForAny } from "../../src/compile/requested-names.js";
import type { Device } from "../../src/model/device.js";
import { parseHostSet } from "../../src/sets/host-set.js";
import { packet } from "../vendors/probe.js";

const anyName = fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 3 }).map((labels) => labels.join("."));
const anyPattern = fc.tuple(fc.constantFrom("", "*.", "*"), anyName).map((parts) => parts.join(""));
const manyPatterns = fc.uniqueArray(anyPattern, { maxLength: 4 });

/** A device whose one rule accepts connections that ask for a name of the patterns. */
function accepting(patterns: readonly string[]): Device {
  const at = { file: "rules", line: 1 };
  const destination = [{ operands: patterns.map((requested) => ({ literal: { requested } })), negated: false }];
  const ace = {
    name: "names",
    enabled: true,
    matches: { destination, unmodeled: [] },
    action: { kind: "accept" },
    at,
  } as const;
  return {
    ...{ name: "fw", vendor: "azure-firewall", sets: [], interfaces: [], tracking: "implicit" },
    acls: [{ name: "rules", aces: [ace], defaultAction: { kind: "drop" }, evaluation: "first-match", at }],
    stages: { forward: [{ hook: "rules", kind: "filter", acl: "rules" }], input: [], output: [] },
  };
}

describe("names that rules ask for", () => {
  it("hold for several flows iff each of them asks for a name of some pattern", () => {
    fc.assert(
      fc.property(manyPatterns, fc.uniqueArray(anyName, { minLength: 1, maxLength: 3 }), (patterns, hosts) => {
        const each = hosts.map((host) => patterns.some((pattern) => asksFor(pattern, parseHostSet([host])) === "yes"));
        const expected = each.every(Boolean) ? "yes" : each.some(Boolean) ? "unknown" : "no";

        expect(asksForAny(patterns, parseHostSet(hosts))).to.equal(expected);
      }),
    );
  });

  it("leave open what lies below a name of which a pattern holds only some", () => {
    expect(asksForAny(["*.a.example", "b.example"], parseHostSet(["*.example"]))).to.equal("unknown");
    expect(asksForAny(["*.a.example", "*.example"], parseHostSet(["*.example"]))).to.equal("yes");
    expect(asksForAny(["a.example"], undefined)).to.equal("unknown");
  });

  it("are decided alike by sets of packets and by the slow evaluator, several names in one rule", () => {
    const probe = packet({ from: "10.1.0.5", to: "198.51.100.7", protocol: 6, port: 443 });
    const fates = new Set<string>();
    fc.assert(
      fc.property(
        fc.uniqueArray(anyPattern, { minLength: 1, maxLength: 4 }),
        fc.uniqueArray(anyName, { minLength: 1, maxLength: 3 }),
        (patterns, hosts) => {
          const requested = parseHostSet(hosts);
          const device = accepting(patterns);
          const [rule] = compileDevice(device, { requested }).acls.get("rules")?.aces ?? [];
          const { surely, possibly } = rule?.matches.bounds ?? {};
          const { verdict } = prepareEvaluation(device, { requested }).evaluate({
            direction: "forward",
            packet: probe,
          });

          expect(verdict === "accept").to.equal(surely?.contains(probe));
          expect(verdict === "drop").to.equal(!possibly?.contains(probe));
          fates.add(verdict);
        },
      ),
      { seed: 20261128 },
    );
    expect(fates.size).to.equal(3);
  });
});
