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
const SAMPLED = 24;
const NOBODY = -1;

export class BoxTree {
  readonly dimensions: number;
  /** The boxes in the tree's own order, in which all numbers below count. */
  readonly boxes: Uint32Array;
  readonly owners: Int32Array;
  readonly #nodes: Nodes;
  readonly #bounds: Uint32Array;
  readonly #leastOwner: Int32Array;

  constructor(table: BoxTable) {
    const { dimensions, boxes, owners } = table;
    const width = 2 * dimensions;
    const { order, nodes } = arrange(table);
    this.dimensions = dimensions;
    this.boxes = new Uint32Array(boxes.length);
    this.owners = new Int32Array(owners.length);
    for (let i = 0; i < order.length; i++) {
      this.owners[i] = owners[order[i]];
      const source = order[i] * width;
      for (let k = 0; k < width; k++) this.boxes[i * width + k] = boxes[source + k];
    }
    this.#nodes = nodes;
    this.#bounds = new Uint32Array(nodes.skip.length * width);
    this.#leastOwner = new Int32Array(nodes.skip.length).fill(0x7fffffff);
    this.#bound();
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
    const leastOwner = this.#leastOwner;
    const { skip, from, to } = this.#nodes;
    const { boxes, owners } = this;
    for (let node = 0; node < skip.length; ) {
      if (leastOwner[node] >= limit || !holds(bounds, node * width, width, point)) {
        node = skip[node];
        continue;
      }
      for (let i = from[node]; i < to[node]; i++) {
        const owner = owners[i];
        if (owner < limit && owner !== except && holds(boxes, i * width, width, point)) return i;
      }
      node++;
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

  /** True iff a box of an owner below `limit` meets the box at `offset`. */
  isMet(of: Uint32Array, offset: number, limit: number): boolean {
    const width = 2 * this.dimensions;
    const meeting = (boxes: Uint32Array, at: number) => meets(boxes, at, of, offset, width);
    return this.#visit(limit, meeting, (box) => meeting(this.boxes, box * width)) >= 0;
  }

  /**
   * Offers boxes until one is taken; the result is that one, or -1. A node can only hold a box that is wanted if its bounds
   * satisfy `enter`: all tests here are of that kind.
   */
  #visit(limit: number, enter: (bounds: Uint32Array, at: number) => boolean, take: (box: number) => boolean): number {
    const width = 2 * this.dimensions;
    const { skip, from, to } = this.#nodes;
    for (let node = 0; node < skip.length; ) {
      if (this.#leastOwner[node] >= limit || !enter(this.#bounds, node * width)) {
        node = skip[node];
        continue;
      }
      for (let i = from[node]; i < to[node]; i++) if (this.owners[i] < limit && take(i)) return i;
      node++;
    }
    return -1;
  }

  /** Bounds every node, those below it first. */
  #bound(): void {
    const { skip, from, to } = this.#nodes;
    for (let node = skip.length - 1; node >= 0; node--) {
      for (let i = from[node]; i < to[node]; i++) this.#widen(node, this.boxes, i, this.owners[i], i === from[node]);
      for (let child = node + 1; child < skip[node]; child = skip[child])
        this.#widen(node, this.#bounds, child, this.#leastOwner[child], child === node + 1);
    }
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

/**
 * The nodes in the order of a walk that turns left first: below a node come its children, then what `skip` says. A leaf has
 * the boxes in `[from, to)`, any other node none.
 */
interface Nodes {
  readonly skip: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** An order of the boxes and a tree over it. */
function arrange(table: BoxTable): { readonly order: Int32Array; readonly nodes: Nodes } {
  const count = table.owners.length;
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  const keys = count > LEAF_SIZE ? keysOf(table) : [];
  const skip: number[] = [];
  const from: number[] = [];
  const to: number[] = [];
  const split = (first: number, end: number): void => {
    const isLeaf = end - first <= LEAF_SIZE;
    const node = skip.push(0) - 1;
    from.push(isLeaf ? first : 0);
    to.push(isLeaf ? end : 0);
    if (!isLeaf) {
      const middle = divide(order, keys, first, end);
      split(first, middle);
      split(middle, end);
    }
    skip[node] = skip.length;
  };
  if (count > 0) split(0, count);
  return { order, nodes: { skip: Int32Array.from(skip), from: Int32Array.from(from), to: Int32Array.from(to) } };
}

/** The key of wide boxes, less than all others. */
const WIDE = -0x80000000;

/**
 * For each dimension in which boxes differ a key of each box: where it begins, but the wide ones (`any`, large networks) have a
 * key of their own, because one of them spoils the bounds of all its neighbours.
 */
function keysOf(table: BoxTable): Int32Array[] {
  const { dimensions, boxes, owners } = table;
  return tellingDimensions(table).map((d) => {
    const wide = Math.sqrt(spanOf(boxes, d, dimensions));
    const keys = new Int32Array(owners.length);
    for (let i = 0; i < keys.length; i++) {
      const at = (i * dimensions + d) * 2;
      keys[i] = boxes[at + 1] - boxes[at] >= wide ? WIDE : Math.max(WIDE + 1, boxes[at] + WIDE);
    }
    return keys;
  });
}

const MANY_SAMPLED = 48;

/** The dimensions in which boxes begin at different values: among some of them, at least at a sixteenth of the most. */
function tellingDimensions({ dimensions, boxes, owners }: BoxTable): number[] {
  const step = Math.max(1, Math.floor(owners.length / MANY_SAMPLED));
  const counts = Array.from({ length: dimensions }, (_, d) => {
    const values = new Set<number>();
    for (let i = 0; i < owners.length; i += step) values.add(boxes[(i * dimensions + d) * 2]);
    return values.size;
  });
  const most = Math.max(...counts);
  return [...counts.keys()].filter((d) => 16 * counts[d] >= most);
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

/**
 * Orders some boxes anew so that what comes before the result and what comes after it share little space: the wide boxes
 * before the others, or else the half that begins first, both along the dimension with the most different keys.
 */
function divide(order: Int32Array, keys: readonly Int32Array[], from: number, to: number): number {
  const key = mostDiverse(order, keys, from, to);
  const narrow = wideFirst(order, key, from, to);
  if (narrow > from && narrow < to) return narrow;
  const middle = (from + to) >> 1;
  selectMiddle(order, key, from, to - 1, middle);
  return middle;
}

const BUCKETS = 256;
const lastIn = new Int32Array(BUCKETS);
let counted = 0;

/** The keys that differ most, by how many buckets those of some boxes fall into. */
function mostDiverse(order: Int32Array, keys: readonly Int32Array[], from: number, to: number): Int32Array {
  const step = Math.max(1, Math.floor((to - from) / SAMPLED));
  let best = keys[0];
  let most = 0;
  for (let d = 0; d < keys.length; d++) {
    const key = keys[d];
    let count = 0;
    counted++;
    for (let i = from; i < to; i += step) {
      const bucket = Math.imul(key[order[i]], 0x9e3779b1) >>> 24;
      if (lastIn[bucket] === counted) continue;
      lastIn[bucket] = counted;
      count++;
    }
    if (count > most) {
      most = count;
      best = key;
    }
  }
  return best;
}

/** Moves the wide boxes before all others; the result is where the others begin. */
function wideFirst(order: Int32Array, key: Int32Array, from: number, to: number): number {
  let next = from;
  for (let i = from; i < to; i++) {
    const box = order[i];
    if (key[box] !== WIDE) continue;
    order[i] = order[next];
    order[next++] = box;
  }
  return next;
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
