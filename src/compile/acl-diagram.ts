/**
 * Whole acls as decision diagrams: `acceptedPackets` tells what one accepts at all. For a question about some packets only,
 * `passFirst` is quicker, for where two acls decide differently `compareAcls`.
 */
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import { actionOf, DiagramArena, leafOf } from "../sets/action-diagram.js";
import type { Budget } from "../sets/budget.js";
import { destinationBlock, FRAGMENT, HIGH, LOW, maximumOf, PROTOCOL, sourceBlock } from "../sets/layout.js";
import { pointOf } from "../sets/packet-point.js";
import { PacketSet } from "../sets/packet-set.js";
import { decide } from "../sets/read-diagram.js";
import { ACCEPT, type Rules, type RulesOfSides, rulesOfSides, type Side } from "./acl-rules.js";
import type { CompiledAcl } from "./compile-acl.js";
import { tellingRules } from "./telling-rules.js";

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

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
 * Everything an acl accepts. Undefined where it jumps, translates, untracks or asks for tags (`passFirst` follows those), where
 * an ace has too many boxes, and where the budget runs out.
 */
export function acceptedPackets(acl: CompiledAcl, budget: Budget): Acceptance | undefined {
  const rules = FAMILIES.map((family) => rulesOfSides(acl, family));
  const draw = () => FAMILIES.map((family, i) => drawRules(Object.values(rules[i] as RulesOfSides), family, budget));
  const [ipv4, ipv6] = rules.includes(undefined) ? [] : budget.run(draw, () => []);
  if (ipv4 === undefined || ipv6 === undefined) return undefined;
  const rootOf = ({ roots }: Diagrams, side: Side) => (side === "surely" ? roots[0] : (roots[1] ?? roots[0]));
  const of = (family: Family) => (family === "ipv4" ? ipv4 : ipv6);
  const accepting = (family: Family, side: Side): PacketSet => {
    const drawn = of(family);
    return PacketSet.fromDiagram(family, { ...drawn, root: rootOf(drawn, side) }, (action) => action === ACCEPT);
  };
  return {
    accepts: (packet, side) => {
      const { arena, levels } = of(packet.family);
      const point = pointOf(packet);
      const values = levels.map((level) => point[level]);
      return actionOf(decide(arena, rootOf(of(packet.family), side), values)) === ACCEPT;
    },
    toPacketSet: (side, own) =>
      own.run<PacketSet | undefined>(
        () => PacketSet.unionOf(FAMILIES.map((family) => accepting(family, side))),
        () => undefined,
      ),
    size: ipv4.arena.size + ipv6.arena.size,
  };
}

/** Lists of rules as diagrams over the same levels; `roots` in the order of the lists. */
export interface Diagrams {
  readonly arena: DiagramArena;
  readonly levels: readonly number[];
  readonly roots: readonly number[];
}

/** With fewer rules no order of levels is worth looking for. */
const FEW = 50;

/** Diagrams of some lists in one arena: what they have in common is built once. */
export function drawRules(lists: readonly Rules[], family: Family, budget: Budget): Diagrams {
  const tested = [...new Set(lists.flatMap(({ products }) => products.testedLevels()))].sort((a, b) => a - b);
  const kept = lists.map((list) => tellingRules(list, tested, budget));
  const levels = kept[0].length < FEW ? tested : bestOrder(lists[0], kept[0], tested, family);
  const arena = new DiagramArena(levels.map(maximumOf));
  const held = lists.map((list, i) => arena.hold(draw(arena, list, kept[i], levels)));
  return { arena, levels, roots: held.map((root) => root()) };
}

function draw(
  arena: DiagramArena,
  { products, actions, otherwise }: Rules,
  which: readonly number[],
  levels: readonly number[],
): number {
  return arena.firstOf(
    products.project(levels, which),
    Uint8Array.from(which, (i) => actions[i]),
    leafOf(otherwise),
  );
}

/** How many rules the orders are tried on: few rules tell which are hopeless, but not which is best. */
const SAMPLES = [200, 400, 800];
const HOPELESS = 1.5;

/** The order of levels in which the diagram of a sample is smallest: it is worth more than any other choice here. */
function bestOrder(rules: Rules, kept: readonly number[], tested: readonly number[], family: Family): number[] {
  let orders = ordersOf(tested, family);
  for (const most of SAMPLES) {
    const step = Math.max(1, Math.floor(kept.length / most));
    const sampled = kept.filter((_, i) => i % step === 0);
    const tried = orders.map((order) => {
      const arena = new DiagramArena(order.map(maximumOf));
      return { order, size: arena.sizeOf(draw(arena, rules, sampled, order)) };
    });
    tried.sort((a, b) => a.size - b.size);
    orders = tried.filter(({ size }) => size <= HOPELESS * tried[0].size).map(({ order }) => order);
  }
  return orders[0];
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
