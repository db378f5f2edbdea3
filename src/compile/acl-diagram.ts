/**
 * Whole acls as decision diagrams: what one accepts at all (`acceptedPackets`), and where two decide differently
 * (`compareAcls`). For a question about some packets only, `passFirst` is quicker.
 */
import type { Ace } from "../model/acl.js";
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import { actionOf, DiagramArena, leafOf, unpair } from "../sets/action-diagram.js";
import type { Bounds } from "../sets/bounds.js";
import type { Budget } from "../sets/budget.js";
import { CoverSearch } from "../sets/cover.js";
import { destinationBlock, FRAGMENT, HIGH, LOW, maximumOf, PROTOCOL, sourceBlock } from "../sets/layout.js";
import { pointOf } from "../sets/packet-point.js";
import { PacketSet } from "../sets/packet-set.js";
import { AceBoxTable } from "./ace-boxes.js";
import type { CompiledAcl } from "./compile-acl.js";
import { type LevelTable, wholeBox } from "./level-table.js";

const STOP = 0;
const ACCEPT = 1;
const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

/** `surely`: where in doubt, packets are stopped; `possibly`: where in doubt, they are accepted. */
type Side = "surely" | "possibly";

/** What an acl accepts, as a diagram. */
export interface Acceptance {
  /** True iff the packet is accepted: for `surely` whatever the doubts turn out to be, for `possibly` for some outcome. */
  accepts(packet: Packet, side: Side): boolean;
  /** The accepted packets as a set of the usual kind, which may be much larger than the diagram: hence the budget. */
  toPacketSet(side: Side, budget: Budget): PacketSet | undefined;
  /** Edges of the diagrams. */
  readonly size: number;
}

/**
 * Everything an acl accepts. Undefined where it jumps, translates, untracks or asks for tags (`passFirst` follows those), where an ace has
 * too many boxes, and where the budget runs out.
 */
export function acceptedPackets(acl: CompiledAcl, budget: Budget): Acceptance | undefined {
  const found = budget.run(
    () => FAMILIES.map((family) => diagramsOf([acl], family, budget)),
    () => [undefined],
  );
  const [ipv4, ipv6] = found;
  if (ipv4 === undefined || ipv6 === undefined) return undefined;
  const of = (family: Family) => (family === "ipv4" ? ipv4 : ipv6);
  const accepting = (family: Family, side: Side): PacketSet => {
    const { arena, levels, roots } = of(family);
    const boxes: Uint32Array[] = [];
    arena.forEachBox(roots[0][side], (box, action) => {
      if (action === ACCEPT) boxes.push(wholeBox(box, levels));
    });
    return PacketSet.fromLevelBoxes(family, boxes);
  };
  return {
    accepts: (packet, side) => {
      const { arena, levels, roots } = of(packet.family);
      const point = pointOf(packet);
      return (
        actionOf(
          arena.decide(
            roots[0][side],
            levels.map((level) => point[level]),
          ),
        ) === ACCEPT
      );
    },
    toPacketSet: (side, own) =>
      own.run<PacketSet | undefined>(
        () => PacketSet.unionOf(FAMILIES.map((family) => accepting(family, side))),
        () => undefined,
      ),
    size: ipv4.arena.size + ipv6.arena.size,
  };
}

/** The packets whose fate differs between two acls. */
export interface AclDifference {
  /** Stopped by the first, accepted by the second. */
  readonly opened: Bounds;
  /** Accepted by the first, stopped by the second. */
  readonly closed: Bounds;
}

/** Where two acls decide differently, exactly; undefined as for `acceptedPackets`. */
export function compareAcls(first: CompiledAcl, second: CompiledAcl, budget: Budget): AclDifference | undefined {
  const compare = (): AclDifference | undefined => {
    const parts = FAMILIES.map((family) => differencesOf(first, second, family, budget));
    if (parts.some((part) => part === undefined)) return undefined;
    const all = (pick: (part: Differences) => PacketSet) =>
      PacketSet.unionOf(parts.map((part) => pick(part as Differences)));
    return {
      opened: { surely: all((part) => part.cautious.opened), possibly: all((part) => part.generous.opened) },
      closed: { surely: all((part) => part.generous.closed), possibly: all((part) => part.cautious.closed) },
    };
  };
  return budget.run<AclDifference | undefined>(compare, () => undefined);
}

interface Difference {
  readonly opened: PacketSet;
  readonly closed: PacketSet;
}

interface Differences {
  /** Of what the first possibly and the second surely accepts. */
  readonly cautious: Difference;
  /** Of what the first surely and the second possibly accepts. */
  readonly generous: Difference;
}

function differencesOf(a: CompiledAcl, b: CompiledAcl, family: Family, budget: Budget): Differences | undefined {
  const diagrams = diagramsOf([a, b], family, budget);
  if (diagrams === undefined) return undefined;
  const { arena, levels, roots } = diagrams;
  const between = (first: number, second: number): Difference => {
    const opened: Uint32Array[] = [];
    const closed: Uint32Array[] = [];
    arena.forEachBox(arena.difference(first, second), (box, pair) => {
      (unpair(pair)[1] === ACCEPT ? opened : closed).push(wholeBox(box, levels));
    });
    return { opened: PacketSet.fromLevelBoxes(family, opened), closed: PacketSet.fromLevelBoxes(family, closed) };
  };
  const cautious = between(roots[0].possibly, roots[1].surely);
  const isExact = roots.every(({ surely, possibly }) => surely === possibly);
  return { cautious, generous: isExact ? cautious : between(roots[0].surely, roots[1].possibly) };
}

interface Diagrams {
  readonly arena: DiagramArena;
  readonly levels: readonly number[];
  readonly roots: readonly Readonly<Record<Side, number>>[];
}

/** Diagrams of several acls in one arena: what they have in common is built once. */
function diagramsOf(acls: readonly CompiledAcl[], family: Family, budget: Budget): Diagrams | undefined {
  const rules = acls.map((acl) => ({
    surely: rulesOf(acl, family, "surely"),
    possibly: acl.isExact ? undefined : rulesOf(acl, family, "possibly"),
  }));
  const lists = rules.flatMap(({ surely, possibly }) => (possibly === undefined ? [surely] : [surely, possibly]));
  if (lists.some((list) => list === undefined)) return undefined;
  const levels = bestOrder(lists as Rules[], family);
  const arena = new DiagramArena(levels.map(maximumOf));
  const held = (lists as Rules[]).map((list) => arena.hold(build(arena, list, levels, budget)));
  let next = 0;
  const roots = rules.map(({ possibly }) => {
    const surely = held[next++];
    return possibly === undefined ? { surely, possibly: surely } : { surely, possibly: held[next++] };
  });
  return { arena, levels, roots: roots.map(({ surely, possibly }) => ({ surely: surely(), possibly: possibly() })) };
}

/** Boxes with what is done to packets in them, the first box that holds a packet deciding. */
interface Rules {
  readonly table: LevelTable;
  /** By box: its number in the table. */
  readonly boxes: readonly number[];
  readonly actions: readonly number[];
  readonly otherwise: number;
}

function rulesOf(acl: CompiledAcl, family: Family, side: Side): Rules | undefined {
  const table = new AceBoxTable(family);
  const boxes: number[] = [];
  const actions: number[] = [];
  const otherwise = effectOf(acl.acl.defaultAction, acl, side);
  for (const compiled of acl.aces) {
    const effect = effectOf(compiled.ace.action, acl, side);
    // the diagram holds every tag, packets that come to the acl do not
    if (effect === "unsupported" || compiled.ace.matches.tags !== undefined) return undefined;
    if (effect === "none") continue;
    const { surely, possibly } = table.add(compiled);
    // A doubtful ace has its effect exactly where that is the side's own choice.
    const own = (effect === ACCEPT) === (side === "possibly") ? possibly : surely;
    const unknown = compiled.ace.action.kind === "unknown" ? possibly : own;
    if (unknown === undefined) return undefined;
    for (let box = unknown.from; box < unknown.to; box++) {
      boxes.push(box);
      actions.push(effect);
    }
  }
  return otherwise === "unsupported"
    ? undefined
    : { table: table.boxes, boxes, actions, otherwise: otherwise === "none" ? ACCEPT : otherwise };
}

function effectOf(action: Ace["action"], { acl }: CompiledAcl, side: Side): number | "none" | "unsupported" {
  switch (action.kind) {
    case "accept":
      return ACCEPT;
    case "drop":
    case "reject":
      return STOP;
    case "pass":
      return "none";
    case "return": {
      if (acl.evaluation !== "first-match" || acl.defaultAction === action) return "none";
      if (acl.defaultAction.kind === "return") return ACCEPT;
      const end = effectOf(acl.defaultAction, { acl } as CompiledAcl, side);
      return end === "none" ? ACCEPT : end;
    }
    case "unknown":
      if (side === "possibly") return ACCEPT;
      return acl.evaluation === "any-accept" ? "none" : STOP;
    default:
      return "unsupported";
  }
}

function build(
  arena: DiagramArena,
  { table, boxes, actions, otherwise }: Rules,
  levels: readonly number[],
  budget: Budget,
): number {
  const projected = table.project(levels, boxes);
  const width = 2 * levels.length;
  const owners = Int32Array.from(boxes.keys());
  const search = new CoverSearch({ dimensions: levels.length, boxes: projected, owners });
  const kept = owners.filter((i) => search.judge(i, projected, i * width, 1, budget).kind !== "covered");
  const decided = arena.firstOf(
    table.project(
      levels,
      kept.map((i) => boxes[i]),
    ),
    Uint8Array.from(kept, (i) => actions[i]),
  );
  return arena.over(decided, leafOf(otherwise));
}

const SAMPLE = 400;
const FEW = 50;

/** The order of levels that makes a sample of the rules smallest: it is worth more than any other choice here. */
function bestOrder(lists: readonly Rules[], family: Family): number[] {
  const tested = [...new Set(lists.flatMap(({ table }) => table.testedLevels()))].sort((a, b) => a - b);
  const { table, boxes, actions } = lists[0];
  if (boxes.length < FEW) return tested;
  const step = Math.max(1, Math.floor(boxes.length / SAMPLE));
  const sampled = [...boxes.keys()].filter((i) => i % step === 0);
  let best = tested;
  let least = Number.POSITIVE_INFINITY;
  for (const order of ordersOf(tested, family)) {
    const arena = new DiagramArena(order.map(maximumOf));
    arena.firstOf(
      table.project(
        order,
        sampled.map((i) => boxes[i]),
      ),
      Uint8Array.from(sampled, (i) => actions[i]),
    );
    if (arena.size < least) {
      least = arena.size;
      best = order;
    }
  }
  return best;
}

function ordersOf(tested: readonly number[], family: Family): number[][] {
  const blocks = { destination: destinationBlock(family), source: sourceBlock(family) };
  const levelsOf = ({ first, words }: { first: number; words: number }) =>
    Array.from({ length: words }, (_, i) => first + i);
  const [p, h, l, d, s] = [[PROTOCOL, FRAGMENT], [HIGH], [LOW], levelsOf(blocks.destination), levelsOf(blocks.source)];
  const orders = [
    [d, s, h, l, p],
    [p, d, s, h, l],
    [p, s, d, h, l],
    [p, l, h, d, s],
    [p, h, d, s, l],
  ].map((groups) => groups.flat());
  const others = tested.filter((level) => !orders[0].includes(level));
  return orders.map((order) => [...order.filter((level) => tested.includes(level)), ...others]);
}
