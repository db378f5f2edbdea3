import { expect } from "chai";
import { mergeRequestEntries, planRequestList } from "../../src/generate/plan-request-lists.js";
import { compareRequests, policyOfRequests } from "../../src/generate/policy-of-requests.js";
import { type AddressRange, parseAddressRange } from "../../src/model/address.js";
import type { ProxyPolicy } from "../../src/model/proxy.js";
import type { RequestEntry, RequestList } from "../../src/model/request-list.js";
import { addressSetOf } from "../../src/sets/address-set.js";
import { wordsOf } from "../../src/sets/choice-set.js";
import { parseHostSet } from "../../src/sets/host-set.js";
import { requestSetOf } from "../../src/sets/request-set.js";

const at = { file: "catalogue.yaml", line: 1 };
const PROXY: ProxyPolicy = {
  ...{ name: "proxy", vendor: "squid", listeners: [], openListeners: [], aces: [], parents: [] },
  ...{ defaultAction: "drop", defaultAt: at, challengesOnDrop: true, onward: "direct" },
};

function needFor(hosts: readonly string[], user = "", requirement = "R1") {
  const requests = requestSetOf({
    clients: addressSetOf([parseAddressRange("10.1.0.5") as AddressRange]),
    hosts: parseHostSet(hosts),
    methods: wordsOf(["CONNECT"]),
    ports: [{ first: 443, last: 443 }],
    users: wordsOf([user]),
  });
  return {
    proxy: "proxy",
    requests,
    names: new Map(),
    reason: { requirement, from: "a", to: "b", purpose: "test", at },
  };
}

const listOf = (...needs: readonly ReturnType<typeof needFor>[]): RequestList =>
  planRequestList("proxy", "squid", needs);

describe("planRequestList", () => {
  it("joins what differs in names alone, and says a name and all below it in one word", () => {
    const { entries } = listOf(needFor(["*.a.example"]), needFor([".b.example", "a.example"], "", "R2"));

    expect(entries.map(({ hosts }) => hosts)).to.deep.equal([[".a.example", ".b.example"]]);
    expect(entries[0]?.reasons.map(({ requirement }) => requirement)).to.deep.equal(["R1", "R2"]);
  });

  it("keeps apart what is asked with different accounts", () => {
    const { entries } = listOf(needFor(["a.example"], "robot"), needFor(["b.example"]));

    expect(entries.map(({ users }) => users)).to.deep.equal([["robot"], []]);
  });

  it("never joins what differs in two fields", () => {
    const [first] = listOf(needFor(["a.example"])).entries as [RequestEntry];
    const other = { ...first, hosts: ["b.example"], ports: [{ first: 8443, last: 8443 }] };

    expect(mergeRequestEntries([first, other])).to.have.length(2);
  });
});

describe("the policy of a request list", () => {
  it("accepts exactly the list: names below without the name itself, and accounts after what is open to everybody", () => {
    const list = listOf(needFor(["*.a.example", "10.9.0.0/24"], "robot"), needFor(["b.example"]));

    const policy = policyOfRequests(list, PROXY);

    expect(compareRequests(policy, list)).to.deep.equal({ missing: [], excess: [] });
    expect(policy.aces.at(-1)?.conditions.map(({ kind }) => kind)).to.include("authenticated");
  });

  it("differs from the list where a rule takes the name itself too, or one name is forgotten", () => {
    const list = listOf(needFor(["*.a.example", "b.example"]));

    const wider = policyOfRequests(listOf(needFor([".a.example", "b.example"])), PROXY);
    const narrower = policyOfRequests(listOf(needFor(["*.a.example"])), PROXY);

    expect(compareRequests(wider, list)).to.deep.equal({
      missing: [],
      excess: ["CONNECT a.example port 443 from 10.1.0.5 with or without credentials"],
    });
    expect(compareRequests(narrower, list)).to.deep.equal({
      missing: ["CONNECT b.example port 443 from 10.1.0.5 with or without credentials"],
      excess: [],
    });
  });
});
