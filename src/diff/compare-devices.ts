/** Turns two devices into the packets that fare differently on them, exactly. */
import { compareAcls } from "../compile/acl-diagram.js";
import { type Branch, possiblyAccepted, surelyAccepted } from "../compile/branch.js";
import { type CompiledDevice, type CompileOptions, compileDevice } from "../compile/compile-device.js";
import { passFirst } from "../compile/pass-device.js";
import type { Acl } from "../model/acl.js";
import type { Family } from "../model/address.js";
import type { Device, Direction, Stage } from "../model/device.js";
import type { Change, DirectionDifference, SideDecision } from "../model/difference.js";
import type { Decision } from "../model/verdict.js";
import type { Bounds } from "../sets/bounds.js";
import { Budget } from "../sets/budget.js";
import { describeSet } from "../sets/describe.js";
import { PacketSet } from "../sets/packet-set.js";

/** The packets whose fate is compared: all, or where a side does not look at states those that begin connections. */
export interface Universe {
  readonly packets: PacketSet;
  readonly name: string;
}

const NEW: Universe = { packets: PacketSet.fromFields({ states: ["new"] }), name: "packets that begin connections" };
const ALL: Universe = { packets: PacketSet.all, name: "packets of every connection state" };
const DIRECTIONS: readonly Direction[] = ["input", "forward", "output"];
const STEPS = 40_000_000;
const STEPS_OF_LISTS = 4_000_000;
const MOST_LINES = 8;
const MOST_CHANGES = 400;

/**
 * States are compared iff both sides look at them; a family of addresses iff the exports of some side speak of it. A device
 * of which the exports of one family are missing may do anything to it, and it may still be the same.
 */
export function universeOf(before: Device, after: Device): Universe {
  const { packets, name } = before.tracking === "explicit" && after.tracking === "explicit" ? ALL : NEW;
  const unseen = unseenFamilies(before).filter((family) => unseenFamilies(after).includes(family));
  return unseen.reduce<Universe>(
    (all, family) => ({
      packets: all.packets.subtract(PacketSet.fromFields({ family })),
      name: `${all.name}, except ${family === "ipv4" ? "IPv4" : "IPv6"}, of which no export speaks`,
    }),
    { packets, name },
  );
}

/** Families for which a stage stands that only says that their export is not there. */
function unseenFamilies({ acls }: Device): Family[] {
  return acls.flatMap((acl) => {
    const family = unseenFamily(acl);
    return family === undefined ? [] : [family];
  });
}

function unseenFamily({ aces }: Acl): Family | undefined {
  const [ace] = aces;
  const stands = aces.length === 1 && ace?.isImplied === true && ace.action.kind === "unknown";
  return stands ? ace.matches.family : undefined;
}

/** The device without the stages that speak of no packet of the universe. */
function withoutUnseen(device: Device, { packets }: Universe): Device {
  const isIdle = ({ acl: name }: Stage) => {
    const acl = device.acls.find((one) => one.name === name);
    const family = acl === undefined ? undefined : unseenFamily(acl);
    return family !== undefined && !packets.overlaps(PacketSet.fromFields({ family }));
  };
  const of = (direction: Direction) => device.stages[direction].filter((stage) => !isIdle(stage));
  return { ...device, stages: { input: of("input"), forward: of("forward"), output: of("output") } };
}

/** What changes in each direction that either device has rules for. */
export function compareDevices(before: Device, after: Device, options: CompileOptions = {}): DirectionDifference[] {
  const universe = universeOf(before, after);
  const [first, second] = [before, after].map((device) => compileDevice(withoutUnseen(device, universe), options));
  if (first === undefined || second === undefined) return [];
  const directions = DIRECTIONS.filter(
    (direction) => before.stages[direction].length + after.stages[direction].length > 0,
  );
  return directions.map((direction) => compareDirection(first, second, direction, universe));
}

interface Accepted {
  readonly opened: Bounds;
  readonly closed: Bounds;
}

function compareDirection(
  before: CompiledDevice,
  after: CompiledDevice,
  direction: Direction,
  { packets }: Universe,
): DirectionDifference {
  const budget = new Budget(STEPS);
  const compare = () =>
    byDiagrams(before, after, direction, packets, budget) ?? bySets(before, after, direction, packets, budget);
  const found = budget.run<Accepted | undefined>(compare, () => undefined);
  if (found === undefined) return { direction, result: "undecided", changes: [], open: [] };
  const { opened, closed } = found;
  const changes = [
    ...listChanges("opened", opened.surely, before, after, direction),
    ...listChanges("closed", closed.surely, before, after, direction),
  ];
  if (!opened.surely.isEmpty || !closed.surely.isEmpty) return { direction, result: "different", changes, open: [] };
  const open = opened.possibly.union(closed.possibly);
  return { direction, result: open.isEmpty ? "equal" : "undecided", changes: [], open: describeSet(open, MOST_LINES) };
}

/** Where each side is one acl without jumps, whole acls are compared at once. */
function byDiagrams(
  before: CompiledDevice,
  after: CompiledDevice,
  direction: Direction,
  packets: PacketSet,
  budget: Budget,
): Accepted | undefined {
  const [first, second] = [before, after].map(({ device, acls }) => {
    const [stage, ...more] = device.stages[direction];
    return stage === undefined || more.length > 0 || stage.kind !== "filter" ? undefined : acls.get(stage.acl);
  });
  if (first === undefined || second === undefined) return undefined;
  const found = compareAcls(first, second, budget);
  if (found === undefined) return undefined;
  const within = ({ surely, possibly }: Bounds) => ({
    surely: surely.intersect(packets),
    possibly: possibly.intersect(packets),
  });
  return { opened: within(found.opened), closed: within(found.closed) };
}

function bySets(
  before: CompiledDevice,
  after: CompiledDevice,
  direction: Direction,
  packets: PacketSet,
  budget: Budget,
): Accepted {
  const [a, b] = [before, after].map((compiled) => {
    const branches = passFirst(compiled, direction, packets, budget);
    return { surely: surelyAccepted(branches), possibly: possiblyAccepted(branches) };
  }) as [Bounds, Bounds];
  return {
    opened: { surely: b.surely.subtract(a.possibly), possibly: b.possibly.subtract(a.surely) },
    closed: { surely: a.surely.subtract(b.possibly), possibly: a.possibly.subtract(b.surely) },
  };
}

/** The changes line by line; where that is too complex, as one change with the lines that decide its witness. */
function listChanges(
  kind: Change["kind"],
  packets: PacketSet,
  before: CompiledDevice,
  after: CompiledDevice,
  direction: Direction,
): Change[] {
  const budget = new Budget(STEPS_OF_LISTS);
  const listed = budget.run<Change[] | undefined>(
    () => changesIn(kind, packets, before, after, direction, budget),
    () => undefined,
  );
  const witness = packets.witness();
  if (listed !== undefined || witness === undefined) return listed ?? [];
  const one = changesIn(kind, PacketSet.fromPacket(witness), before, after, direction, new Budget(STEPS)) ?? [];
  return one.map((change) => ({ ...change, packets: describeSet(packets, MOST_LINES) }));
}

/** The packets by the lines that decide them on both sides. */
function changesIn(
  kind: Change["kind"],
  packets: PacketSet,
  before: CompiledDevice,
  after: CompiledDevice,
  direction: Direction,
  budget: Budget,
): Change[] | undefined {
  if (packets.isEmpty) return [];
  const [first, second] = [before, after].map((compiled) => decidersOf(compiled, direction, packets, budget));
  if ((first?.size ?? 0) * (second?.size ?? 0) > MOST_CHANGES) return undefined;
  const changes: Change[] = [];
  for (const [from, own] of first ?? []) {
    for (const [to, other] of second ?? []) {
      const both = own.intersect(other);
      const witness = both.witness();
      if (witness !== undefined)
        changes.push({ kind, packets: describeSet(both, MOST_LINES), witness, before: from, after: to });
    }
  }
  return changes;
}

/** The packets that each line decides; a packet that several lines may decide is with the first of them. */
function decidersOf(
  compiled: CompiledDevice,
  direction: Direction,
  packets: PacketSet,
  budget: Budget,
): ReadonlyMap<SideDecision, PacketSet> {
  const found = new Map<string, { decision: SideDecision; packets: PacketSet }>();
  let rest = packets;
  for (const branch of passFirst(compiled, direction, packets, budget)) {
    const own = branch.flows.intersect(rest);
    if (own.isEmpty) continue;
    rest = rest.subtract(own);
    const decision = decisionOf(compiled, branch);
    const key = `${decision.at.file}:${decision.at.line}:${decision.at.column ?? ""} ${decision.disposition}`;
    const known = found.get(key);
    found.set(key, known === undefined ? { decision, packets: own } : { decision, packets: known.packets.union(own) });
  }
  return new Map([...found.values()].map((one) => [one.decision, one.packets]));
}

// What stops a packet is the last to judge it; what lets it through is the last rule that says so, else the last default.
function decisionOf({ device, at }: CompiledDevice, { decisions, disposition, direction }: Branch): SideDecision {
  const filters = new Set(device.stages[direction].filter(({ kind }) => kind === "filter").map(({ hook }) => hook));
  const judged: readonly Decision[] = decisions.filter(({ hook }) => filters.has(hook));
  const last = judged.at(-1);
  const decider = disposition === "accept" ? (judged.findLast(({ ace }) => ace !== undefined) ?? last) : last;
  if (decider === undefined) return { disposition, at };
  return { disposition, at: decider.at, ...(decider.ace === undefined ? {} : { ace: decider.ace }) };
}
