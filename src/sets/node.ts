/**
 * The nodes of interval decision diagrams and the table that keeps each node once.
 *
 * A node splits the values of its level into intervals, each with a child that decides the rest. It has at least two
 * edges, and neighbouring edges differ in their child; a level that does not matter has no node. Together with the table
 * this makes diagrams canonical: within one generation of the table, equal sets are the same object.
 */
import { chargeWork } from "./budget.js";
import { LEVELS, maximumOf } from "./layout.js";

export class Node {
  constructor(
    /** Unique within its generation. */
    readonly id: number,
    readonly level: number,
    /** Greatest value of each edge, ascending; the last is the level's maximum. */
    readonly bounds: readonly number[],
    readonly children: readonly Node[],
    /** Structural, so equal in every generation and process. */
    readonly hash: number,
    readonly secondHash: number,
    readonly generation: number,
  ) {}
}

const TIMELESS = -1;

/** The diagram of no packet. */
export const EMPTY = new Node(0, LEVELS, [], [], 0x9e3779b9, 0x7f4a7c15, TIMELESS);
/** The diagram of every packet. */
export const FULL = new Node(1, LEVELS, [], [], 0x85ebca6b, 0xc2b2ae35, TIMELESS);

const LEAST_LIMIT = 1 << 18;
const FIRST_SLOTS = 1 << 12;

let generation = 0;
let slots: (Node | undefined)[] = new Array(FIRST_SLOTS).fill(undefined);
let count = 0;
let limit = LEAST_LIMIT;
let imported = new Map<Node, Node>();
const onSweep: (() => void)[] = [];

/** Has `forget` called whenever the table is emptied: for memos, which hold nodes of one generation only. */
export function whenSwept(forget: () => void): void {
  onSweep.push(forget);
}

/**
 * Empties the table if it has grown large; to be called between operations, never inside one. Sets that are still in use
 * come back into the table when they are next used (`current`); the nodes of all others are then garbage like any object.
 */
export function sweepIfLarge(): void {
  if (count < limit) return;
  limit = Math.max(LEAST_LIMIT, 4 * imported.size);
  generation++;
  slots = new Array(FIRST_SLOTS).fill(undefined);
  count = 0;
  imported = new Map();
  for (const forget of onSweep) forget();
}

/** The same diagram in the table's present generation. */
export function current(node: Node): Node {
  if (node.generation === generation || node.generation === TIMELESS) return node;
  let result = imported.get(node);
  if (result === undefined) {
    result = makeNode(node.level, node.bounds, node.children.map(current), node.bounds.length);
    imported.set(node, result);
  }
  return result;
}

/** The node with the first `size` of these edges; neighbouring children must differ already. */
function makeNode(level: number, bounds: readonly number[], children: readonly Node[], size: number): Node {
  if (size === 1) return children[0];
  chargeWork(size);
  let hash = level + 1;
  let secondHash = level + 0x51ed27;
  for (let i = 0; i < size; i++) {
    hash = mix(hash ^ bounds[i], children[i].hash);
    secondHash = mix(secondHash ^ children[i].secondHash, bounds[i]);
  }
  const mask = slots.length - 1;
  let slot = hash & mask;
  for (let found = slots[slot]; found !== undefined; found = slots[slot]) {
    if (found.hash === hash && hasEdges(found, level, bounds, children, size)) return found;
    slot = (slot + 1) & mask;
  }
  // The arrays that collected the edges are used again, and have room for more.
  const node = new Node(count + 2, level, bounds.slice(0, size), children.slice(0, size), hash, secondHash, generation);
  slots[slot] = node;
  if (++count * 2 > slots.length) growTable();
  return node;
}

function hasEdges(
  node: Node,
  level: number,
  bounds: readonly number[],
  children: readonly Node[],
  size: number,
): boolean {
  if (node.level !== level || node.bounds.length !== size) return false;
  for (let i = 0; i < size; i++) {
    if (node.children[i] !== children[i] || node.bounds[i] !== bounds[i]) return false;
  }
  return true;
}

function mix(a: number, b: number): number {
  let h = Math.imul(a ^ (b >>> 15), 0x2c1b3c6d);
  h = Math.imul((h ^ (h >>> 13)) + b, 0x297a2d39);
  return h ^ (h >>> 16);
}

function growTable(): void {
  const old = slots;
  slots = new Array(old.length * 2).fill(undefined);
  const mask = slots.length - 1;
  for (const node of old) {
    if (node === undefined) continue;
    let slot = node.hash & mask;
    while (slots[slot] !== undefined) slot = (slot + 1) & mask;
    slots[slot] = node;
  }
}

/** Builders that have made their node and can make another. */
const idle: NodeBuilder[] = [];

/** Collects edges from the least value up and makes the node. */
export class NodeBuilder {
  readonly #bounds: number[] = [];
  readonly #children: Node[] = [];
  #size = 0;

  /** A builder without edges, until it has made its node. */
  static open(): NodeBuilder {
    return idle.pop() ?? new NodeBuilder();
  }

  /** Extends the edges up to and including `bound`. */
  add(bound: number, child: Node): void {
    const last = this.#size - 1;
    if (last >= 0 && this.#children[last] === child) this.#bounds[last] = bound;
    else {
      this.#bounds[this.#size] = bound;
      this.#children[this.#size++] = child;
    }
  }

  /** Makes the node and leaves the builder to whoever opens one next. */
  finish(level: number): Node {
    const node = makeNode(level, this.#bounds, this.#children, this.#size);
    this.#size = 0;
    idle.push(this);
    return node;
  }
}

/** An interval of values and the diagram of what follows. */
export interface Edge {
  readonly first: number;
  readonly last: number;
  readonly child: Node;
}

/** The node with these edges, ascending and disjoint; values in no edge lead to the empty set. */
export function nodeOfEdges(level: number, edges: readonly Edge[]): Node {
  const builder = NodeBuilder.open();
  let next = 0;
  for (const { first, last, child } of edges) {
    if (first > next) builder.add(first - 1, EMPTY);
    builder.add(last, child);
    next = last + 1;
  }
  if (next <= maximumOf(level)) builder.add(maximumOf(level), EMPTY);
  return builder.finish(level);
}

/** The edges of a diagram at a level its root is at or below. */
export function edgesAt(node: Node, level: number): Edge[] {
  if (node.level > level) return [{ first: 0, last: maximumOf(level), child: node }];
  return node.children.map((child, i) => ({
    first: i === 0 ? 0 : node.bounds[i - 1] + 1,
    last: node.bounds[i],
    child,
  }));
}

/** The diagram that follows a value of a level. */
export function childAt(node: Node, level: number, value: number): Node {
  if (node.level > level) return node;
  const { bounds } = node;
  let low = 0;
  let high = bounds.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bounds[middle] < value) low = middle + 1;
    else high = middle;
  }
  return node.children[low];
}
