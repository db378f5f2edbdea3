/**
 * Decision diagrams with actions at their leaves, for questions about whole acls: what is accepted at all, and what differs
 * between two acls. Nodes live in flat arrays that belong to one arena and go with it; an arena sweeps itself between merges.
 *
 * A diagram is a number: an action `a` is `-2 - a`, "no box decides" is `UNDECIDED`, a node its index.
 */
import { chargeWork, TooComplexError } from "./budget.js";
import { EdgeList, grown } from "./edge-list.js";

export const UNDECIDED = -1;

/** The diagram that decides every point for an action (0, 1, 2, …). */
export function leafOf(action: number): number {
  return -2 - action;
}

/** The action of a leaf that is decided. */
export function actionOf(leaf: number): number {
  return -2 - leaf;
}

const FIRST_MEMO = 1 << 10;
const LAST_MEMO = 1 << 20;
const CHUNK_BITS = 20;
const CHUNK = 1 << CHUNK_BITS;
const SWEEP_FROM = 1 << 22;

/** Holds the diagrams over some levels, tested in the given order. */
export class DiagramArena {
  /** Greatest value of each level, in testing order. */
  readonly maxima: readonly number[];
  #levels = new Uint8Array(1 << 12);
  #starts = new Int32Array(1 << 12);
  #lengths = new Int32Array(1 << 12);
  #hashes = new Int32Array(1 << 12);
  /** Edges in chunks, so that growing neither copies them nor takes twice the room; a node's edges lie in one chunk. */
  readonly #bounds: Uint32Array[] = [];
  readonly #children: Int32Array[] = [];
  #nodes = 0;
  #edges = 0;
  #slots = new Int32Array(1 << 13).fill(-1);
  /** Results of operations by operands, a newer one replacing the older in its slot. */
  #memoA = new Int32Array(FIRST_MEMO).fill(-1);
  #memoB = new Int32Array(FIRST_MEMO);
  #memo = new Int32Array(FIRST_MEMO);
  readonly #scratch: EdgeList[];
  #sweepAt = SWEEP_FROM;
  /** Diagrams that are being merged and must survive a sweep. */
  readonly #roots: number[] = [];

  constructor(maxima: readonly number[]) {
    this.maxima = maxima;
    this.#scratch = maxima.map(() => new EdgeList());
  }

  /** Edges now held: what the arena's memory and the cost of a merge grow with. */
  get size(): number {
    return this.#edges;
  }

  /**
   * The diagram of boxes in order, the first that holds a point deciding it. `boxes` has `[first, last]` for each level in
   * testing order; they are merged in halves, because adding one at a time copies the root for each.
   */
  firstOf(boxes: Uint32Array, actions: Uint8Array, from = 0, to = actions.length): number {
    if (from >= to) return UNDECIDED;
    if (to - from === 1) return this.#box(boxes, from, leafOf(actions[from]));
    const middle = (from + to) >> 1;
    this.#roots.push(this.firstOf(boxes, actions, from, middle));
    this.#roots.push(this.firstOf(boxes, actions, middle, to));
    this.#sweepIfLarge();
    const second = this.#roots.pop() as number;
    const first = this.#roots.pop() as number;
    return this.over(first, second);
  }

  /** Keeps a diagram through the sweeps of later `firstOf` calls; the result gives it back. */
  hold(diagram: number): () => number {
    const at = this.#roots.push(diagram) - 1;
    return () => this.#roots[at];
  }

  /** `a` where it decides, `b` elsewhere. */
  over(a: number, b: number): number {
    if (a < 0) return a === UNDECIDED ? b : a;
    if (b === UNDECIDED || a === b) return a;
    return this.#apply(a, b, 0);
  }

  /** Where `a` and `b` decide differently, the pair of their decisions as one action (`pairOf`); undecided elsewhere. */
  difference(a: number, b: number): number {
    if (a === b) return UNDECIDED;
    if (a < 0 && b < 0) return leafOf(pairOf(a, b));
    return this.#apply(a, b, 1);
  }

  #apply(a: number, b: number, operation: 0 | 1): number {
    const hash = (Math.imul(a, 0x2c1b3c6d) ^ Math.imul(b + 7, 0x297a2d39)) >>> 11;
    const key = b * 2 + operation;
    const known = hash & (this.#memo.length - 1);
    if (this.#memoA[known] === a && this.#memoB[known] === key) return this.#memo[known];
    const level = Math.min(this.#levelOf(a), this.#levelOf(b));
    const edges = this.#scratch[level];
    const base = edges.length;
    this.#merge(a, b, level, edges, operation);
    const result = this.#node(level, edges, base);
    const slot = hash & (this.#memo.length - 1);
    this.#memoA[slot] = a;
    this.#memoB[slot] = key;
    this.#memo[slot] = result;
    return result;
  }

  #levelOf(diagram: number): number {
    return diagram < 0 ? this.maxima.length : this.#levels[diagram];
  }

  #merge(a: number, b: number, level: number, edges: EdgeList, operation: 0 | 1): void {
    const edgesA = this.#edgesOf(a, level);
    const edgesB = this.#edgesOf(b, level);
    const base = edges.length;
    let i = edgesA.start;
    let j = edgesB.start;
    const maximum = this.maxima[level];
    for (;;) {
      const boundA = edgesA.bounds[i];
      const boundB = edgesB.bounds[j];
      const childA = edgesA.children[i];
      const childB = edgesB.children[j];
      const child = operation === 0 ? this.over(childA, childB) : this.difference(childA, childB);
      const bound = Math.min(boundA, boundB);
      edges.add(bound, child, base);
      if (bound === maximum) return;
      if (boundA === bound) i++;
      if (boundB === bound) j++;
    }
  }

  /** The edges of a diagram at a level it may not test: then one edge, to itself. */
  #edgesOf(diagram: number, level: number): Edges {
    if (this.#levelOf(diagram) !== level) {
      return { bounds: Uint32Array.of(this.maxima[level]), children: Int32Array.of(diagram), start: 0 };
    }
    const start = this.#starts[diagram];
    const chunk = start >>> CHUNK_BITS;
    return { bounds: this.#bounds[chunk], children: this.#children[chunk], start: start & (CHUNK - 1) };
  }

  #box(boxes: Uint32Array, index: number, leaf: number): number {
    const count = this.maxima.length;
    let node = leaf;
    for (let level = count - 1; level >= 0; level--) {
      const first = boxes[(index * count + level) * 2];
      const last = boxes[(index * count + level) * 2 + 1];
      const edges = this.#scratch[level];
      const base = edges.length;
      if (first > 0) edges.add(first - 1, UNDECIDED, base);
      edges.add(last, node, base);
      if (last < this.maxima[level]) edges.add(this.maxima[level], UNDECIDED, base);
      node = this.#node(level, edges, base);
    }
    return node;
  }

  /** The one node with the edges that a list has from `base` on, which are taken off it. */
  #node(level: number, edges: EdgeList, base: number): number {
    const { bounds, children } = edges;
    const length = edges.length - base;
    edges.length = base;
    if (length === 1) return children[base];
    chargeWork(length);
    const hash = hashOf(level, bounds, children, base, length);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let found = this.#slots[slot]; found >= 0; found = this.#slots[slot]) {
      if (this.#hashes[found] === hash && this.#isNode(found, level, edges, base, length)) return found;
      slot = (slot + 1) & mask;
    }
    const node = this.#append(level, length, hash);
    const chunk = this.#starts[node] >>> CHUNK_BITS;
    const start = this.#starts[node] & (CHUNK - 1);
    this.#bounds[chunk].set(bounds.subarray(base, base + length), start);
    this.#children[chunk].set(children.subarray(base, base + length), start);
    this.#slots[slot] = node;
    if (this.#nodes * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
    if (this.#nodes > this.#memo.length && this.#memo.length < LAST_MEMO) this.#growMemo();
    return node;
  }

  #isNode(node: number, level: number, { bounds, children }: EdgeList, base: number, length: number): boolean {
    if (this.#levels[node] !== level || this.#lengths[node] !== length) return false;
    const own = this.#edgesOf(node, level);
    for (let k = 0; k < length; k++) {
      const at = own.start + k;
      if (own.children[at] !== children[base + k] || own.bounds[at] !== bounds[base + k]) return false;
    }
    return true;
  }

  #append(level: number, length: number, hash: number): number {
    if (this.#nodes === this.#starts.length) {
      this.#levels = grown(this.#levels, this.#nodes + 1);
      this.#starts = grown(this.#starts, this.#nodes + 1);
      this.#lengths = grown(this.#lengths, this.#nodes + 1);
      this.#hashes = grown(this.#hashes, this.#nodes + 1);
    }
    const start = placeFor(length, this.#edges);
    if (start >>> CHUNK_BITS === this.#bounds.length) {
      this.#bounds.push(new Uint32Array(CHUNK));
      this.#children.push(new Int32Array(CHUNK));
    }
    const node = this.#nodes++;
    this.#levels[node] = level;
    this.#starts[node] = start;
    this.#lengths[node] = length;
    this.#hashes[node] = hash;
    this.#edges = start + length;
    return node;
  }

  #growMemo(): void {
    this.#memoA = new Int32Array(4 * this.#memo.length).fill(-1);
    this.#memoB = new Int32Array(this.#memoA.length);
    this.#memo = new Int32Array(this.#memoA.length);
  }

  #rehash(size: number): void {
    this.#slots = new Int32Array(size).fill(-1);
    for (let node = 0; node < this.#nodes; node++) {
      let slot = this.#hashes[node] & (size - 1);
      while (this.#slots[slot] >= 0) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = node;
    }
  }

  /** Between merges most nodes are leftovers of earlier ones: keeps what the roots reach, closes the gaps. */
  #sweepIfLarge(): void {
    if (this.#edges < this.#sweepAt) return;
    const isLive = this.#mark();
    const moved = new Int32Array(this.#nodes);
    let nodes = 0;
    let edges = 0;
    for (let node = 0; node < this.#nodes; node++) {
      if (isLive[node] === 0) continue;
      const length = this.#lengths[node];
      const start = placeFor(length, edges);
      this.#moveEdges(this.#edgesOf(node, this.#levels[node]), start, length, moved);
      moved[node] = nodes;
      this.#levels[nodes] = this.#levels[node];
      this.#starts[nodes] = start;
      this.#lengths[nodes] = length;
      nodes++;
      edges = start + length;
    }
    this.#nodes = nodes;
    this.#edges = edges;
    this.#bounds.length = this.#children.length = Math.ceil(edges / CHUNK);
    this.#roots.forEach((root, i) => {
      this.#roots[i] = root < 0 ? root : moved[root];
    });
    this.#hashAgain();
    this.#memoA.fill(-1);
    this.#sweepAt = Math.max(SWEEP_FROM, 1.5 * edges);
  }

  // INVARIANT: children are older than their parents, so they have moved already; and nothing moves up.
  #moveEdges(from: Edges, start: number, length: number, moved: Int32Array): void {
    const bounds = this.#bounds[start >>> CHUNK_BITS];
    const children = this.#children[start >>> CHUNK_BITS];
    const to = start & (CHUNK - 1);
    for (let k = 0; k < length; k++) {
      const child = from.children[from.start + k];
      bounds[to + k] = from.bounds[from.start + k];
      children[to + k] = child < 0 ? child : moved[child];
    }
  }

  #mark(): Uint8Array {
    const isLive = new Uint8Array(this.#nodes);
    for (const root of this.#roots) if (root >= 0) isLive[root] = 1;
    for (let node = this.#nodes - 1; node >= 0; node--) {
      if (isLive[node] === 0) continue;
      const { children, start } = this.#edgesOf(node, this.#levels[node]);
      for (let k = start; k < start + this.#lengths[node]; k++) if (children[k] >= 0) isLive[children[k]] = 1;
    }
    return isLive;
  }

  #hashAgain(): void {
    for (let node = 0; node < this.#nodes; node++) {
      const { bounds, children, start } = this.#edgesOf(node, this.#levels[node]);
      this.#hashes[node] = hashOf(this.#levels[node], bounds, children, start, this.#lengths[node]);
    }
    this.#rehash(this.#slots.length);
  }

  /** The leaf that a point (one value for each level, in testing order) leads to. */
  decide(diagram: number, point: ArrayLike<number>): number {
    let at = diagram;
    while (at >= 0) {
      const value = point[this.#levels[at]];
      const { bounds, children, start } = this.#edgesOf(at, this.#levels[at]);
      let low = start;
      let high = low + this.#lengths[at] - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (bounds[middle] < value) low = middle + 1;
        else high = middle;
      }
      at = children[low];
    }
    return at;
  }

  /** What a diagram amounts to, from its leaves up; each node is asked for once. */
  fold<T>(diagram: number, { leaf, node }: Folding<T>): T {
    const known = new Map<number, T>();
    const visit = (at: number): T => {
      let result = known.get(at);
      if (result === undefined) {
        result = at < 0 ? leaf(at === UNDECIDED ? undefined : actionOf(at)) : node(this.#levels[at], edges(at));
        known.set(at, result);
      }
      return result;
    };
    const edges = (at: number): FoldedEdge<T>[] => {
      const { bounds, children, start } = this.#edgesOf(at, this.#levels[at]);
      chargeWork(this.#lengths[at]);
      return Array.from({ length: this.#lengths[at] }, (_, i) => ({
        first: i === 0 ? 0 : bounds[start + i - 1] + 1,
        last: bounds[start + i],
        child: visit(children[start + i]),
      }));
    };
    return visit(diagram);
  }
}

/** An interval of values and what follows amounts to. */
export interface FoldedEdge<T> {
  readonly first: number;
  readonly last: number;
  readonly child: T;
}

export interface Folding<T> {
  /** `action` is undefined where no box decides. */
  readonly leaf: (action: number | undefined) => T;
  /** `position`: of the level in testing order. */
  readonly node: (position: number, edges: readonly FoldedEdge<T>[]) => T;
}

/** Where edges that follow `after` others begin: in the next chunk if this one has no room for all of them. */
function placeFor(length: number, after: number): number {
  if (length > CHUNK) throw new TooComplexError();
  return (after & (CHUNK - 1)) + length > CHUNK ? ((after >>> CHUNK_BITS) + 1) * CHUNK : after;
}

function hashOf(level: number, bounds: Uint32Array, children: Int32Array, start: number, length: number): number {
  let hash = level + 1;
  for (let k = start; k < start + length; k++) {
    hash = Math.imul(hash ^ bounds[k], 0x2c1b3c6d) ^ Math.imul(children[k], 0x297a2d39);
    hash ^= hash >>> 15;
  }
  return hash;
}

/** Two leaves as one action: `[action or -1 for undecided, the same of the other]` by `unpair`. */
function pairOf(a: number, b: number): number {
  return (actionOf(a) + 1) * 16 + actionOf(b) + 1;
}

/** The actions of a pair in a `difference`; -1 stands for undecided. */
export function unpair(pair: number): readonly [number, number] {
  return [Math.floor(pair / 16) - 1, (pair % 16) - 1];
}

/** Where the edges of a node begin. */
interface Edges {
  readonly bounds: Uint32Array;
  readonly children: Int32Array;
  readonly start: number;
}
