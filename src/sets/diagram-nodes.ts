/**
 * The nodes of diagrams with actions, each kept once, in flat arrays that close the gaps of dead nodes when they are swept.
 * A diagram is a number: a leaf a negative one, a node twice its index, plus 1 where it leads to a diagram of an odd number.
 */
import { chargeWork } from "./budget.js";
import { type EdgeList, grown } from "./edge-list.js";

const FIRST_NODES = 1 << 12;
const CHUNK_BITS = 18;
const CHUNK = 1 << CHUNK_BITS;

export class DiagramNodes {
  // By index of a node: the position of the digit it tests, how many edges it has, where they begin, and their hash.
  #tested = new Uint8Array(FIRST_NODES);
  #lengths = new Int32Array(FIRST_NODES);
  #starts = new Int32Array(FIRST_NODES);
  #hashes = new Int32Array(FIRST_NODES);
  /** Edges in chunks, so that growing neither copies them nor takes twice the room; a node's edges lie in one chunk. */
  readonly #bounds: Uint16Array[] = [];
  readonly #children: Int32Array[] = [];
  #count = 0;
  #edges = 0;
  #slots = new Int32Array(2 * FIRST_NODES).fill(-1);
  readonly #sweepFrom: number;
  #sweepAt: number;

  /** `sweepFrom`: the least number of edges that are swept. */
  constructor(sweepFrom: number) {
    this.#sweepFrom = sweepFrom;
    this.#sweepAt = sweepFrom;
  }

  get count(): number {
    return this.#count;
  }

  /** Edges now held. */
  get edges(): number {
    return this.#edges;
  }

  /** The position of the digit that a node tests. */
  testedBy(node: number): number {
    return this.#tested[node >> 1];
  }

  /** How many edges a node has. */
  lengthOf(node: number): number {
    return this.#lengths[node >> 1];
  }

  /** The array in which the greatest value of each edge of a node stands, from `startOf` on. */
  boundsOf(node: number): Uint16Array {
    return this.#bounds[this.#starts[node >> 1] >>> CHUNK_BITS];
  }

  /** The array in which the diagram of each edge of a node stands, from `startOf` on. */
  childrenOf(node: number): Int32Array {
    return this.#children[this.#starts[node >> 1] >>> CHUNK_BITS];
  }

  startOf(node: number): number {
    return this.#starts[node >> 1] & (CHUNK - 1);
  }

  /** The one node with the edges that a list has from `base` on, which are taken off it; the child itself of only one. */
  make(digit: number, edges: EdgeList, base: number): number {
    const { bounds, children } = edges;
    const length = edges.length - base;
    edges.length = base;
    if (length === 1) return children[base];
    chargeWork(length);
    const hash = hashOf(digit, bounds, children, base, length);
    const mask = this.#slots.length - 1;
    let slot = (hash >>> 1) & mask;
    for (let found = this.#slots[slot]; found >= 0; found = this.#slots[slot]) {
      if (this.#hashes[found] === hash && this.#isNode(found, digit, edges, base, length)) return numberOf(found, hash);
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = this.#count;
    const node = numberOf(this.#count, hash);
    this.#append(digit, length, hash);
    this.#fill(node, edges, base, length);
    if (this.#count * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
    return node;
  }

  #isNode(index: number, digit: number, { bounds, children }: EdgeList, base: number, length: number): boolean {
    if (this.#tested[index] !== digit || this.#lengths[index] !== length) return false;
    const node = 2 * index;
    const ownBounds = this.boundsOf(node);
    const ownChildren = this.childrenOf(node);
    for (let k = 0, at = this.startOf(node); k < length; k++, at++) {
      if (ownChildren[at] !== children[base + k] || ownBounds[at] !== bounds[base + k]) return false;
    }
    return true;
  }

  #append(digit: number, length: number, hash: number): void {
    if (this.#count === this.#starts.length) {
      this.#tested = grown(this.#tested);
      this.#lengths = grown(this.#lengths);
      this.#starts = grown(this.#starts);
      this.#hashes = grown(this.#hashes);
    }
    const start = placeFor(length, this.#edges);
    if (start >>> CHUNK_BITS === this.#bounds.length) {
      this.#bounds.push(new Uint16Array(CHUNK));
      this.#children.push(new Int32Array(CHUNK));
    }
    const index = this.#count++;
    this.#tested[index] = digit;
    this.#lengths[index] = length;
    this.#starts[index] = start;
    this.#hashes[index] = hash;
    this.#edges = start + length;
  }

  #fill(node: number, edges: EdgeList, base: number, length: number): void {
    const bounds = this.boundsOf(node);
    const children = this.childrenOf(node);
    for (let k = 0, at = this.startOf(node); k < length; k++, at++) {
      bounds[at] = edges.bounds[base + k];
      children[at] = edges.children[base + k];
    }
  }

  #rehash(size: number): void {
    if (size > this.#slots.length) this.#slots = new Int32Array(size);
    this.#slots.fill(-1);
    for (let index = 0; index < this.#count; index++) {
      let slot = (this.#hashes[index] >>> 1) & (size - 1);
      while (this.#slots[slot] >= 0) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = index;
    }
  }

  /**
   * Where there are many edges, keeps only what the roots reach and makes the roots the numbers that their diagrams have
   * then; all other numbers are void. False, and nothing is changed, where there are few.
   */
  sweepIfLarge(roots: number[]): boolean {
    if (this.#edges < this.#sweepAt) return false;
    const isLive = this.#mark(roots);
    const moved = new Int32Array(this.#count);
    let count = 0;
    let edges = 0;
    for (let index = 0; index < this.#count; index++) {
      if (isLive[index] === 0) continue;
      const length = this.#lengths[index];
      const start = placeFor(length, edges);
      this.#moveEdges(2 * index, start, moved);
      moved[index] = count;
      this.#tested[count] = this.#tested[index];
      this.#lengths[count] = length;
      this.#starts[count] = start;
      this.#hashes[count] = this.#hashNow(2 * count);
      count++;
      edges = start + length;
    }
    this.#count = count;
    this.#edges = edges;
    roots.forEach((root, i) => {
      roots[i] = root < 0 ? root : movedTo(root, moved);
    });
    this.#rehash(this.#slots.length);
    this.#sweepAt = Math.max(this.#sweepFrom, 2 * edges);
    return true;
  }

  #hashNow(node: number): number {
    return hashOf(
      this.testedBy(node),
      this.boundsOf(node),
      this.childrenOf(node),
      this.startOf(node),
      this.lengthOf(node),
    );
  }

  /** Edges that the roots reach. */
  edgesBelow(roots: readonly number[]): number {
    return this.#mark(roots).reduce((sum, isLive, index) => sum + isLive * this.#lengths[index], 0);
  }

  /** By index of a node: 1 iff the roots reach it. */
  #mark(roots: readonly number[]): Uint8Array {
    const isLive = new Uint8Array(this.#count);
    for (const root of roots) if (root >= 0) isLive[root >> 1] = 1;
    for (let index = this.#count - 1; index >= 0; index--) {
      if (isLive[index] === 0) continue;
      const children = this.childrenOf(2 * index);
      const start = this.startOf(2 * index);
      for (let k = start; k < start + this.#lengths[index]; k++) if (children[k] >= 0) isLive[children[k] >> 1] = 1;
    }
    return isLive;
  }

  // INVARIANT: children are older than their parents, so they have moved already; and nothing moves up.
  #moveEdges(node: number, to: number, moved: Int32Array): void {
    const [fromBounds, fromChildren, from] = [this.boundsOf(node), this.childrenOf(node), this.startOf(node)];
    const bounds = this.#bounds[to >>> CHUNK_BITS];
    const children = this.#children[to >>> CHUNK_BITS];
    const first = to & (CHUNK - 1);
    for (let k = 0; k < this.lengthOf(node); k++) {
      const child = fromChildren[from + k];
      bounds[first + k] = fromBounds[from + k];
      children[first + k] = child < 0 ? child : movedTo(child, moved);
    }
  }
}

/** The number of the node with an index; its hash tells whether it is odd. */
function numberOf(index: number, hash: number): number {
  return 2 * index + (hash & 1);
}

/** The number that a node has after a sweep; `moved`: the indices by those before it. */
function movedTo(node: number, moved: Int32Array): number {
  return 2 * moved[node >> 1] + (node & 1);
}

/** Where edges that follow `after` others begin: in the next chunk if this one has no room for all of them. */
function placeFor(length: number, after: number): number {
  return (after & (CHUNK - 1)) + length > CHUNK ? ((after >>> CHUNK_BITS) + 1) * CHUNK : after;
}

/** The hash of a node, odd iff one of its children is. */
function hashOf(digit: number, bounds: Uint16Array, children: Int32Array, start: number, length: number): number {
  let hash = digit + 1;
  let anyChild = 0;
  for (let k = start; k < start + length; k++) {
    hash = Math.imul(hash ^ bounds[k], 0x2c1b3c6d) ^ Math.imul(children[k], 0x297a2d39);
    hash ^= hash >>> 15;
    anyChild |= children[k];
  }
  return (hash << 1) | (anyChild & 1);
}
