/**
 * Decision diagrams with actions at their leaves, for questions about whole acls: what is accepted at all, and what differs
 * between two acls. Nodes live in flat arrays that belong to one arena and go with it; an arena sweeps itself between merges.
 *
 * A diagram is a number: an action `a` is `-2 - a`, "no box decides" is `UNDECIDED`, a node its index.
 */
import { chargeWork, TooComplexError } from "./budget.js";
import { type Digit, digitsOf } from "./digits.js";
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

/** Holds the diagrams over some levels, tested in the given order; wide levels are tested digit by digit. */
export class DiagramArena {
  /** What the nodes test, in testing order. */
  readonly digits: readonly Digit[];
  /** By level: the position of its first digit. */
  readonly #firstDigits: readonly number[];
  /** By node: the position of the digit it tests. */
  #tested = new Uint8Array(1 << 12);
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

  /** `maxima`: the greatest value of each level, in testing order. */
  constructor(maxima: readonly number[]) {
    this.digits = digitsOf(maxima);
    this.#firstDigits = maxima.map((_, level) => this.digits.findIndex((digit) => digit.level === level));
    this.#scratch = this.digits.map(() => new EdgeList());
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
    const digit = Math.min(this.#digitOf(a), this.#digitOf(b));
    const edges = this.#scratch[digit];
    const base = edges.length;
    this.#merge(a, b, digit, edges, operation);
    const result = this.#node(digit, edges, base);
    const slot = hash & (this.#memo.length - 1);
    this.#memoA[slot] = a;
    this.#memoB[slot] = key;
    this.#memo[slot] = result;
    return result;
  }

  /** The position of the digit that a diagram tests first. */
  #digitOf(diagram: number): number {
    return diagram < 0 ? this.digits.length : this.#tested[diagram];
  }

  #merge(a: number, b: number, digit: number, edges: EdgeList, operation: 0 | 1): void {
    const edgesA = this.#edgesOf(a, digit);
    const edgesB = this.#edgesOf(b, digit);
    const base = edges.length;
    let i = edgesA.start;
    let j = edgesB.start;
    const { maximum } = this.digits[digit];
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

  /** The edges of a diagram at a digit it may not test: then one edge, to itself. */
  #edgesOf(diagram: number, digit: number): Edges {
    if (this.#digitOf(diagram) !== digit) {
      return { bounds: Uint32Array.of(this.digits[digit].maximum), children: Int32Array.of(diagram), start: 0 };
    }
    const start = this.#starts[diagram];
    const chunk = start >>> CHUNK_BITS;
    return { bounds: this.#bounds[chunk], children: this.#children[chunk], start: start & (CHUNK - 1) };
  }

  #box(boxes: Uint32Array, index: number, leaf: number): number {
    const count = this.#firstDigits.length;
    let node = leaf;
    for (let level = count - 1; level >= 0; level--) {
      const at = (index * count + level) * 2;
      node = this.#interval(this.#firstDigits[level], boxes[at], boxes[at + 1], node);
    }
    return node;
  }

  /** The values of a level from `first` to `last`, from its digit at `digit` on. */
  #interval(digit: number, first: number, last: number, below: number): number {
    const { shift, maximum, isHigh } = this.digits[digit];
    if (!isHigh) return this.#spread(digit, first, last, below, below, below);
    const [from, to] = [first >>> shift, last >>> shift];
    const [low, high] = [first & maximum, last & maximum];
    if (from === to) {
      const only = this.#spread(digit + 1, low, high, below, below, below);
      return this.#spread(digit, from, from, only, only, only);
    }
    const least = this.#spread(digit + 1, low, maximum, below, below, below);
    const greatest = this.#spread(digit + 1, 0, high, below, below, below);
    return this.#spread(digit, from, to, least, below, greatest);
  }

  /** The node that leads from `first` to one diagram, from `last` to another, and between them to a third. */
  #spread(digit: number, first: number, last: number, least: number, between: number, greatest: number): number {
    const { maximum } = this.digits[digit];
    const edges = this.#scratch[digit];
    const base = edges.length;
    if (first > 0) edges.add(first - 1, UNDECIDED, base);
    edges.add(first, least, base);
    if (last - first > 1) edges.add(last - 1, between, base);
    if (last > first) edges.add(last, greatest, base);
    if (last < maximum) edges.add(maximum, UNDECIDED, base);
    return this.#node(digit, edges, base);
  }

  /** The one node with the edges that a list has from `base` on, which are taken off it. */
  #node(digit: number, edges: EdgeList, base: number): number {
    const { bounds, children } = edges;
    const length = edges.length - base;
    edges.length = base;
    if (length === 1) return children[base];
    chargeWork(length);
    const hash = hashOf(digit, bounds, children, base, length);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let found = this.#slots[slot]; found >= 0; found = this.#slots[slot]) {
      if (this.#hashes[found] === hash && this.#isNode(found, digit, edges, base, length)) return found;
      slot = (slot + 1) & mask;
    }
    const node = this.#append(digit, length, hash);
    const chunk = this.#starts[node] >>> CHUNK_BITS;
    const start = this.#starts[node] & (CHUNK - 1);
    this.#bounds[chunk].set(bounds.subarray(base, base + length), start);
    this.#children[chunk].set(children.subarray(base, base + length), start);
    this.#slots[slot] = node;
    if (this.#nodes * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
    if (this.#nodes > this.#memo.length && this.#memo.length < LAST_MEMO) this.#growMemo();
    return node;
  }

  #isNode(node: number, digit: number, { bounds, children }: EdgeList, base: number, length: number): boolean {
    if (this.#tested[node] !== digit || this.#lengths[node] !== length) return false;
    const own = this.#edgesOf(node, digit);
    for (let k = 0; k < length; k++) {
      const at = own.start + k;
      if (own.children[at] !== children[base + k] || own.bounds[at] !== bounds[base + k]) return false;
    }
    return true;
  }

  #append(digit: number, length: number, hash: number): number {
    if (this.#nodes === this.#starts.length) {
      this.#tested = grown(this.#tested, this.#nodes + 1);
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
    this.#tested[node] = digit;
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
      this.#moveEdges(this.#edgesOf(node, this.#tested[node]), start, length, moved);
      moved[node] = nodes;
      this.#tested[nodes] = this.#tested[node];
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
      const { children, start } = this.#edgesOf(node, this.#tested[node]);
      for (let k = start; k < start + this.#lengths[node]; k++) if (children[k] >= 0) isLive[children[k]] = 1;
    }
    return isLive;
  }

  #hashAgain(): void {
    for (let node = 0; node < this.#nodes; node++) {
      const { bounds, children, start } = this.#edgesOf(node, this.#tested[node]);
      this.#hashes[node] = hashOf(this.#tested[node], bounds, children, start, this.#lengths[node]);
    }
    this.#rehash(this.#slots.length);
  }

  /** The edges of a node, each up to its bound. */
  nodeAt(node: number): DiagramNode {
    const digit = this.#tested[node];
    const { bounds, children, start } = this.#edgesOf(node, digit);
    return { digit: this.digits[digit], digitPosition: digit, bounds, children, start, length: this.#lengths[node] };
  }
}

/** A node as it is read. */
export interface DiagramNode extends Edges {
  readonly digit: Digit;
  readonly digitPosition: number;
  readonly length: number;
}

/** Where edges that follow `after` others begin: in the next chunk if this one has no room for all of them. */
function placeFor(length: number, after: number): number {
  if (length > CHUNK) throw new TooComplexError();
  return (after & (CHUNK - 1)) + length > CHUNK ? ((after >>> CHUNK_BITS) + 1) * CHUNK : after;
}

function hashOf(digit: number, bounds: Uint32Array, children: Int32Array, start: number, length: number): number {
  let hash = digit + 1;
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
