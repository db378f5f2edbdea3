/** Turns two devices into the packets that fare differently on them, exactly. */
import { type CompileOptions, compileDevice } from "../compile/compile-device.js";
import type { Device, Direction } from "../model/device.js";
import type { DirectionDifference } from "../model/difference.js";
import { Budget } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";
import { alongWay } from "./along-way.js";
import { type Alterations, findAlterations } from "./alterations.js";
import { branchesOf, type Fates, fatesByDiagrams, fatesOfBranches, type Way } from "./fates.js";
import { alteredChange, linesOf, listChanges } from "./list-changes.js";
import { namesOfSame } from "./same-device.js";
import { sharedDoubts } from "./shared-doubts.js";
import { type Scope, universeOf, withoutUnseen } from "./universe.js";

export interface CompareOptions extends CompileOptions {
  readonly scope: Scope;
  /** Packets that may fare differently, by the direction before the change. */
  readonly excused?: (direction: Direction) => PacketSet;
}

const DIRECTIONS: readonly Direction[] = ["input", "forward", "output"];
const STEPS = 40_000_000;

/** What changes in each direction that either device has rules for, or of those in scope. */
export function compareDevices(before: Device, after: Device, options: CompareOptions): DirectionDifference[] {
  const { scope, excused } = options;
  const universe = universeOf(before, after, scope);
  const [old, young] = [withoutUnseen(before, universe), withoutUnseen(after, universe)];
  return waysOf(old, young, options).map(({ first, second }) => {
    const way = { direction: first.direction, directionAfter: second.direction };
    const names = namesOfSame(alongWay(first), alongWay(second));
    if (names !== undefined) return { ...way, ...EQUAL, ...(names.length > 0 && { assuming: names }) };
    const packets = excused === undefined ? universe.packets : universe.packets.subtract(excused(way.direction));
    const found = compareWays(first, second, packets);
    const assuming = found.result === "undecided" ? equalAssuming(first, second, packets, options) : [];
    return { ...way, ...(assuming.length > 0 ? { ...EQUAL, assuming } : found) };
  });
}

/** What both sides leave open alike, iff they are equal however it turns out; else nothing. */
function equalAssuming(first: Way, second: Way, packets: PacketSet, options: CompileOptions): readonly string[] {
  const shared = sharedDoubts(alongWay(first), alongWay(second));
  if (shared === undefined) return [];
  for (const [old, young] of shared.outcomes()) {
    const ways = [
      { ...first, compiled: compileDevice(old, options) },
      { ...second, compiled: compileDevice(young, options) },
    ] as const;
    if (compareWays(...ways, packets).result !== "equal") return [];
  }
  return shared.texts;
}

interface Pair {
  readonly first: Way;
  readonly second: Way;
}

/** The ways to compare. */
function waysOf(before: Device, after: Device, options: CompareOptions): Pair[] {
  const [first, second] = [before, after].map((device) => compileDevice(device, options));
  if (first === undefined || second === undefined) return [];
  const own = DIRECTIONS.filter((direction) => before.stages[direction].length + after.stages[direction].length > 0);
  const pairs = options.scope.directions.length > 0 ? options.scope.directions : own.map((one) => [one, one] as const);
  return pairs.map(([from, to]) => ({
    first: { compiled: first, direction: from },
    second: { compiled: second, direction: to },
  }));
}

type Compared = Pick<DirectionDifference, "result" | "changes" | "open">;

const EQUAL: Compared = { result: "equal", changes: [], open: [] };

const UNALTERED: Alterations = { surely: [], possibly: PacketSet.none };

function compareWays(first: Way, second: Way, packets: PacketSet): Compared {
  const budget = new Budget(STEPS);
  const compare = (): Fates & Alterations => {
    const fates = fatesByDiagrams(first, second, packets, budget);
    return fates === undefined ? byBranches(first, second, packets, budget) : { ...fates, ...UNALTERED };
  };
  const found = budget.run<(Fates & Alterations) | undefined>(compare, () => undefined);
  if (found === undefined || budget.isExhausted) return { result: "undecided", changes: [], open: [] };
  const { opened, closed, surely: altered, possibly } = found;
  const changes = [
    ...listChanges("opened", opened.surely, first, second),
    ...listChanges("closed", closed.surely, first, second),
    ...altered.flatMap((one) => alteredChange(one, [first, second])),
  ];
  const isDifferent = altered.length > 0 || [opened, closed].some(({ surely }) => !surely.isEmpty);
  if (isDifferent) return { result: "different", changes, open: [] };
  const open = PacketSet.unionOf([opened.possibly, closed.possibly, possibly]);
  return { result: open.isEmpty ? "equal" : "undecided", changes: [], open: linesOf(open) };
}

function byBranches(first: Way, second: Way, packets: PacketSet, budget: Budget): Fates & Alterations {
  const [before, after] = [first, second].map((way) => ({ way, branches: branchesOf(way, packets, budget) }));
  if (before === undefined || after === undefined) throw new Error("two ways");
  return { ...fatesOfBranches(before.branches, after.branches), ...findAlterations(before, after) };
}
