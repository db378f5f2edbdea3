import { spawnSync } from "node:child_process";
import { expect } from "chai";
import fc from "fast-check";
import { surelyAccepted } from "../../../src/compile/branch.js";
import { compileDevice } from "../../../src/compile/compile-device.js";
import { passFirst } from "../../../src/compile/pass-device.js";
import type { Ace, Acl, Action } from "../../../src/model/acl.js";
import { parseAddressRange } from "../../../src/model/address.js";
import type { Device } from "../../../src/model/device.js";
import type { AnyOf, Endpoint, InterfacePattern, Matches, Tuple } from "../../../src/model/matches.js";
import type { Service } from "../../../src/model/service.js";
import { Budget } from "../../../src/sets/budget.js";
import { PacketSet } from "../../../src/sets/packet-set.js";
import { renderNftables } from "../../../src/vendors/nftables/render.js";
import { convertTexts } from "./fixtures.js";

const at = { file: "plan", line: 1 };
const range = (text: string) => parseAddressRange(text)!;
const ace = (matches: Partial<Matches>, action: Action = { kind: "accept" }): Ace => ({
  ...{ name: "web", enabled: true, matches: { unmodeled: [], ...matches }, action, at },
});
const acl = (aces: readonly Ace[], more: Partial<Acl> = {}): Acl => ({
  ...{ name: "plan", aces, defaultAction: { kind: "drop" }, evaluation: "first-match", at },
  ...more,
});
const list = <T>(values: readonly T[], negated = false): AnyOf<T> => ({
  ...{ operands: values.map((literal) => ({ literal })), negated },
});
const some = <T>(values: fc.Arbitrary<T>) =>
  fc
    .tuple(fc.array(values, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([all, negated]) => [list(all, negated)]);

const endpoint: fc.Arbitrary<Endpoint> = fc.constantFrom<Endpoint>(
  ...["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "10.1.2.3-10.1.2.9", "2001:db8::/32", "2001:db8::5"].map(range),
  { family: "ipv4", value: [5], mask: [255] },
);
const service = fc.constantFrom<Service>(
  ...[{ protocol: 6 }, { protocol: 47 }, { protocol: 17, sourcePorts: [{ first: 53, last: 53 }] }],
  {
    protocol: 6,
    destinationPorts: [
      { first: 80, last: 90 },
      { first: 85, last: 443 },
    ],
  },
  { protocol: 6, destinationPorts: [{ first: 22, last: 22 }], tcpFlags: { mask: 23, value: 2 } },
  { protocol: 1, icmpTypes: [{ first: 8, last: 9 }], icmpCodes: [{ first: 0, last: 0 }] },
  { protocol: 58, icmpTypes: [{ first: 128, last: 129 }] },
);
const pattern = fc.constantFrom<InterfacePattern>(
  { name: "eth0" },
  { name: "eth10" },
  { prefix: "eth1" },
  { prefix: "" },
);
const tuple = fc.record<Tuple>({ source: endpoint, service }).map((each) => each);
const matches: fc.Arbitrary<Partial<Matches>> = fc.record(
  {
    ...{ source: some(endpoint), destination: some(endpoint), service: some(service) },
    ...{ ingressInterface: some(pattern), states: fc.subarray(["new", "established", "invalid"] as const) },
    tuples: fc.array(tuple, { minLength: 1, maxLength: 2 }).map((all) => [list(all)]),
  },
  { requiredKeys: [] },
);
const action = fc.constantFrom<Action>({ kind: "accept" }, { kind: "drop" }, { kind: "reject" }, { kind: "pass" });
const plans: fc.Arbitrary<Acl> = fc
  .tuple(
    fc.array(fc.tuple(matches, action), { maxLength: 4 }),
    fc.constantFrom<Acl["evaluation"]>("first-match", "last-match", "any-accept", "drop-overrides"),
  )
  .map(([rules, evaluation]) =>
    acl(
      rules.map(([each, kind]) => ace(each, kind)),
      { evaluation },
    ),
  );

/** The first packets a device accepts; without those whose ICMP is of the other family, which no host sends. */
function accepted(device: Device): PacketSet {
  const only = (family: "ipv4" | "ipv6", foreign: number) =>
    PacketSet.fromFields({ family, states: ["new"], fragment: "first-or-whole" }).subtract(
      PacketSet.fromFields({ protocols: [{ first: foreign, last: foreign }] }),
    );
  const input = only("ipv4", 58).union(only("ipv6", 1));
  return surelyAccepted(passFirst(compileDevice(device), "forward", input, new Budget(5_000_000)));
}

function deviceOf(one: Acl): Device {
  const stages = { forward: [{ hook: one.name, kind: "filter" as const, acl: one.name }], input: [], output: [] };
  return { name: "plan", vendor: "plan", acls: [one], sets: [], interfaces: [], stages, tracking: "implicit" };
}

describe("nftables: render", () => {
  it("writes a script that our own reader finds equal to the acl, whatever the acl", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { value, diagnostics } = renderNftables(plan, []);
        expect(diagnostics.map(({ code }) => code)).to.deep.equal(["nftables/other-tables"]);
        const read = convertTexts({ "plan.nft": value });

        expect(read.diagnostics).to.deep.equal([]);
        const [ours, theirs] = [accepted(read.devices[0]!), accepted(deviceOf(plan))];
        expect(ours.subtract(theirs).isEmpty && theirs.subtract(ours).isEmpty, value).to.equal(true);
      }),
      { seed: 20261122, numRuns: 120 },
    );
  });

  it("writes scripts that nft itself loads", function () {
    const check = (text: string) =>
      spawnSync("unshare", ["--net", "nft", "-c", "-f", "-"], { input: text, encoding: "utf8" });
    if (check("table inet t\n").status !== 0) {
      if (process.env["FLOWPROOF_REQUIRE_ORACLES"] === "1") throw new Error("nft cannot be asked");
      console.log("      skipped: nft cannot be asked here");
      this.skip();
    }

    for (const plan of fc.sample(plans, { seed: 7, numRuns: 40 })) {
      const { value } = renderNftables(plan, []);
      const { status, stderr } = check(value);
      expect(status, `${stderr}\n${value}`).to.equal(0);
    }
  });

  it("replaces its own table in one step, and lets known connections through first", () => {
    const { value } = renderNftables(
      acl([ace({ service: [list<Service>([{ protocol: 6 }])] })], { name: "filter INPUT" }),
      [],
    );

    expect(value.split("\n").slice(2)).to.deep.equal([
      ...["table inet flowproof", "delete table inet flowproof", "table inet flowproof {", "\tchain input {"],
      "\t\ttype filter hook input priority filter; policy drop;",
      "\t\tct state established,related accept",
      '\t\tmeta l4proto 6 accept comment "web"',
      ...["\t}", "}", ""],
    ]);
  });

  it("writes nothing, and names the limit, where it cannot say it", () => {
    const limits = (one: Ace) => renderNftables(acl([one]), []).diagnostics.map(({ code }) => code);

    expect(limits(ace({ unmodeled: ["at night"] }))).to.deep.equal(["nftables/limit-condition"]);
    expect(limits(ace({ fragment: "later" }))).to.deep.equal(["nftables/limit-fragment"]);
    expect(limits(ace({ tuples: [list([{}], true)] }))).to.deep.equal(["nftables/limit-tuple"]);
    expect(limits(ace({ source: [list<Endpoint>([{ fqdn: "a.test" }])] }))).to.deep.equal(["nftables/limit-endpoint"]);
    expect(limits(ace({ ingressInterface: [list<InterfacePattern>([{ name: 'a"b' }])] }))).to.deep.equal([
      "nftables/limit-interface",
    ]);
    expect(limits(ace({}, { kind: "jump", acl: "x" }))).to.deep.equal(["nftables/limit-action"]);
    expect(renderNftables(acl([ace({ unmodeled: ["x"] })]), []).value).to.equal("");
  });

  it("keeps what a comment cannot hold out of it", () => {
    const hostile = { ...ace({}), name: 'a "b"\n} accept\\' };

    expect(renderNftables(acl([hostile]), []).value).to.contain(`accept comment "a 'b'?} accept'"`);
  });
});
