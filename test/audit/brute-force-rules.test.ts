import { expect } from "chai";
import { auditDevice } from "../../src/audit/audit-device.js";
import { CHECKS } from "../../src/audit/registry.js";
import { AclEvaluation, askAll, type Ending, prepareAcl } from "../../src/compile/evaluate-acl.js";
import { MatchReader } from "../../src/compile/evaluate-match.js";
import { travellerOf } from "../../src/compile/evaluate-packet.js";
import type { Reason } from "../../src/model/allow-list.js";
import type { Device } from "../../src/model/device.js";
import type { Finding } from "../../src/model/finding.js";
import type { Packet } from "../../src/model/flow.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { DeviceMaker, KNOWN_NAMES, randomPacket } from "../compile/random-device.js";
import { SeededRandom } from "../seeded-random.js";

const DEVICES = Number(process.env["FLOWPROOF_AUDIT_DEVICES"] ?? 150);
const PACKETS = 60;
const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20240617);
const options = { names: KNOWN_NAMES };

/** A random device that asks one acl, of any evaluation and with jumps, on one way. */
function oneStage(random: SeededRandom): Device {
  const device = new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: false }).device();
  const stages = [{ hook: "filter", kind: "filter", acl: "filter" } as const];
  return { ...device, stages: { forward: stages, input: [], output: [] } };
}

/** The slow evaluator, asked about single rules. */
class Rules {
  readonly #reader: MatchReader;
  readonly #acls;

  constructor(readonly device: Device) {
    this.#reader = new MatchReader(device.sets, options);
    this.#acls = new Map(device.acls.map((acl) => [acl.name, prepareAcl(acl, this.#reader, askAll)]));
  }

  endings(packet: Packet): readonly Ending[] {
    const at = { file: "device", line: 1 };
    return new AclEvaluation(this.#acls).run("filter", at, { ...travellerOf(packet), tag: 0 });
  }

  /** True iff the rule on the line surely does not match the packet, whatever its tag. */
  isRefused(packet: Packet, line: number): boolean {
    const aces = this.device.acls.flatMap(({ aces }) => aces).filter(({ at }) => at.line === line);
    return aces.every(
      ({ matches, at }) => this.#reader.testOf(matches, at)({ ...travellerOf(packet), tag: 0 }, []) === "no",
    );
  }
}

function find(device: Device, id: string, more = {}): readonly Finding[] {
  return auditDevice(
    device,
    CHECKS.filter((check) => check.id === id),
    { ...options, ...more },
  ).findings;
}

describe(`what an audit says of single rules and brute force (seed ${SEED}, ${DEVICES} devices)`, () => {
  it("calls no rule shadowed that decides about some packet, nor unmatchable if it may match one", () => {
    const random = new SeededRandom(SEED);
    let told = 0;
    for (let i = 0; i < DEVICES; i++) {
      const device = oneStage(random);
      const rules = new Rules(device);
      const packets = Array.from({ length: PACKETS }, () => randomPacket(random));
      for (const { subject, witness } of find(device, "shadowed-ace")) {
        told++;
        const hint = `seed ${SEED} device ${i} line ${subject.line}`;
        const deciding = packets.flatMap((packet) => rules.endings(packet).map(({ at }) => at.line));
        expect(deciding, hint).to.not.include(subject.line);
        if (witness !== undefined) {
          const lines = rules.endings(witness).map(({ at }) => at.line);
          expect(lines, `${hint} witness`).to.not.include(subject.line);
        }
      }
      for (const { subject } of find(device, "unmatchable-ace")) {
        told++;
        const matched = packets.filter((packet) => !rules.isRefused(packet, subject.line));
        expect(matched, `seed ${SEED} device ${i} line ${subject.line} unmatchable`).to.have.length(0);
      }
    }
    expect(told).to.be.greaterThan(DEVICES / 2);
  });

  const reason: Reason = { requirement: "N", from: "a", to: "b", purpose: "", at: { file: "needs", line: 1 } };
  const everything = { input: PacketSet.all, forward: PacketSet.all, output: PacketSet.all };

  /** Equal for packets of connections that differ in nothing that makes a rule too wide. */
  function connectionOf({
    family,
    source,
    destination,
    protocol,
    destinationPort,
    icmpType,
    tag,
  }: Packet & { tag?: number }): string {
    return JSON.stringify([family, source, destination, protocol, destinationPort, icmpType, tag ?? 0]);
  }

  it("calls a rule too wide iff it surely accepts a packet that begins a connection nobody needs", () => {
    const random = new SeededRandom(SEED + 1);
    let told = 0;
    let quiet = 0;
    for (let i = 0; i < DEVICES; i++) {
      const device = { ...oneStage(random), tracking: "implicit" as const };
      const rules = new Rules(device);
      const ordinary = () => ({ ...randomPacket(random), state: "new" as const, fragment: "first-or-whole" as const });
      const packets = Array.from({ length: PACKETS }, ordinary).filter(isOrdinary);
      const needed = packets.slice(0, PACKETS / 2);
      const needs = needed.map((packet) => ({
        ...{ direction: "forward" as const, packets: PacketSet.fromPacket(packet), reason },
      }));
      const found = find(device, "over-permissive", { demand: { needs, possible: everything } });
      const lines = new Set(found.map(({ subject }) => subject.line));
      const hint = `seed ${SEED + 1} device ${i}`;
      for (const { subject, witness } of found) {
        told++;
        const { endings, isSure } = decided(rules, witness as Packet, subject.line);
        expect(isSure, `${hint} line ${subject.line}: ${JSON.stringify(endings)}`).to.equal(true);
        // The same connection by another interface may be another rule's.
        const served = needed.filter((packet) => rules.endings(packet).some(({ at }) => at.line === subject.line));
        expect(served.map(connectionOf), hint).to.not.include(connectionOf(witness as Packet));
      }
      const known = new Set(needed.map(connectionOf));
      if (changesPackets(device)) continue;
      for (const packet of packets) {
        const [ending] = rules.endings(packet);
        if (ending?.ace === undefined || known.has(connectionOf(packet))) continue;
        if (ending.outcome.kind !== "accept" || !decided(rules, packet, ending.at.line).isSure) continue;
        quiet++;
        expect(lines.has(ending.at.line), `${hint} accepts by line ${ending.at.line}`).to.equal(true);
      }
    }
    expect(Math.min(told, quiet)).to.be.greaterThan(DEVICES / 3);
  });

  /** A rule that packets reach changed is not about packets that begin connections. */
  function changesPackets({ acls }: Device): boolean {
    return acls.some(({ aces }) => aces.some(({ action }) => action.kind === "notrack" || action.kind === "tag"));
  }

  function isOrdinary({ ingressInterface, egressInterface }: Packet): boolean {
    return ingressInterface !== "lo" && egressInterface !== "lo";
  }

  /** True iff the rule on the line alone decides about the packet, and accepts it. */
  function decided(rules: Rules, packet: Packet, line: number) {
    const endings = rules.endings(packet).map(({ at, outcome }) => `${at.line} ${outcome.kind}`);
    return { endings, isSure: endings.length > 0 && endings.every((ending) => ending === `${line} accept`) };
  }
});
