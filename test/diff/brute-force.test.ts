import { expect } from "chai";
import { type FlowEvaluation, prepareEvaluation } from "../../src/compile/evaluate-flow.js";
import { compareDevices } from "../../src/diff/compare-devices.js";
import { universeOf } from "../../src/diff/universe.js";
import type { Ace } from "../../src/model/acl.js";
import type { Device, Direction } from "../../src/model/device.js";
import type { Packet } from "../../src/model/flow.js";
import { DeviceMaker, KNOWN_NAMES, randomPacket } from "../compile/random-device.js";
import { SeededRandom } from "../seeded-random.js";

const DEVICES = Number(process.env["FLOWPROOF_DIFF_DEVICES"] ?? 200);
const PACKETS = 60;
const SEED = Number(process.env["FLOWPROOF_SEED"] ?? 20240616);
const options = { names: KNOWN_NAMES, scope: { directions: [] } };
const DIRECTION: Direction = "forward";

/** The device on one way only, so that each difference is told once. */
function forwarding(device: Device): Device {
  return { ...device, stages: { forward: device.stages.forward, input: [], output: [] } };
}

/** The device without anything that packets do not decide. */
function certain(device: Device): Device {
  const keys = new Set(["unresolved", "fqdn", "requested"]);
  const isOpen = (value: unknown) =>
    typeof value === "object" &&
    value !== null &&
    ("unresolved" in value ||
      ("literal" in value && Object.keys(value.literal as object).some((key) => keys.has(key))));
  const text = JSON.stringify(device, (key, value: unknown) => {
    if (key === "unmodeled") return [];
    if (key === "action" && (value as Ace["action"]).kind === "unknown") return { kind: "pass" };
    if (key === "action" && (value as { acl?: string }).acl === "nowhere") return { kind: "accept" };
    return Array.isArray(value) ? value.filter((item) => !isOpen(item)) : value;
  });
  return JSON.parse(
    text
      .replaceAll(/"(nets|services|tuples)2"/g, (_, name: string) => `"${name}0"`)
      .replaceAll('"missing"', '"second"'),
  ) as Device;
}

/** A change as people make it: of a few rules. */
function changed(device: Device, random: SeededRandom): Device {
  const asked = device.stages.forward.map(({ acl }) => acl);
  const target = random.chance(0.7) ? random.pick(asked) : random.pick(device.acls).name;
  const change = random.pick([dropOne, dropOne, swapTwo, turnOne, turnOne, repeatOne, keepAll]);
  const acls = device.acls.map((acl) => (acl.name === target ? { ...acl, aces: change(acl.aces, random) } : acl));
  return { ...device, acls };
}

type Edit = (aces: readonly Ace[], random: SeededRandom) => readonly Ace[];

const keepAll: Edit = (aces) => aces.map((ace) => ({ ...ace, at: { ...ace.at, line: ace.at.line + 100 } }));
const dropOne: Edit = (aces, random) => aces.toSpliced(random.below(aces.length + 1), 1);
const repeatOne: Edit = (aces, random) => (aces.length === 0 ? aces : [...aces, random.pick(aces)]);
const swapTwo: Edit = (aces, random) => {
  const at = random.below(Math.max(1, aces.length - 1));
  return [...aces.slice(0, at), ...aces.slice(at, at + 2).reverse(), ...aces.slice(at + 2)];
};
const turnOne: Edit = (aces, random) => {
  const at = random.below(aces.length + 1);
  return aces.map((ace, i) => {
    const { kind } = ace.action;
    if (i !== at || !(kind === "accept" || kind === "drop")) return ace;
    return { ...ace, action: { kind: kind === "accept" ? "drop" : "accept" } as const };
  });
};

/** What becomes of a packet, iff that is certain: undefined, or how it leaves; no such packet where it is stopped. */
function certainFate({ outcomes, ends }: FlowEvaluation): string | undefined {
  const accepts = outcomes.filter((outcome) => outcome === "accept").length;
  if (accepts > 0 && outcomes.length > accepts) return undefined;
  if (accepts === 0) return "stopped";
  const texts = new Set(ends.map((end) => JSON.stringify(sentOn(end))));
  return texts.size === 1 ? [...texts][0] : undefined;
}

function sentOn({ source, destination, sourcePort, destinationPort, state }: Packet) {
  return { source, destination, sourcePort, destinationPort, isUntracked: state === "untracked" };
}

describe(`a difference and brute force (seed ${SEED}, ${DEVICES} pairs)`, () => {
  it("is what the slow evaluator sees: no packet fares otherwise where they are equal, and every witness does", () => {
    const random = new SeededRandom(SEED);
    const counts = { equal: 0, different: 0, undecided: 0 };
    for (let i = 0; i < DEVICES; i++) {
      const made = forwarding(new DeviceMaker(random, { hasChoices: false, hasEarlyFilters: true }).device());
      const before = random.chance(0.6) ? certain(made) : made;
      const after = changed(before, random);
      const universe = universeOf(before, after, options.scope).packets;
      const [difference] = compareDevices(before, after, options);
      const [first, second] = [before, after].map((device) => prepareEvaluation(device, options));
      const fates = (packet: Packet) =>
        [first, second].map((one) => certainFate((one as typeof first)!.evaluate({ direction: DIRECTION, packet })));
      const hint = `seed ${SEED} pair ${i}`;
      counts[difference!.result]++;
      for (let j = 0; j < PACKETS; j++) {
        const packet = randomPacket(random);
        const [was, is] = fates(packet);
        if (!universe.contains(packet) || was === undefined || is === undefined || was === is) continue;
        const isStopped = was === "stopped" || is === "stopped";
        const wrong = isStopped ? ["equal", "undecided"] : ["equal"];
        expect(wrong, `${hint} packet ${j}: ${was} / ${is}`).to.not.include(difference!.result);
      }
      for (const { kind, witness } of difference!.changes) {
        const [was, is] = fates(witness);
        if (kind === "opened") expect([was, is === "stopped"], `${hint} opened`).to.deep.equal(["stopped", false]);
        if (kind === "closed") expect([was === "stopped", is], `${hint} closed`).to.deep.equal([false, "stopped"]);
        if (kind === "altered") expect(was, `${hint} altered`).to.not.equal(is);
      }
    }
    expect(Math.min(...Object.values(counts)), JSON.stringify(counts)).to.be.greaterThan(DEVICES / 60);
  });
});
