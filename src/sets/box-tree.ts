/**
 * Finds, among very many boxes, those that meet a box or hold a point: a bounding-volume hierarchy that also knows the least
 * owner below each of its nodes, so that "by anyone before me?" prunes as well as "near me?".
 */

/**
 * Boxes of unsigned 32-bit numbers with the same dimensions, one after another: `[first, last]` for each dimension. Each
 * belongs to an owner, such as the position of an ace; an owner may have several, and they may overlap.
 */
export interface BoxTable {
  readonly dimensions: number;
  readonly boxes: Uint32Array;
  readonly owners: Int32Array;
}

const LEAF_SIZE = 4;
const SAMPLED = 48;
const DEPTH = 64;
const NOBODY = -1;

export class BoxTree {
  readonly dimensions: number;
  /** The boxes in the tree's own order, in which all numbers below count. */
  readonly boxes: Uint32Array;
  readonly owners: Int32Array;
  readonly #count: number;
  readonly #leaves: number;
  readonly #bounds: Uint32Array;
  readonly #leastOwner: Int32Array;
  readonly #nodes = new Int32Array(DEPTH);
  readonly #from = new Int32Array(DEPTH);
  readonly #to = new Int32Array(DEPTH);

  constructor(table: BoxTable) {
    const { dimensions, boxes, owners } = table;
    this.dimensions = dimensions;
    this.#count = owners.length;
    this.#leaves = leafCount(this.#count);
    const order = new Int32Array(this.#count);
    for (let i = 0; i < this.#count; i++) order[i] = i;
    if (this.#leaves > 1) arrange(order, rankBoxes(table), this.#leaves);
    const width = 2 * dimensions;
    this.boxes = new Uint32Array(boxes.length);
    this.owners = new Int32Array(this.#count);
    for (let i = 0; i < this.#count; i++) {
      this.owners[i] = owners[order[i]];
      const source = order[i] * width;
      for (let k = 0; k < width; k++) this.boxes[i * width + k] = boxes[source + k];
    }
    this.#bounds = new Uint32Array(2 * this.#leaves * width);
    this.#leastOwner = new Int32Array(2 * this.#leaves).fill(0x7fffffff);
    if (this.#count > 0) this.#bound(1, 0, this.#count);
  }

  /**
   * Some box of an owner below `limit`, other than `except`, that holds every point of `box` (by its offset in `of`); -1:
   * there is none.
   */
  findEnclosing(of: Uint32Array, offset: number, limit: number, except = NOBODY): number {
    const width = 2 * this.dimensions;
    const enclosing = (boxes: Uint32Array, at: number) => encloses(boxes, at, of, offset, width);
    return this.#visit(limit, enclosing, (box) => this.owners[box] !== except && enclosing(this.boxes, box * width));
  }

  /**
   * Some box of an owner below `limit`, other than `except`, that holds a point (`dimensions` numbers); -1: there is none.
   * Written out, because a search for shadowed aces spends most of its time here.
   */
  findHolding(point: Uint32Array, limit: number, except = NOBODY): number {
    const width = 2 * this.dimensions;
    const bounds = this.#bounds;
    const { boxes, owners } = this;
    let top = 0;
    this.#push(top++, 1, 0, this.#count);
    while (top > 0) {
      top--;
      const node = this.#nodes[top];
      if (this.#leastOwner[node] >= limit || !holds(bounds, node * width, width, point)) continue;
      const from = this.#from[top];
      const to = this.#to[top];
      if (node < this.#leaves) {
        const middle = (from + to) >> 1;
        this.#push(top++, 2 * node, from, middle);
        this.#push(top++, 2 * node + 1, middle, to);
      } else {
        for (let i = from; i < to; i++) {
          const owner = owners[i];
          if (owner < limit && owner !== except && holds(boxes, i * width, width, point)) return i;
        }
      }
    }
    return -1;
  }

  /** True iff a box of an owner below `limit` that counts holds a point. */
  isHeld(point: Uint32Array, limit: number, counts: (owner: number) => boolean): boolean {
    const width = 2 * this.dimensions;
    const holding = (boxes: Uint32Array, at: number) => holds(boxes, at, width, point);
    return this.#visit(limit, holding, (box) => holding(this.boxes, box * width) && counts(this.owners[box])) >= 0;
  }

  /** Calls `found` with every box of an owner below `limit` that meets the box at `offset`, in no special order. */
  forEachMeeting(of: Uint32Array, offset: number, limit: number, found: (box: number) => void): void {
    const width = 2 * this.dimensions;
    const meeting = (boxes: Uint32Array, at: number) => meets(boxes, at, of, offset, width);
    this.#visit(limit, meeting, (box) => {
      if (meeting(this.boxes, box * width)) found(box);
      return false;
    });
  }

  /**
   * Offers boxes until one is taken; the result is that one, or -1. A node can only hold a box that is wanted if its bounds
   * satisfy `enter`: all tests here are of that kind.
   */
  #visit(limit: number, enter: (bounds: Uint32Array, at: number) => boolean, take: (box: number) => boolean): number {
    const width = 2 * this.dimensions;
    let top = 0;
    this.#push(top++, 1, 0, this.#count);
    while (top > 0) {
      top--;
      const node = this.#nodes[top];
      if (this.#leastOwner[node] >= limit || !enter(this.#bounds, node * width)) continue;
      const from = this.#from[top];
      const to = this.#to[top];
      if (node >= this.#leaves) {
        for (let i = from; i < to; i++) if (this.owners[i] < limit && take(i)) return i;
      } else {
        const middle = (from + to) >> 1;
        this.#push(top++, 2 * node, from, middle);
        this.#push(top++, 2 * node + 1, middle, to);
      }
    }
    return -1;
  }

  #push(top: number, node: number, from: number, to: number): void {
    this.#nodes[top] = node;
    this.#from[top] = from;
    this.#to[top] = to;
  }

  #bound(node: number, from: number, to: number): void {
    if (node < this.#leaves) {
      const middle = (from + to) >> 1;
      this.#bound(2 * node, from, middle);
      this.#bound(2 * node + 1, middle, to);
      this.#widen(node, this.#bounds, 2 * node, this.#leastOwner[2 * node], true);
      this.#widen(node, this.#bounds, 2 * node + 1, this.#leastOwner[2 * node + 1], false);
      return;
    }
    for (let i = from; i < to; i++) this.#widen(node, this.boxes, i, this.owners[i], i === from);
  }

  #widen(node: number, boxes: Uint32Array, box: number, owner: number, isFirst: boolean): void {
    const width = 2 * this.dimensions;
    const bounds = this.#bounds;
    for (let k = 0; k < width; k += 2) {
      const first = boxes[box * width + k];
      const last = boxes[box * width + k + 1];
      if (isFirst || first < bounds[node * width + k]) bounds[node * width + k] = first;
      if (isFirst || last > bounds[node * width + k + 1]) bounds[node * width + k + 1] = last;
    }
    if (owner < this.#leastOwner[node]) this.#leastOwner[node] = owner;
  }
}

function holds(boxes: Uint32Array, at: number, width: number, point: Uint32Array): boolean {
  for (let k = 0, d = 0; k < width; k += 2, d++) {
    if (point[d] < boxes[at + k] || point[d] > boxes[at + k + 1]) return false;
  }
  return true;
}

/** True iff the boxes at two offsets share a point. */
export function meets(a: Uint32Array, i: number, b: Uint32Array, j: number, width: number): boolean {
  for (let k = 0; k < width; k += 2) {
    if (a[i + k] > b[j + k + 1] || b[j + k] > a[i + k + 1]) return false;
  }
  return true;
}

/** What two boxes have in common; undefined: no point. */
export function commonBox(a: Uint32Array, b: Uint32Array): Uint32Array | undefined {
  const common = new Uint32Array(a.length);
  for (let k = 0; k < a.length; k += 2) {
    common[k] = Math.max(a[k], b[k]);
    common[k + 1] = Math.min(a[k + 1], b[k + 1]);
    if (common[k] > common[k + 1]) return undefined;
  }
  return common;
}

/** True iff the box at `i` holds every point of the one at `j`. */
export function encloses(a: Uint32Array, i: number, b: Uint32Array, j: number, width: number): boolean {
  for (let k = 0; k < width; k += 2) {
    if (a[i + k] > b[j + k] || a[i + k + 1] < b[j + k + 1]) return false;
  }
  return true;
}

function leafCount(count: number): number {
  let leaves = 1;
  while (leaves * LEAF_SIZE < count) leaves *= 2;
  return leaves;
}

/**
 * For each dimension worth it a rank of each box, comparable between fields as different as ports and addresses: by where the box
 * begins, but with the wide boxes (`any`, large networks) apart, because one of them spoils the bounds of all its neighbours.
 */
function rankBoxes(table: BoxTable): Int32Array[] {
  const { dimensions, boxes, owners } = table;
  const count = owners.length;
  const scale = 2 ** Math.ceil(Math.log2(count + 1)); // a key times this, plus the box's number, is exact up to a million boxes
  return tellingDimensions(table).map((d) => {
    const wide = Math.sqrt(spanOf(boxes, d, dimensions));
    const keys = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const at = (i * dimensions + d) * 2;
      keys[i] = (boxes[at + 1] - boxes[at] >= wide ? 0 : boxes[at] + 1) * scale + i;
    }
    keys.sort();
    const ranks = new Int32Array(count);
    let rank = 0;
    let previous = 0;
    for (const key of keys) {
      const box = key % scale;
      if (key - box !== previous) rank++;
      previous = key - box;
      ranks[box] = rank;
    }
    return ranks;
  });
}

/** The dimensions in which boxes begin at different values: among some of them, at least at a quarter of the most. */
function tellingDimensions({ dimensions, boxes, owners }: BoxTable): number[] {
  const step = Math.max(1, Math.floor(owners.length / SAMPLED));
  const counts = Array.from({ length: dimensions }, (_, d) => {
    const values = new Set<number>();
    for (let i = 0; i < owners.length; i += step) values.add(boxes[(i * dimensions + d) * 2]);
    return values.size;
  });
  const most = Math.max(...counts);
  return [...counts.keys()].filter((d) => 4 * counts[d] >= most);
}

function spanOf(boxes: Uint32Array, dimension: number, dimensions: number): number {
  let first = 0xffffffff;
  let last = 0;
  for (let at = 2 * dimension; at < boxes.length; at += 2 * dimensions) {
    if (boxes[at] < first) first = boxes[at];
    if (boxes[at + 1] > last) last = boxes[at + 1];
  }
  return last - first;
}

/** Orders the boxes so that halving the order again and again halves the space along the dimension of widest spread. */
function arrange(order: Int32Array, ranks: readonly Int32Array[], leaves: number): void {
  const split = (node: number, from: number, to: number) => {
    if (node >= leaves) return;
    const middle = (from + to) >> 1;
    selectMiddle(order, ranks[widest(order, ranks, from, to)], from, to - 1, middle);
    split(2 * node, from, middle);
    split(2 * node + 1, middle, to);
  };
  split(1, 0, order.length);
}

function widest(order: Int32Array, ranks: readonly Int32Array[], from: number, to: number): number {
  const step = Math.max(1, Math.floor((to - from) / SAMPLED));
  let best = 0;
  let most = -1;
  for (let d = 0; d < ranks.length; d++) {
    let least = 0x7fffffff;
    let greatest = -1;
    for (let i = from; i < to; i += step) {
      const rank = ranks[d][order[i]];
      if (rank < least) least = rank;
      if (rank > greatest) greatest = rank;
    }
    if (greatest - least > most) {
      most = greatest - least;
      best = d;
    }
  }
  return best;
}

/** Reorders `order[low..high]` so that the elements before `middle` have no greater key than those from it on. */
function selectMiddle(order: Int32Array, key: Int32Array, low: number, high: number, middle: number): void {
  while (low < high) {
    const pivot = key[order[(low + high) >> 1]];
    let i = low;
    let j = high;
    while (i <= j) {
      while (key[order[i]] < pivot) i++;
      while (key[order[j]] > pivot) j--;
      if (i <= j) {
        const swapped = order[i];
        order[i++] = order[j];
        order[j--] = swapped;
      }
    }
    if (middle <= j) high = j;
    else if (middle >= i) low = i;
    else return;
  }
}
