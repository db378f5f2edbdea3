/**
 * Decision diagrams with actions at their leaves, for questions about whole acls: what is accepted at all, and what differs
 * between two acls. The nodes belong to one arena and go with it; an arena sweeps itself between merges.
 *
 * A diagram is a number, even iff it decides every point: a leaf is negative, a node tests a digit. "Nothing decides" is
 * `UNDECIDED`.
 */
import { DiagramNodes } from "./diagram-nodes.js";
import { type Digit, digitsOf } from "./digits.js";
import { EdgeList } from "./edge-list.js";
import type { Products } from "./products.js";

export const UNDECIDED = -1;

/** The diagram that decides every point for an action (0, 1, 2, …). */
export function leafOf(action: number): number {
  return -2 * (action + 1);
}

/** The action of a leaf that is decided. */
export function actionOf(leaf: number): number {
  return -leaf / 2 - 1;
}

/** True iff a diagram decides every point. */
function isTotal(diagram: number): boolean {
  return (diagram & 1) === 0;
}

const FIRST_MEMO = 1 << 10;
// A memo that fits into the cache of a core is worth more than one that forgets less.
const LAST_MEMO = 1 << 16;
const SWEEP_FROM = 1 << 22;

/** What a merge makes of two diagrams: `over`, or their `difference`. */
type Operation = 0 | 1;

/** Holds the diagrams over some levels, tested in the given order; wide levels are tested digit by digit. */
export class DiagramArena {
  /** What the nodes test, in testing order. */
  readonly digits: readonly Digit[];
  /** By level: the position of its first digit. */
  readonly #firstDigits: readonly number[];
  readonly #nodes: DiagramNodes;
  /** Results of operations by operands, a newer one replacing the older in its slot. */
  #memoA = new Int32Array(FIRST_MEMO).fill(-1);
  #memoB = new Int32Array(FIRST_MEMO);
  #memo = new Int32Array(FIRST_MEMO);
  readonly #edges = new EdgeList();
  /** Diagrams that are being merged and must survive a sweep. */
  readonly #roots: number[] = [];

  /** `maxima`: the greatest value of each level, in testing order; `sweepFrom`: the edges from which on it sweeps itself. */
  constructor(maxima: readonly number[], sweepFrom = SWEEP_FROM) {
    this.#nodes = new DiagramNodes(sweepFrom);
    this.digits = digitsOf(maxima);
    this.#firstDigits = maxima.map((_, level) => this.digits.findIndex((digit) => digit.level === level));
  }

  /** Edges now held, among them those of diagrams that nobody needs any more. */
  get size(): number {
    return this.#nodes.edges;
  }

  /** Edges of a diagram: what the cost of a merge grows with. */
  sizeOf(diagram: number): number {
    return this.#nodes.edgesBelow([diagram]);
  }

  /** The diagram of products in order, the first that holds a point deciding it; `otherwise`: what decides the others. */
  firstOf(products: Products, actions: Uint8Array, otherwise = UNDECIDED): number {
    return this.#firstBetween(products, actions, 0, actions.length, otherwise);
  }

  /** Products are merged in halves, because adding one at a time copies the root for each. */
  #firstBetween(products: Products, actions: Uint8Array, from: number, to: number, otherwise: number): number {
    if (from >= to) return otherwise;
    if (to - from === 1) return this.over(this.#product(products, from, leafOf(actions[from])), otherwise);
    const middle = (from + to) >> 1;
    this.#roots.push(this.#firstBetween(products, actions, from, middle, UNDECIDED));
    this.#roots.push(this.#firstBetween(products, actions, middle, to, otherwise));
    if (this.#nodes.sweepIfLarge(this.#roots)) this.#memoA.fill(-1);
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
    if (isTotal(a) || b === UNDECIDED || a === b) return a;
    if (a === UNDECIDED) return b;
    return this.#apply(a, b, 0);
  }

  /** Where `a` and `b` decide differently, the pair of their decisions as one action (`pairOf`); undecided elsewhere. */
  difference(a: number, b: number): number {
    if (a === b) return UNDECIDED;
    if (a < 0 && b < 0) return leafOf(pairOf(a, b));
    return this.#apply(a, b, 1);
  }

  #apply(a: number, b: number, operation: Operation): number {
    const hash = (Math.imul(a, 0x2c1b3c6d) ^ Math.imul(b + 7, 0x297a2d39)) >>> 11;
    const key = b * 2 + operation;
    const known = hash & (this.#memo.length - 1);
    if (this.#memoA[known] === a && this.#memoB[known] === key) return this.#memo[known];
    const result = this.#merge(a, b, operation);
    if (this.#nodes.count > this.#memo.length && this.#memo.length < LAST_MEMO) this.#growMemo();
    const slot = hash & (this.#memo.length - 1);
    this.#memoA[slot] = a;
    this.#memoB[slot] = key;
    this.#memo[slot] = result;
    return result;
  }

  #growMemo(): void {
    this.#memoA = new Int32Array(4 * this.#memo.length).fill(-1);
    this.#memoB = new Int32Array(this.#memoA.length);
    this.#memo = new Int32Array(this.#memoA.length);
  }

  #merge(a: number, b: number, operation: Operation): number {
    const base = this.#edges.length;
    const digitA = this.#digitOf(a);
    const digitB = this.#digitOf(b);
    if (digitA === digitB) this.#mergeEdges(a, b, digitA, operation);
    else if (digitA < digitB) this.#mergeWithAll(a, b, operation);
    else this.#mergeAllWith(a, b, operation);
    return this.#nodes.make(Math.min(digitA, digitB), this.#edges, base);
  }

  /** The position of the digit that a diagram tests first. */
  #digitOf(diagram: number): number {
    return diagram < 0 ? this.digits.length : this.#nodes.testedBy(diagram);
  }

  /** Merges what two nodes that test the same digit lead to. */
  #mergeEdges(a: number, b: number, digit: number, operation: Operation): void {
    const boundsA = this.#nodes.boundsOf(a);
    const boundsB = this.#nodes.boundsOf(b);
    const childrenA = this.#nodes.childrenOf(a);
    const childrenB = this.#nodes.childrenOf(b);
    const { maximum } = this.digits[digit];
    const base = this.#edges.length;
    let i = this.#nodes.startOf(a);
    let j = this.#nodes.startOf(b);
    for (;;) {
      const boundA = boundsA[i];
      const boundB = boundsB[j];
      const bound = boundA < boundB ? boundA : boundB;
      this.#edges.add(bound, this.#combine(childrenA[i], childrenB[j], operation), base);
      if (bound === maximum) return;
      if (boundA === bound) i++;
      if (boundB === bound) j++;
    }
  }

  /** Merges what a node leads to with a diagram that tests later digits only. */
  #mergeWithAll(a: number, b: number, operation: Operation): void {
    const bounds = this.#nodes.boundsOf(a);
    const children = this.#nodes.childrenOf(a);
    const start = this.#nodes.startOf(a);
    const end = start + this.#nodes.lengthOf(a);
    const base = this.#edges.length;
    for (let i = start; i < end; i++) this.#edges.add(bounds[i], this.#combine(children[i], b, operation), base);
  }

  /** Merges a diagram with what a node that tests an earlier digit leads to. */
  #mergeAllWith(a: number, b: number, operation: Operation): void {
    const bounds = this.#nodes.boundsOf(b);
    const children = this.#nodes.childrenOf(b);
    const start = this.#nodes.startOf(b);
    const end = start + this.#nodes.lengthOf(b);
    const base = this.#edges.length;
    for (let i = start; i < end; i++) this.#edges.add(bounds[i], this.#combine(a, children[i], operation), base);
  }

  #combine(a: number, b: number, operation: Operation): number {
    return operation === 0 ? this.over(a, b) : this.difference(a, b);
  }

  #product({ ranges, ends }: Products, index: number, leaf: number): number {
    const count = this.#firstDigits.length;
    let node = leaf;
    for (let level = count - 1; level >= 0; level--) {
      const at = index * count + level;
      node = this.#ranges(this.#firstDigits[level], ranges, at === 0 ? 0 : ends[at - 1], ends[at], 0, node);
    }
    return node;
  }

  /**
   * The diagram that leads from values in some ranges (those from `from` up to but not including `to`) to `below`; `least`
   * is the least value with the digits before `digit` that are known by now, and each of the ranges holds such values.
   */
  #ranges(digit: number, ranges: Uint32Array, from: number, to: number, least: number, below: number): number {
    const { shift, maximum } = this.digits[digit];
    const size = 2 ** shift;
    const edges = this.#edges;
    const base = edges.length;
    let next = 0;
    for (let k = from; k < to && next <= maximum; ) {
      const first = Math.max(ranges[k] - least, next * size);
      const last = ranges[k + 1] - least;
      const at = Math.floor(first / size);
      const wholeUpTo = Math.min(Math.floor((last + 1) / size), maximum + 1);
      if (at > next) edges.add(at - 1, UNDECIDED, base);
      if (first === at * size && wholeUpTo > at) {
        edges.add(wholeUpTo - 1, below, base);
        next = wholeUpTo;
        if (last < next * size) k += 2;
      } else {
        next = at + 1;
        let end = k + 2;
        while (end < to && ranges[end] - least < next * size) end += 2;
        edges.add(at, this.#ranges(digit + 1, ranges, k, end, least + at * size, below), base);
        k = ranges[end - 1] - least < next * size ? end : end - 2;
      }
    }
    if (next <= maximum) edges.add(maximum, UNDECIDED, base);
    return this.#nodes.make(digit, edges, base);
  }

  /** The edges of a node, each up to its bound. */
  nodeAt(node: number): DiagramNode {
    const position = this.#nodes.testedBy(node);
    return {
      digit: this.digits[position],
      position,
      bounds: this.#nodes.boundsOf(node),
      children: this.#nodes.childrenOf(node),
      start: this.#nodes.startOf(node),
      length: this.#nodes.lengthOf(node),
    };
  }
}

/** A node as it is read: `length` edges, in arrays from `start` on. */
export interface DiagramNode {
  readonly digit: Digit;
  /** Of the digit among all digits. */
  readonly position: number;
  readonly bounds: Uint16Array;
  readonly children: Int32Array;
  readonly start: number;
  readonly length: number;
}

/** Two leaves as one action: `[action or -1 for undecided, the same of the other]` by `unpair`. */
function pairOf(a: number, b: number): number {
  return orUndecided(a) * 16 + orUndecided(b);
}

/** The action of a leaf after 0 for undecided. */
function orUndecided(leaf: number): number {
  return leaf === UNDECIDED ? 0 : actionOf(leaf) + 1;
}

/** The actions of a pair in a `difference`; -1 stands for undecided. */
export function unpair(pair: number): readonly [number, number] {
  return [Math.floor(pair / 16) - 1, (pair % 16) - 1];
}
