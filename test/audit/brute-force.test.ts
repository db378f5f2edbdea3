import { expect } from "chai";
import { auditDevice } from "../../src/audit/audit-device.js";
import { CHECKS } from "../../src/audit/registry.js";
import { compileDevice } from "../../src/compile/compile-device.js";
import { prepareEvaluation } from "../../src/compile/evaluate-flow.js";
import { walkAcl } from "../../src/compile/walk-acl.js";
import type { Device } from "../../src/model/device.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { DeviceMaker, KNOWN_NAMES, randomPacket } from "../compile/random-device.js";
import { SeededRandom } from "../seeded-random.js";

const DEVICES = Number(process.env["FLOWPROOF_AUDIT_DEVICES"] ?? 150);
const PACKETS = 60;
const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20240615);
const options = { names: KNOWN_NAMES };
const NEEDLESS = new Set(["shadowed-ace", "unmatchable-ace", "redundant-ace"]);
const checks = CHECKS.filter(({ id }) => NEEDLESS.has(id));

/** A random device that asks one acl, on one way. */
function oneStage(random: SeededRandom): Device {
  const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: false }).device();
  const stages = [{ hook: "filter", kind: "filter", acl: "filter" } as const];
  return { ...device, stages: { forward: stages, input: [], output: [] } };
}

function without(device: Device, line: number): Device {
  return {
    ...device,
    acls: device.acls.map((acl) => ({ ...acl, aces: acl.aces.filter(({ at }) => at.line !== line) })),
  };
}

/** What becomes of all packets, iff it is certain: one set for each disposition. */
function certainFates(device: Device): string | undefined {
  const compiled = compileDevice(device, options);
  const { pieces, mayUntrack, mayTag } = walkAcl(compiled.acls, "filter", compiled.at, PacketSet.all);
  const byKind = new Map<string, PacketSet>();
  for (const { outcome, packets } of pieces) {
    byKind.set(outcome.kind, (byKind.get(outcome.kind) ?? PacketSet.none).union(packets));
  }
  const sets = [...byKind.values()];
  const isCertain = sets.every((set, i) => sets.slice(i + 1).every((other) => !set.overlaps(other)));
  if (!isCertain || mayUntrack || mayTag) return undefined;
  return [...byKind]
    .map(([kind, set]) => `${kind} ${set.hash}`)
    .sort()
    .join();
}

describe(`an audit and brute force (seed ${SEED}, ${DEVICES} devices)`, () => {
  it("never calls a rule needless without which the slow evaluator sees another outcome", () => {
    const random = new SeededRandom(SEED);
    let told = 0;
    for (let i = 0; i < DEVICES; i++) {
      const device = oneStage(random);
      const packets = Array.from({ length: PACKETS }, () => randomPacket(random));
      const whole = prepareEvaluation(device, options);
      for (const { check, subject } of auditDevice(device, checks, options).findings) {
        told++;
        const rest = prepareEvaluation(without(device, subject.line), options);
        for (const packet of packets) {
          const probe = { direction: "forward", packet } as const;
          const [before, after] = [whole, rest].map((one) => [...one.evaluate(probe).outcomes].sort().join());
          expect(after, `seed ${SEED} device ${i} line ${subject.line} ${check}`).to.equal(before);
        }
      }
    }
    expect(told).to.be.greaterThan(DEVICES / 2);
  });

  it("calls every deciding rule needless without which all packets certainly fare the same", () => {
    const random = new SeededRandom(SEED + 1);
    let compared = 0;
    for (let i = 0; i < DEVICES; i++) {
      const device = oneStage(random);
      const fates = certainFates(device);
      if (fates === undefined) continue;
      const told = new Set(auditDevice(device, checks, options).findings.map(({ subject }) => subject.line));
      const deciding = device.acls
        // Where any accept counts, rules that stop are no rules.
        .filter(({ name, evaluation }) => name === "filter" && evaluation !== "any-accept")
        .flatMap(({ aces }) => aces.filter((ace) => ace.enabled && /^(accept|drop|reject)$/.test(ace.action.kind)));
      for (const ace of deciding) {
        compared++;
        const isNeedless = certainFates(without(device, ace.at.line)) === fates;
        expect(told.has(ace.at.line), `seed ${SEED + 1} device ${i} line ${ace.at.line}`).to.equal(isNeedless);
      }
    }
    expect(compared).to.be.greaterThan(20);
  });
});
