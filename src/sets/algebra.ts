/** The Boolean algebra of diagrams: memoised, canonical, never deeper than the number of levels. */
import { chargeWork } from "./budget.js";
import { EMPTY, FULL, type Node, NodeBuilder, whenSwept } from "./node.js";

const FIRST_SLOTS = 1 << 10;
const LAST_SLOTS = 1 << 19;

/**
 * Results of one binary operation by its operands, a newer one replacing the older in its slot: what is forgotten is only
 * computed again, and nothing is allocated for what is remembered. Grows with use.
 */
class Memo<T> {
  #first = new Int32Array(FIRST_SLOTS);
  #second = new Int32Array(FIRST_SLOTS);
  #results = new Array<T | undefined>(FIRST_SLOTS).fill(undefined);
  #stored = 0;

  constructor() {
    whenSwept(() => this.#resize(FIRST_SLOTS));
  }

  get(a: Node, b: Node): T | undefined {
    const slot = this.#slotOf(a, b);
    return this.#first[slot] === a.id && this.#second[slot] === b.id ? this.#results[slot] : undefined;
  }

  set(a: Node, b: Node, result: T): T {
    if (++this.#stored > this.#first.length && this.#first.length < LAST_SLOTS) this.#resize(4 * this.#first.length);
    const slot = this.#slotOf(a, b);
    this.#first[slot] = a.id;
    this.#second[slot] = b.id;
    this.#results[slot] = result;
    return result;
  }

  #slotOf(a: Node, b: Node): number {
    const hash = Math.imul(a.id, 0x2c1b3c6d) ^ Math.imul(b.id, 0x297a2d39);
    return (hash ^ (hash >>> 15)) & (this.#first.length - 1);
  }

  #resize(slots: number): void {
    this.#first = new Int32Array(slots);
    this.#second = new Int32Array(slots);
    this.#results = new Array<T | undefined>(slots).fill(undefined);
    this.#stored = 0;
  }
}

type Operation = (a: Node, b: Node) => Node;

const unions = new Memo<Node>();
const intersections = new Memo<Node>();
const differences = new Memo<Node>();
const inclusions = new Memo<boolean>();
const overlaps = new Memo<boolean>();

/** Packets in `a` or `b`. */
export function unite(a: Node, b: Node): Node {
  if (a === b || b === EMPTY || a === FULL) return a;
  if (a === EMPTY || b === FULL) return b;
  const [x, y] = a.id < b.id ? [a, b] : [b, a];
  return unions.get(x, y) ?? unions.set(x, y, edgewise(unite, x, y));
}

/** Packets in both. */
export function intersect(a: Node, b: Node): Node {
  if (a === b || a === EMPTY || b === FULL) return a;
  if (a === FULL || b === EMPTY) return b;
  const [x, y] = a.id < b.id ? [a, b] : [b, a];
  return intersections.get(x, y) ?? intersections.set(x, y, edgewise(intersect, x, y));
}

/** Packets in `a` and not in `b`. */
export function subtract(a: Node, b: Node): Node {
  if (a === b || a === EMPTY || b === FULL) return EMPTY;
  if (b === EMPTY) return a;
  return differences.get(a, b) ?? differences.set(a, b, edgewise(subtract, a, b));
}

function edgewise(operation: Operation, a: Node, b: Node): Node {
  const level = Math.min(a.level, b.level);
  const builder = NodeBuilder.open();
  if (a.level > level) for (let i = 0; i < b.bounds.length; i++) builder.add(b.bounds[i], operation(a, b.children[i]));
  else if (b.level > level) {
    for (let i = 0; i < a.bounds.length; i++) builder.add(a.bounds[i], operation(a.children[i], b));
  } else mergeEdges(operation, a, b, builder);
  return builder.finish(level);
}

function mergeEdges(operation: Operation, a: Node, b: Node, builder: NodeBuilder): void {
  let i = 0;
  let j = 0;
  while (i < a.bounds.length) {
    const child = operation(a.children[i], b.children[j]);
    const boundA = a.bounds[i];
    const boundB = b.bounds[j];
    builder.add(Math.min(boundA, boundB), child);
    if (boundA <= boundB) i++;
    if (boundB <= boundA) j++;
  }
}

/** True iff every packet of `b` is in `a`; builds nothing. */
export function includes(a: Node, b: Node): boolean {
  if (a === b || b === EMPTY || a === FULL) return true;
  if (a === EMPTY) return false; // b has a packet: a node other than EMPTY always has one
  if (b === FULL) return false;
  return inclusions.get(a, b) ?? inclusions.set(a, b, everyPair(includes, a, b));
}

/** True iff some packet is in both; builds nothing. */
export function overlap(a: Node, b: Node): boolean {
  if (a === EMPTY || b === EMPTY) return false;
  if (a === b || a === FULL || b === FULL) return true;
  const [x, y] = a.id < b.id ? [a, b] : [b, a];
  return overlaps.get(x, y) ?? overlaps.set(x, y, !everyPair((p, q) => !overlap(p, q), x, y));
}

function everyPair(holds: (a: Node, b: Node) => boolean, a: Node, b: Node): boolean {
  chargeWork(1);
  if (a.level < b.level) return a.children.every((child) => holds(child, b));
  if (b.level < a.level) return b.children.every((child) => holds(a, child));
  let i = 0;
  let j = 0;
  while (i < a.bounds.length) {
    if (!holds(a.children[i], b.children[j])) return false;
    const difference = a.bounds[i] - b.bounds[j];
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return true;
}

/** Packets in any of the diagrams; pairwise, because adding one at a time copies the result's root each time. */
export function uniteAll(nodes: readonly Node[]): Node {
  if (nodes.length === 0) return EMPTY;
  let round = nodes;
  while (round.length > 1) {
    const next: Node[] = [];
    for (let i = 0; i < round.length; i += 2)
      next.push(i + 1 < round.length ? unite(round[i], round[i + 1]) : round[i]);
    round = next;
  }
  return round[0];
}
