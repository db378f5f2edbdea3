/** Turns packets that fare differently into changes: by the lines that decide about them on both sides. */
import type { Branch } from "../compile/branch.js";
import type { Change, SideDecision } from "../model/difference.js";
import type { Decision } from "../model/verdict.js";
import { Budget } from "../sets/budget.js";
import { describeSet } from "../sets/describe.js";
import { PacketSet } from "../sets/packet-set.js";
import { type Alteration, sentOn, type Treatment } from "./alterations.js";
import { branchesOf, type Way } from "./fates.js";

const STEPS = 40_000_000;
const STEPS_OF_LISTS = 4_000_000;
const MOST_LINES = 8;
const MOST_CHANGES = 400;

type Kind = "opened" | "closed";

/** Readable lines of a set of packets. */
export function linesOf(packets: PacketSet): string[] {
  return describeSet(packets, MOST_LINES);
}

/** The changes line by line; where that is too complex, as one change with the lines that decide its witness. */
export function listChanges(kind: Kind, packets: PacketSet, before: Way, after: Way): Change[] {
  const budget = new Budget(STEPS_OF_LISTS);
  const listed = budget.run<Change[] | undefined>(
    () => changesIn(kind, packets, before, after, budget),
    () => undefined,
  );
  const witness = packets.witness();
  if (listed !== undefined || witness === undefined) return listed ?? [];
  const one = changesIn(kind, PacketSet.fromPacket(witness), before, after, new Budget(STEPS)) ?? [];
  return one.map((change) => ({ ...change, packets: linesOf(packets) }));
}

/** The packets by the lines that decide them on both sides. */
function changesIn(kind: Kind, packets: PacketSet, before: Way, after: Way, budget: Budget): Change[] | undefined {
  if (packets.isEmpty) return [];
  const [first, second] = [before, after].map((way) => decidersOf(way, packets, budget));
  if ((first?.size ?? 0) * (second?.size ?? 0) > MOST_CHANGES) return undefined;
  const changes: Change[] = [];
  for (const [from, own] of first ?? []) {
    for (const [to, other] of second ?? []) {
      const both = own.intersect(other);
      const witness = both.witness();
      if (witness !== undefined) changes.push({ kind, packets: linesOf(both), witness, before: from, after: to });
    }
  }
  return changes;
}

/** The packets that each line decides; a packet that several lines may decide is with the first of them. */
export function decidersOf(way: Way, packets: PacketSet, budget: Budget): ReadonlyMap<SideDecision, PacketSet> {
  const found = new Map<string, { decision: SideDecision; packets: PacketSet }>();
  let rest = packets;
  for (const branch of branchesOf(way, packets, budget)) {
    const own = branch.flows.intersect(rest);
    if (own.isEmpty) continue;
    rest = rest.subtract(own);
    const decision = decisionOf(way, branch);
    const key = `${decision.at.file}:${decision.at.line}:${decision.at.column ?? ""} ${decision.disposition}`;
    const known = found.get(key);
    found.set(key, known === undefined ? { decision, packets: own } : { decision, packets: known.packets.union(own) });
  }
  return new Map([...found.values()].map((one) => [one.decision, one.packets]));
}

// What stops a packet is the last to judge it; what lets it through is the last rule that says so, else the last default.
function decisionOf({ compiled: { device, at }, direction }: Way, { decisions, disposition }: Branch): SideDecision {
  const filters = new Set(device.stages[direction].filter(({ kind }) => kind === "filter").map(({ hook }) => hook));
  const judged: readonly Decision[] = decisions.filter(({ hook }) => filters.has(hook));
  const last = judged.at(-1);
  const decider = disposition === "accept" ? (judged.findLast(({ ace }) => ace !== undefined) ?? last) : last;
  if (decider === undefined) return { disposition, at };
  return { disposition, at: decider.at, ...(decider.ace === undefined ? {} : { ace: decider.ace }) };
}

/** Packets that are sent on differently, as a change. */
export function alteredChange({ packets, before, after }: Alteration, ways: readonly [Way, Way]): Change[] {
  const witness = packets.witness();
  if (witness === undefined) return [];
  const one = PacketSet.fromPacket(witness);
  const side = (treatment: Treatment, way: Way): SideDecision => ({
    ...translatingDecision(way, treatment, one),
    becomes: linesOf(sentOn(treatment, packets)),
  });
  const sides = { before: side(before, ways[0]), after: side(after, ways[1]) };
  return [{ kind: "altered", packets: linesOf(packets), witness, ...sides }];
}

/** The line that translates a packet, else the one that accepts it. */
function translatingDecision(way: Way, { branches }: Treatment, packet: PacketSet): SideDecision {
  const branch = branches.find(({ flows }) => flows.overlaps(packet)) as Branch;
  const stages = way.compiled.device.stages[way.direction];
  const [translation] = branch.translations;
  const hook = translation === undefined ? undefined : stages[translation.stage]?.hook;
  const decision = branch.decisions.find((one) => one.hook === hook);
  if (decision === undefined) return decisionOf(way, branch);
  return { disposition: "accept", at: decision.at, ...(decision.ace === undefined ? {} : { ace: decision.ace }) };
}
