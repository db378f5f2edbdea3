import { expect } from "chai";
import { type CompiledDevice, compileDevice } from "../../src/compile/compile-device.js";
import { effectivePackets, isRedundant } from "../../src/compile/effective-aces.js";
import { type AceReach, findShadowedAces } from "../../src/compile/find-shadowed-aces.js";
import { passFirst } from "../../src/compile/pass-device.js";
import type { Ace, Acl } from "../../src/model/acl.js";
import type { AddressRange } from "../../src/model/address.js";
import { parseAddressRange } from "../../src/model/address.js";
import type { Device, Stage } from "../../src/model/device.js";
import { MATCH_ALL, type Matches } from "../../src/model/matches.js";
import { Budget } from "../../src/sets/budget.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { SeededRandom } from "../seeded-random.js";
import { DeviceMaker, KNOWN_NAMES } from "./random-device.js";

const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20240613);
const DEVICES = Number(process.env["FLOWPROOF_ORACLE_DEVICES"] ?? 150);
const budget = () => new Budget(3e6);

describe(`shadowed aces (seed ${SEED}, ${DEVICES} devices)`, () => {
  it("are those whose packets earlier aces surely decide, and the others come with a packet that shows it", () => {
    const random = new SeededRandom(SEED);
    const seen = { live: 0, shadowed: 0, unmatchable: 0, undecided: 0 };
    for (let i = 0; i < DEVICES; i++) {
      const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: false }).device();
      const compiled = compileDevice(device, { names: KNOWN_NAMES });
      for (const acl of compiled.acls.values()) {
        if (acl.acl.aces.some(({ action }) => "acl" in action || ["notrack", "tag"].includes(action.kind))) continue;
        findShadowedAces(compiled, acl, budget()).forEach((reach, position) => {
          seen[reach.kind]++;
          checkReach(compiled, acl.acl.name, reach, position, `seed ${SEED} device ${i} ${acl.acl.name} ${position}`);
        });
      }
    }
    expect(seen.shadowed).to.be.greaterThan(DEVICES / 10);
    expect(seen.undecided).to.equal(0);
  });

  it("include one that only a union of earlier ones covers, and the cover leaves out what it can spare", () => {
    const reach = judge([
      ace({ destination: "10.0.0.0/9" }),
      ace({ destination: "10.128.0.0/9" }),
      ace({ destination: "10.7.0.0/16" }),
      ace({ destination: "10.0.0.0/8", source: "192.168.0.0/16" }),
      ace({ destination: "10.0.0.0/7" }),
    ]);

    expect(reach[2]).to.include({ kind: "shadowed" });
    expect(covers(reach[2])).to.deep.equal([1]);
    expect(covers(reach[3])).to.deep.equal([1, 2]);
    expect(reach[4].kind).to.equal("live");
  });

  it("are not made by aces that may not match, nor found behind aces that only go on", () => {
    const reach = judge([
      { ...ace({ destination: "10.0.0.0/8" }), matches: { ...MATCH_ALL, unmodeled: ["-m recent"] } },
      { ...ace({}), action: { kind: "pass" } },
      ace({ destination: "10.0.0.0/8" }),
    ]);

    expect(reach.map(({ kind }) => kind)).to.deep.equal(["live", "live", "live"]);
  });

  it("are judged anew behind an ace that changes packets", () => {
    const untracked: Matches = { states: ["untracked"], unmodeled: [] };

    const reach = judge([
      { ...ace({}), matches: untracked },
      { ...ace({}), action: { kind: "notrack" } },
      { ...ace({}), matches: untracked },
      { ...ace({}), matches: untracked },
    ]);

    expect(reach.map(({ kind }) => kind)).to.deep.equal(["live", "live", "live", "shadowed"]);
  });

  it("are found among aces of thousands of boxes, and said to be undecided where the budget ends", () => {
    const odd = Array.from({ length: 900 }, (_, i) => parseAddressRange(`10.${i >> 8}.${i & 255}.1`) as AddressRange);
    const large: Matches = {
      source: [{ negated: false, operands: odd.map((literal) => ({ literal })) }],
      unmodeled: [],
    };
    const aces = [{ ...ace({}), matches: large }, ace({ source: "10.0.7.1" }), { ...ace({}), matches: large }];

    expect(judge(aces).map(({ kind }) => kind)).to.deep.equal(["live", "shadowed", "shadowed"]);
    expect(judge(aces, new Budget(5)).map(({ kind }) => kind)).to.include("undecided");
  });
});

describe("the packets an ace decides", () => {
  it("make up, over all aces, what the acl decides", () => {
    const random = new SeededRandom(SEED);
    for (let i = 0; i < DEVICES / 5; i++) {
      const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: false }).device();
      const acl = device.acls.find(({ name }) => name === "second") as Acl;
      if (acl.aces.some(({ action }) => !["accept", "drop", "reject", "pass"].includes(action.kind))) continue;
      if (acl.aces.some(({ matches }) => matches.tags !== undefined)) continue;
      const compiled = compileDevice(deviceOf(acl, device), { names: KNOWN_NAMES });
      const branches = passFirst(compiled, "forward", PacketSet.all, budget());

      compiled.acls.get("second")?.aces.forEach(({ ace }, position) => {
        if (ace.action.kind === "pass") return;
        const effective = effectivePackets(compiled.acls.get("second")!, position, budget())!;
        const own = branches.filter(({ decisions }) => decisions[0].ace === ace.name);

        const possibly = PacketSet.unionOf(own.map(({ flows }) => flows));
        const others = PacketSet.unionOf(branches.filter((one) => !own.includes(one)).map(({ flows }) => flows));

        expect(effective.possibly.equals(possibly), `seed ${SEED} device ${i}`).to.equal(true);
        expect(possibly.subtract(others).includes(effective.surely), `seed ${SEED} device ${i}`).to.equal(true);
      });
    }
  });

  it("are surely its own only where no earlier ace may take them", () => {
    const unsure = { ...ace({}), matches: { ...MATCH_ALL, unmodeled: ["-m recent"] } };
    const compiled = compileDevice(deviceOf(aclOf([unsure, ace({ destination: "10.0.0.0/8" })])));

    const effective = effectivePackets(compiled.acls.get("acl")!, 1, budget());

    expect(effective?.surely.isEmpty).to.equal(true);
    expect(effective?.possibly.isEmpty).to.equal(false);
  });

  it("are found by an index too where a condition is negated", () => {
    const list = [{ negated: true, operands: [{ literal: parseAddressRange("10.0.0.0/8") as AddressRange }] }];
    const others = { ...ace({}), matches: { ...MATCH_ALL, source: list } };
    const many = Array.from({ length: 60 }, (_, i) => ace({ source: `10.0.0.${i}` }));
    const compiled = compileDevice(deviceOf(aclOf([...many, others])));
    const outside = parseAddressRange("192.0.2.1") as AddressRange;

    const branches = passFirst(compiled, "forward", PacketSet.fromFields({ sources: [outside] }), budget());

    expect(branches.map(({ disposition }) => disposition)).to.deep.equal(["accept"]);
  });

  it("are decided the same way without a redundant ace, and only then", () => {
    const random = new SeededRandom(SEED + 1);
    let redundant = 0;
    for (let i = 0; i < DEVICES; i++) {
      const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: false }).device();
      const acl = device.acls.find(({ name }) => name === "second") as Acl;
      if (
        JSON.stringify(acl.aces).includes('"unresolved"') ||
        acl.aces.some(({ matches }) => matches.unmodeled.length > 0)
      )
        continue;
      if (acl.aces.some(({ action }) => !["accept", "drop", "reject"].includes(action.kind))) continue;
      const compiled = compileDevice(deviceOf(acl, device), { names: KNOWN_NAMES }).acls.get("second")!;

      compiled.aces.forEach(({ ace }, position) => {
        const isSaid = isRedundant(compiled, position, budget());
        const without = { ...acl, aces: acl.aces.filter((one) => one !== ace) };

        if (isSaid)
          expect(outcomes(without, device), `seed ${SEED + 1} device ${i}`).to.deep.equal(outcomes(acl, device));
        if (isSaid) redundant++;
      });
    }
    expect(redundant).to.be.greaterThan(0);
  });
});

function checkReach(compiled: CompiledDevice, name: string, reach: AceReach, position: number, hint: string): void {
  const acl = compiled.acls.get(name)!;
  const isOrdered = acl.acl.evaluation === "first-match";
  const ends = ["accept", "drop", "reject", "translate", ...(isOrdered ? ["return", "goto"] : [])];
  const matches = acl.aces[position].matches.bounds;
  const earlier = acl.aces.slice(0, position).filter(({ ace }) => ends.includes(ace.action.kind));
  const rest = matches.possibly.subtract(PacketSet.unionOf(earlier.map((one) => one.matches.bounds.surely)));
  if (reach.kind === "unmatchable") expect(matches.possibly.isEmpty, hint).to.equal(true);
  else
    expect(reach.kind, hint).to.equal(rest.isEmpty ? (matches.possibly.isEmpty ? "unmatchable" : "shadowed") : "live");
  if (reach.kind === "live") expect(rest.contains(reach.witness), hint).to.equal(true);
  if (reach.kind === "shadowed") {
    const cover = earlier.filter(({ ace }) => reach.by.includes(ace));
    const covered = PacketSet.unionOf(cover.map((one) => one.matches.bounds.surely));
    expect(covered.includes(matches.possibly), `${hint}: the cover`).to.equal(true);
  }
}

let line = 0;

function ace(fields: { source?: string; destination?: string }): Ace {
  const list = (text: string) => [{ negated: false, operands: [{ literal: parseAddressRange(text) as AddressRange }] }];
  const matches: Matches = {
    family: "ipv4",
    ...(fields.source === undefined ? {} : { source: list(fields.source) }),
    ...(fields.destination === undefined ? {} : { destination: list(fields.destination) }),
    unmodeled: [],
  };
  return { name: "ace", enabled: true, matches, action: { kind: "accept" }, at: { file: "acl", line: ++line } };
}

function aclOf(aces: readonly Ace[]): Acl {
  const at = { file: "acl", line: 1 };
  const numbered = aces.map((one, i) => ({ ...one, name: `${i + 1}`, at: { file: "acl", line: i + 1 } }));
  return { name: "acl", aces: numbered, defaultAction: { kind: "drop" }, evaluation: "first-match", at };
}

function judge(aces: readonly Ace[], within = budget()): AceReach[] {
  const compiled = compileDevice(deviceOf(aclOf(aces)));
  return findShadowedAces(compiled, compiled.acls.get("acl")!, within);
}

function covers(reach: AceReach): number[] {
  return reach.kind === "shadowed" ? reach.by.map(({ at }) => at.line) : [];
}

function deviceOf(acl: Acl, like?: Device): Device {
  const stages: Stage[] = [{ hook: acl.name, kind: "filter", acl: acl.name }];
  return {
    name: "device",
    vendor: "test",
    acls: [acl],
    sets: like?.sets ?? [],
    interfaces: [],
    stages: { forward: stages, input: stages, output: stages },
    tracking: "none",
  };
}

function outcomes(acl: Acl, like: Device): string[] {
  const compiled = compileDevice(deviceOf(acl, like), { names: KNOWN_NAMES });
  const branches = passFirst(compiled, "forward", PacketSet.all, budget());
  return (["accept", "drop", "reject"] as const).map(
    (kind) => PacketSet.unionOf(branches.filter((one) => one.disposition === kind).map(({ flows }) => flows)).hash,
  );
}
