import { expect } from "chai";
import fc from "fast-check";
import { surelyAccepted } from "../../../src/compile/branch.js";
import { compileDevice } from "../../../src/compile/compile-device.js";
import { passFirst } from "../../../src/compile/pass-device.js";
import type { Ace, Acl, Action } from "../../../src/model/acl.js";
import { parseAddressRange } from "../../../src/model/address.js";
import type { DefinedSet, Device } from "../../../src/model/device.js";
import type { AnyOf, Endpoint, InterfacePattern, Matches, Operand } from "../../../src/model/matches.js";
import type { Service } from "../../../src/model/service.js";
import { Budget } from "../../../src/sets/budget.js";
import { PacketSet } from "../../../src/sets/packet-set.js";
import { renderIptables } from "../../../src/vendors/iptables/render.js";
import { convertTexts } from "./fixtures.js";

const at = { file: "plan", line: 1 };
const ace = (matches: Partial<Matches>, action: Action = { kind: "accept" }): Ace => ({
  ...{ name: "web", enabled: true, matches: { unmodeled: [], ...matches }, action, at },
});
const acl = (aces: readonly Ace[], more: Partial<Acl> = {}): Acl => ({
  ...{ name: "filter FORWARD", aces, defaultAction: { kind: "drop" }, evaluation: "first-match", at },
  ...more,
});
const list = <T>(values: readonly T[], negated = false): AnyOf<T> => ({
  operands: values.map((literal): Operand<T> => ({ literal })),
  negated,
});
const range = (text: string) => parseAddressRange(text)!;
const limits = (one: Ace) => renderIptables(acl([one]), []).diagnostics.map(({ code }) => code);
const rules = (one: Acl, sets: readonly DefinedSet[] = []) =>
  renderIptables(one, sets)
    .value.split("\n")
    .filter((line) => line.startsWith("-A"));

/** The first packets of the family that a device accepts. */
function accepted(device: Device): PacketSet {
  const input = PacketSet.fromFields({ family: "ipv4", states: ["new"] });
  return surelyAccepted(passFirst(compileDevice(device), "forward", input, new Budget(5_000_000)));
}

function deviceOf(one: Acl): Device {
  const stages = { forward: [{ hook: one.name, kind: "filter" as const, acl: one.name }], input: [], output: [] };
  return { name: "plan", vendor: "plan", acls: [one], sets: [], interfaces: [], stages, tracking: "implicit" };
}

const endpoint: fc.Arbitrary<Endpoint> = fc.constantFrom(
  ...["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "10.1.2.3-10.1.2.9", "0.0.0.0/0", "192.168.0.0/24"].map(range),
);
const portRange = fc
  .tuple(fc.constantFrom(0, 22, 443, 8000, 65535), fc.constantFrom(0, 1, 100))
  .map(([first, size]) => ({ first, last: Math.min(65535, first + size) }));
const service: fc.Arbitrary<Service> = fc.oneof(
  fc.record(
    {
      protocol: fc.constantFrom(6, 17, 132, 136),
      sourcePorts: fc.array(portRange, { minLength: 1, maxLength: 2 }),
      destinationPorts: fc.array(portRange, { minLength: 1, maxLength: 20 }),
    },
    { requiredKeys: ["protocol"] },
  ),
  fc.record({ protocol: fc.constantFrom(1, 6, 47) }),
  fc.constantFrom<Service>(
    { protocol: 6, tcpFlags: { mask: 23, value: 2 } },
    { protocol: 1, icmpTypes: [{ first: 8, last: 9 }] },
    { protocol: 1, icmpTypes: [{ first: 3, last: 3 }], icmpCodes: [{ first: 0, last: 4 }] },
  ),
);
const pattern: fc.Arbitrary<InterfacePattern> = fc.constantFrom<InterfacePattern>(
  ...[{ name: "eth0" }, { name: "eth1" }, { prefix: "eth" }, { prefix: "" }],
);
const some = <T>(values: fc.Arbitrary<T>, negated = false) =>
  fc.array(values, { minLength: negated ? 1 : 0, maxLength: 3 }).map((chosen) => [list(chosen, negated)]);
const matches: fc.Arbitrary<Partial<Matches>> = fc.record(
  {
    source: fc.oneof(some(endpoint), some(endpoint, true)),
    destination: some(endpoint),
    service: some(service),
    ingressInterface: some(pattern),
    states: fc.subarray(["new", "established", "invalid"] as const),
  },
  { requiredKeys: [] },
);

describe("iptables: render", () => {
  it("writes a text that our own reader finds equal to the acl, whatever the acl", () => {
    const action = fc.constantFrom<Action>({ kind: "accept" }, { kind: "drop" }, { kind: "reject" }, { kind: "pass" });
    const aces = fc.array(
      fc.tuple(matches, action).map(([each, kind]) => ace(each, kind)),
      { maxLength: 5 },
    );
    const evaluation = fc.constantFrom<Acl["evaluation"]>("first-match", "last-match", "drop-overrides");

    fc.assert(
      fc.property(aces, evaluation, (each, order) => {
        const plan = acl(each, { evaluation: order });
        const { value, diagnostics } = renderIptables(plan, []);
        expect(diagnostics.map(({ code }) => code)).to.deep.equal(["iptables/one-family"]);
        const read = convertTexts({ "rules.v4": value });

        expect(read.diagnostics).to.deep.equal([]);
        const [ours, theirs] = [accepted(read.devices[0]!), accepted(deviceOf(plan))];
        expect(ours.subtract(theirs).isEmpty && theirs.subtract(ours).isEmpty, value).to.equal(true);
      }),
      { seed: 20250610, numRuns: 150 },
    );
  });

  it("replaces one chain in one step and leaves the others alone", () => {
    const { value } = renderIptables(acl([ace({ source: [list<Endpoint>([range("10.0.0.0/8")])] })]), []);

    expect(value.split("\n")).to.deep.equal([
      "# Generated by flowproof in the form of iptables-save; load with: iptables-restore --noflush",
      ...["*filter", ":FORWARD DROP [0:0]", "-F FORWARD"],
      "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      '-A FORWARD -s 10.0.0.0/8 -m comment --comment "web" -j ACCEPT',
      ...["COMMIT", ""],
    ]);
  });

  it("adds nothing for known connections where the rules speak of states themselves", () => {
    expect(rules(acl([ace({ states: ["new", "related"] })]))).to.deep.equal([
      '-A FORWARD -m conntrack --ctstate NEW,RELATED -m comment --comment "web" -j ACCEPT',
    ]);
  });

  it("writes sets out, splits long port lists and takes the chain from the acl's name", () => {
    const set: DefinedSet = { name: "sites", kind: "prefix", at, members: [{ literal: range("2001:db8::/48") }] };
    const ports = Array.from({ length: 16 }, (_, i) => ({ first: 100 + 2 * i, last: 100 + 2 * i }));
    const one = ace({
      source: [{ operands: [{ setRef: "sites" }], negated: false }],
      service: [list<Service>([{ protocol: 6, destinationPorts: ports }])],
    });
    const texts = rules(acl([one], { name: "ip6 filter INPUT", defaultAction: { kind: "reject" } }), [set]);

    expect(texts).to.have.lengthOf(4);
    expect(texts[2]).to.equal(
      '-A INPUT -s 2001:db8::/48 -p tcp -m multiport --dports 130 -m comment --comment "web" -j ACCEPT',
    );
    expect(texts[3]).to.equal("-A INPUT -j REJECT");
  });

  it("writes nothing, and names the limit, where iptables cannot say it", () => {
    const tcp: Service = { protocol: 6 };

    expect(limits(ace({ unmodeled: ["-m time"] }))).to.deep.equal(["iptables/limit-condition"]);
    expect(limits(ace({ fragment: "later" }))).to.deep.equal(["iptables/limit-fragment"]);
    expect(limits(ace({ tuples: [list([{}])] }))).to.deep.equal(["iptables/limit-tuple"]);
    expect(limits(ace({ source: [list<Endpoint>([{ fqdn: "a.test" }])] }))).to.deep.equal(["iptables/limit-endpoint"]);
    expect(limits(ace({ service: [list([tcp]), list([tcp])] }))).to.deep.equal(["iptables/limit-conjunction"]);
    expect(limits(ace({ ingressInterface: [list<InterfacePattern>([{ name: "a b" }])] }))).to.deep.equal([
      "iptables/limit-interface",
    ]);
    expect(
      limits(ace({ service: [list<Service>([{ protocol: 6, tcpFlags: { mask: 64, value: 64 } }])] })),
    ).to.deep.equal(["iptables/limit-flags"]);
    expect(limits(ace({}, { kind: "jump", acl: "x" }))).to.deep.equal(["iptables/limit-jump"]);
    expect(limits(ace({}, { kind: "unknown", text: "?" }))).to.deep.equal(["iptables/limit-action"]);
    expect(
      renderIptables(acl([ace({ source: [list<Endpoint>([range("10.0.0.1"), range("::1")])] })], { name: "plan" }), []),
    ).to.deep.include({ value: "" });
  });

  it("keeps what a comment cannot hold out of it", () => {
    const hostile = { ...ace({}), name: 'a "b"\n-j ACCEPT\\' };

    expect(rules(acl([hostile]))[1]).to.equal(`-A FORWARD -m comment --comment "a 'b'?-j ACCEPT'" -j ACCEPT`);
  });
});
