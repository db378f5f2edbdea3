import { expect } from "chai";
import { InlinedRoot } from "../../src/audit/inlined-root.js";
import { PointWalks } from "../../src/audit/point-walks.js";
import { ReachSurvey } from "../../src/audit/reach.js";
import { compileDevice } from "../../src/compile/compile-device.js";
import type { Ace, Acl } from "../../src/model/acl.js";
import { Budget } from "../../src/sets/budget.js";
import { DeviceMaker, KNOWN_NAMES, REQUESTED } from "../compile/random-device.js";
import { SeededRandom } from "../seeded-random.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20240713);
const DEVICES = 300;
const options = { names: KNOWN_NAMES, requested: REQUESTED };

const at = (line: number) => ({ file: "rules", line });

const ace = (line: number, matches: Partial<Ace["matches"]>, action: Ace["action"]): Ace => ({
  ...{ name: `${line}`, enabled: true, action, at: at(line) },
  matches: { unmodeled: [], ...matches },
});

const dropping = (name: string, aces: readonly Ace[]): Acl => ({
  ...{ name, aces, evaluation: "first-match", defaultAction: { kind: "drop" }, at: at(0) },
});

describe(`a root with its calls written out (seed ${SEED}, ${DEVICES} devices)`, () => {
  it("gives packets that come to their aces and may match them, as the slow walk of each shows", () => {
    const random = new SeededRandom(SEED);
    let shown = 0;
    let shownBehindCalls = 0;

    for (let i = 0; i < DEVICES; i++) {
      const compiled = compileDevice(
        new DeviceMaker(random, { hasChoices: true, hasEarlyFilters: true }).device(),
        options,
      );
      const walks = new PointWalks(compiled);
      const survey = new ReachSurvey(compiled, new Budget(1e6));
      for (const root of survey.roots.filter((one) => !survey.mayChangePackets(one))) {
        for (const family of ["ipv4", "ipv6"] as const) {
          const inlined = new InlinedRoot(compiled, root.acl, family);
          for (const { acl, aces } of [...root.acls].flatMap((name) => compiled.acls.get(name) ?? [])) {
            for (const { ace } of aces) {
              const packet = inlined.packetReaching(ace)?.();
              if (packet === undefined) continue;
              const reached: Ace[] = [];
              walks.observe(root, packet, (one) => reached.push(one));
              expect(reached.includes(ace), `device ${i}, ${root.acl}, ${acl.name}: ${ace.name}`).to.equal(true);
              shown++;
              if (acl.name !== root.acl) shownBehindCalls++;
            }
          }
        }
      }
    }

    expect(shown).to.be.greaterThan(1000);
    expect(shownBehindCalls).to.be.greaterThan(200);
  });

  it("claims nothing of an ace of too many boxes, nor behind an acl that does not return", () => {
    const odd = Array.from({ length: 600 }, (_, i) => ({ first: 2 * i + 1, last: 2 * i + 1 }));
    const service = [{ operands: [{ literal: { protocol: 6, destinationPorts: odd } }], negated: false }];
    const wide = ace(1, { family: "ipv4", service }, { kind: "accept" });
    const call = ace(2, { family: "ipv4" }, { kind: "jump", acl: "end" });
    const behind = ace(3, { family: "ipv4" }, { kind: "accept" });
    const compiled = compileDevice({
      ...{ name: "device", vendor: "test", sets: [], interfaces: [], tracking: "implicit" },
      stages: { input: [], output: [], forward: [{ hook: "main", kind: "filter", acl: "main" }] },
      acls: [dropping("main", [wide, call, behind]), dropping("end", [])],
    });
    const inlined = new InlinedRoot(compiled, "main", "ipv4");

    const found = [wide, call, behind].filter((one) => inlined.packetReaching(one) !== undefined);

    expect(found).to.deep.equal([call]);
  });

  it("shows nothing of an ace about ports behind a call for the later parts of packets, which have none", () => {
    const service = [
      { operands: [{ literal: { protocol: 17, destinationPorts: [{ first: 53, last: 53 }] } }], negated: false },
    ];
    const call = ace(1, { family: "ipv4", fragment: "later" }, { kind: "jump", acl: "parts" });
    const about = ace(2, { family: "ipv4", service }, { kind: "accept" });
    const compiled = compileDevice({
      ...{ name: "device", vendor: "test", sets: [], interfaces: [], tracking: "implicit" },
      stages: { input: [], output: [], forward: [{ hook: "main", kind: "filter", acl: "main" }] },
      acls: [dropping("main", [call]), dropping("parts", [about])],
    });
    const inlined = new InlinedRoot(compiled, "main", "ipv4");

    const found = [call, about].filter((one) => inlined.packetReaching(one) !== undefined);

    expect(found).to.deep.equal([call]);
  });

  it("shows nothing with a number that is no interface's name", () => {
    const interfaces = (operand: { readonly name: string } | { readonly prefix: string }) => ({
      ingressInterface: [{ operands: [{ literal: operand }], negated: true }],
    });
    const others = ace(1, interfaces({ prefix: "eth1" }), { kind: "drop" });
    const longer = ace(2, interfaces({ name: "eth1" }), { kind: "accept" });
    const compiled = compileDevice({
      ...{ name: "device", vendor: "test", sets: [], interfaces: [], tracking: "implicit" },
      stages: { input: [], output: [], forward: [{ hook: "main", kind: "filter", acl: "main" }] },
      acls: [dropping("main", [others, longer])],
    });
    const inlined = new InlinedRoot(compiled, "main", "ipv4");

    const found = [others, longer].map((one) => inlined.packetReaching(one)?.().ingressInterface);

    expect(found).to.deep.equal(["", undefined]);
  });

  it("follows no call that would write each of many aces once for each of many boxes", () => {
    const literals = Array.from({ length: 50 }, (_, i) => ({
      literal: { family: "ipv4" as const, first: [2 * i], last: [2 * i] },
    }));
    const called = Array.from({ length: 20 }, (_, i) => ace(10 + i, { family: "ipv4" }, { kind: "pass" }));
    const from = (count: number) => [{ operands: literals.slice(0, count), negated: false }];
    const few = ace(1, { family: "ipv4", source: from(2) }, { kind: "jump", acl: "few" });
    const many = ace(2, { family: "ipv4", source: from(50) }, { kind: "jump", acl: "many" });
    const compiled = compileDevice({
      ...{ name: "device", vendor: "test", sets: [], interfaces: [], tracking: "implicit" },
      stages: { input: [], output: [], forward: [{ hook: "main", kind: "filter", acl: "main" }] },
      acls: [
        dropping("main", [few, many]),
        { ...dropping("few", called.slice(0, 10)), defaultAction: { kind: "return" } },
        { ...dropping("many", called.slice(10)), defaultAction: { kind: "return" } },
      ],
    });
    const inlined = new InlinedRoot(compiled, "main", "ipv4");

    const found = [few, many, ...called].filter((one) => inlined.packetReaching(one) !== undefined);

    expect(found).to.deep.equal([few, many, ...called.slice(0, 10)]);
  });
});
