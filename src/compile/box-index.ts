/** Finds, among many boxes, those that meet a given box: a bounding-volume hierarchy over the ranks of the boxes' ends. */

/** Boxes as `[first, last]` pairs of unsigned numbers, `dimensions` pairs for each box, one box after another. */
export class BoxIndex {
  readonly #dimensions: number;
  readonly #count: number;
  /** Box numbers in the order of the leaves. */
  readonly #order: Int32Array;
  /** Bounds of every node of the implicit tree, by node number. */
  readonly #bounds: Uint32Array;
  readonly #boxes: Uint32Array;
  readonly #leaves: number;

  constructor(boxes: Uint32Array, dimensions: number) {
    this.#dimensions = dimensions;
    this.#boxes = boxes;
    this.#count = boxes.length / (2 * dimensions);
    this.#order = Int32Array.from({ length: this.#count }, (_, i) => i);
    this.#leaves = leafCount(this.#count);
    this.#bounds = new Uint32Array(2 * this.#leaves * 2 * dimensions);
    const ranks = rankCentres(boxes, dimensions, this.#count);
    this.#build(1, 0, this.#count, ranks);
  }

  /** Calls `found` with the number of every box that meets `box` (pairs as in the constructor), in no special order. */
  forEachMeeting(box: Uint32Array, found: (index: number) => void): void {
    if (this.#count > 0) this.#search(1, 0, this.#count, box, found);
  }

  #search(node: number, from: number, to: number, box: Uint32Array, found: (index: number) => void): void {
    if (!this.#meets(this.#bounds, node, box)) return;
    if (node >= this.#leaves || to - from <= 1) {
      for (let i = from; i < to; i++) if (this.#meets(this.#boxes, this.#order[i], box)) found(this.#order[i]);
      return;
    }
    const middle = (from + to) >> 1;
    this.#search(2 * node, from, middle, box, found);
    this.#search(2 * node + 1, middle, to, box, found);
  }

  #meets(boxes: Uint32Array, index: number, box: Uint32Array): boolean {
    const width = 2 * this.#dimensions;
    const offset = index * width;
    for (let i = 0; i < width; i += 2) {
      if (boxes[offset + i] > box[i + 1] || box[i] > boxes[offset + i + 1]) return false;
    }
    return true;
  }

  #build(node: number, from: number, to: number, ranks: readonly Int32Array[]): void {
    this.#bound(node, from, to);
    if (node >= this.#leaves || to - from <= 1) return;
    const key = ranks[this.#widest(from, to, ranks)];
    const middle = (from + to) >> 1;
    selectMiddle(this.#order, key, from, to - 1, middle);
    this.#build(2 * node, from, middle, ranks);
    this.#build(2 * node + 1, middle, to, ranks);
  }

  #bound(node: number, from: number, to: number): void {
    const width = 2 * this.#dimensions;
    for (let d = 0; d < width; d += 2) {
      let first = 0xffffffff;
      let last = 0;
      for (let i = from; i < to; i++) {
        const offset = this.#order[i] * width + d;
        if (this.#boxes[offset] < first) first = this.#boxes[offset];
        if (this.#boxes[offset + 1] > last) last = this.#boxes[offset + 1];
      }
      this.#bounds[node * width + d] = first;
      this.#bounds[node * width + d + 1] = last;
    }
  }

  #widest(from: number, to: number, ranks: readonly Int32Array[]): number {
    let best = 0;
    let most = -1;
    for (let d = 0; d < ranks.length; d++) {
      let least = Number.POSITIVE_INFINITY;
      let greatest = -1;
      for (let i = from; i < to; i++) {
        const rank = ranks[d][this.#order[i]];
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
}

const LEAF_SIZE = 4;

function leafCount(count: number): number {
  let leaves = 1;
  while (leaves * LEAF_SIZE < count) leaves *= 2;
  return leaves;
}

/** For each dimension the rank of each box's middle: comparable between fields as widely different as ports and addresses. */
function rankCentres(boxes: Uint32Array, dimensions: number, count: number): Int32Array[] {
  return Array.from({ length: dimensions }, (_, d) => {
    const centres = Float64Array.from({ length: count }, (_, i) => {
      const offset = (i * dimensions + d) * 2;
      return boxes[offset] + boxes[offset + 1];
    });
    const sorted = Float64Array.from(new Set(centres)).sort();
    const rankOf = new Map<number, number>();
    sorted.forEach((centre, rank) => {
      rankOf.set(centre, rank);
    });
    return Int32Array.from(centres, (centre) => rankOf.get(centre) as number);
  });
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
