import { expect } from "chai";
import fc from "fast-check";
import { passProxy, type RequestBranch } from "../../src/compile/compile-proxy.js";
import { evaluateRequest } from "../../src/compile/evaluate-request.js";
import { NO_KNOWLEDGE } from "../../src/compile/name-knowledge.js";
import { parseAddressRange } from "../../src/model/address.js";
import type { ProxyPolicy, ProxyRequest, RequestAce, RequestCondition } from "../../src/model/proxy.js";
import { wordsOf } from "../../src/sets/choice-set.js";
import { parseHostSet } from "../../src/sets/host-set.js";
import { portSetOf } from "../../src/sets/port-set.js";
import {
  ALL_REQUESTS,
  formatRequests,
  hasRequest,
  isSubsetOfRequests,
  NO_REQUESTS,
  NO_USER,
  requestSetOf,
  singleRequest,
  uniteRequests,
} from "../../src/sets/request-set.js";
import { randomKnowledge, randomPolicy, randomRequest } from "./random-policy.js";

const at = { file: "squid.conf", line: 3 };
const runs = Number(process.env["FLOWPROOF_FUZZ"] ?? 1) * 1500;

function policy(aces: readonly Omit<RequestAce, "name" | "at">[]): ProxyPolicy {
  return {
    name: "proxy",
    vendor: "squid",
    listeners: [],
    openListeners: [],
    aces: aces.map((ace, index) => ({ ...ace, name: `rule ${index + 1}`, at: { ...at, line: index + 1 } })),
    defaultAction: "drop",
    defaultAt: { ...at, line: 9 },
    challengesOnDrop: true,
    onward: "direct",
    parents: [],
  };
}

function fates(branches: readonly RequestBranch[]): string[] {
  return branches.map(({ disposition, decidedBy }) => `${disposition} at ${decidedBy.at.line}`);
}

const blobs: RequestCondition = {
  kind: "host",
  patterns: [{ name: "blob.core.windows.net", below: true }],
  addresses: [],
  at,
};
const tunnels = requestSetOf({
  methods: wordsOf(["CONNECT"]),
  ports: portSetOf([{ first: 443, last: 443 }]),
  hosts: parseHostSet(["*.blob.core.windows.net"]),
  users: wordsOf([NO_USER]),
});

describe("passProxy", () => {
  it("proves every name under a wildcard with one branch", () => {
    const branches = passProxy(policy([{ action: "accept", conditions: [blobs] }]), tunnels, NO_KNOWLEDGE);

    expect(fates(branches)).to.deep.equal(["accept at 1"]);
    expect(branches[0]?.doubts).to.deep.equal([]);
  });

  it("splits off the names that another rule takes", () => {
    const secret: RequestCondition = { ...blobs, patterns: [{ name: "secret.blob.core.windows.net", below: false }] };

    const branches = passProxy(
      policy([
        { action: "drop", conditions: [secret] },
        { action: "accept", conditions: [blobs] },
      ]),
      tunnels,
      NO_KNOWLEDGE,
    );

    expect(fates(branches)).to.deep.equal(["drop at 1", "accept at 2"]);
    expect(formatRequests(branches[1]!.requests)[0]).to.contain("*.blob.core.windows.net (outside secret)");
  });

  it("challenges who sends no credentials, and only where they are asked for", () => {
    const user: RequestCondition = { kind: "authenticated", users: ["svc"], ignoreCase: false, at };
    const asking = policy([{ action: "accept", conditions: [blobs, user] }]);
    const asService = requestSetOf({ ...tunnels.boxes[0], users: wordsOf(["svc"]) });
    const asOther = requestSetOf({ ...tunnels.boxes[0], users: wordsOf(["other"]) });
    const elsewhere = requestSetOf({ hosts: parseHostSet(["example.com"]), users: wordsOf([NO_USER]) });

    expect(fates(passProxy(asking, tunnels, NO_KNOWLEDGE))).to.deep.equal(["challenge at 1"]);
    expect(fates(passProxy(asking, asService, NO_KNOWLEDGE))).to.deep.equal(["accept at 1"]);
    expect(fates(passProxy(asking, asOther, NO_KNOWLEDGE))).to.deep.equal(["challenge at 9"]);
    expect(fates(passProxy(asking, elsewhere, NO_KNOWLEDGE))).to.deep.equal(["drop at 9"]);
  });

  it("is sure of a `destination` where addresses of the names are stated, and doubts it elsewhere", () => {
    const loopback = [parseAddressRange("127.0.0.0/8")!];
    const guarded = policy([
      { action: "drop", conditions: [{ kind: "destination", ranges: loopback, lookup: true, at }] },
      { action: "accept", conditions: [blobs] },
    ]);
    const within = [parseAddressRange("20.0.0.0/8")!];
    const stated = { names: new Map([["*.blob.core.windows.net", { within }]]) };

    const open = passProxy(guarded, tunnels, NO_KNOWLEDGE);
    const certain = passProxy(guarded, tunnels, stated);

    expect(fates(open)).to.deep.equal(["drop at 1", "accept at 2"]);
    expect(open[1]?.doubts).to.deep.equal([
      { condition: "the addresses of the name asked for, which no input gives", at },
    ]);
    expect(fates(certain)).to.deep.equal(["accept at 2"]);
    expect(certain[0]?.doubts).to.deep.equal([]);
  });

  it("names the doubt only on the branches it concerns", () => {
    const open: RequestCondition = { kind: "unmodeled", text: "the time of day", at };
    const rules = policy([
      { action: "drop", conditions: [{ kind: "port", ranges: [{ first: 80, last: 80 }] }, open] },
      { action: "accept", conditions: [blobs] },
    ]);

    const branches = passProxy(rules, tunnels, NO_KNOWLEDGE);

    expect(branches.map(({ doubts }) => doubts)).to.deep.equal([[]]);
  });

  it("stays quick with thousands of rules over names", () => {
    const aces = Array.from({ length: 3000 }, (_, i) => ({
      action: i % 2 === 0 ? ("drop" as const) : ("accept" as const),
      conditions: [{ ...blobs, patterns: [{ name: `host${i}.test`, below: true }] }],
    }));
    const names = requestSetOf({ hosts: parseHostSet(["*.test"]) });
    const started = process.cpuUsage();

    const branches = passProxy(policy(aces), names, NO_KNOWLEDGE);

    expect(branches).to.have.length(3001);
    expect(process.cpuUsage(started).user / 1000).to.be.below(20_000);
  });

  it("leaves open, and says so, what falls into more cases than are followed", () => {
    const conditions: RequestCondition[] = [blobs, { kind: "port", ranges: [{ first: 443, last: 443 }] }];
    const rules = policy([
      { action: "accept", conditions },
      { action: "accept", conditions: [{ kind: "always" }] },
    ]);

    const branches = passProxy(rules, ALL_REQUESTS, NO_KNOWLEDGE, 2);

    expect(fates(branches)).to.deep.equal(["accept at 1", "accept at 2", "drop at 2", "challenge at 2"]);
    expect(branches[1]?.doubts).to.deep.equal([{ condition: "more cases than are followed", at: { ...at, line: 2 } }]);
  });

  it("covers every request of any policy, and never denies a fate that asking rule by rule finds", () => {
    fc.assert(
      fc.property(randomPolicy, randomRequest, randomKnowledge, (random, request, knowledge) => {
        const branches = passProxy(random, ALL_REQUESTS, knowledge).filter((one) => hasRequest(one.requests, request));
        const found = new Set(fates(branches));
        for (const { disposition, at: place } of evaluateRequest(random, request, knowledge).fates) {
          expect([...found]).to.include(`${disposition} at ${place.line}`);
        }
      }),
      { numRuns: runs },
    );
  });

  it("decides one request exactly as asking rule by rule does, but for paths", () => {
    fc.assert(
      fc.property(randomPolicy, randomRequest, randomKnowledge, (random, request, knowledge) => {
        const isOfPath = JSON.stringify(random).match(/"(path|url)-pattern"/) !== null && request.method !== "CONNECT";
        const found = new Set(fates(passProxy(random, singleRequest(request), knowledge)));
        const asked = new Set(
          evaluateRequest(random, request, knowledge).fates.map(
            ({ disposition, at: place }) => `${disposition} at ${place.line}`,
          ),
        );
        if (!isOfPath) expect([...found].sort()).to.deep.equal([...asked].sort());
      }),
      { numRuns: runs },
    );
  });

  it("covers the whole set it is given", () => {
    fc.assert(
      fc.property(randomPolicy, randomKnowledge, (random, knowledge) => {
        const branches = passProxy(random, ALL_REQUESTS, knowledge);
        const covered = branches.reduce((all, { requests }) => uniteRequests(all, requests), NO_REQUESTS);
        expect(isSubsetOfRequests(ALL_REQUESTS, covered)).to.equal(true);
      }),
      { numRuns: 200 },
    );
  });

  it("decides alike whatever else is asked together with a request", () => {
    const ask = (random: ProxyPolicy, request: ProxyRequest): string[] =>
      fates(passProxy(random, singleRequest(request), NO_KNOWLEDGE));
    fc.assert(
      fc.property(randomPolicy, randomRequest, (random, request) => {
        const alone = new Set(ask(random, request));
        const among = passProxy(random, ALL_REQUESTS, NO_KNOWLEDGE).filter((one) => hasRequest(one.requests, request));
        for (const fate of alone) expect(fates(among)).to.include(fate);
      }),
      { numRuns: 300 },
    );
  });
});
