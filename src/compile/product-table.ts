/** Products of ranges over the levels of diagrams, kept in flat arrays and brought down to the levels that matter. */
import type { PortRange } from "../model/service.js";
import { LEVELS, maximumOf, PROTOCOL } from "../sets/layout.js";
import type { LevelProduct } from "../sets/level-products.js";
import type { Products } from "../sets/products.js";
import type { Choice } from "./ace-product.js";

const FIRST_ROOM = 64;
const ANYTHING: readonly PortRange[] = [{ first: 0, last: 0xffffffff }];

/** Products over all levels, counted in the order in which they were added. */
export class ProductTable {
  /** `[first, last]` of each range. */
  #ranges = new Uint32Array(2 * LEVELS * FIRST_ROOM);
  /** By product and level: where in `#ranges`, counted in numbers, its own begin; they end where the next ones begin. */
  #starts = new Int32Array(LEVELS * FIRST_ROOM + 1);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(product: LevelProduct): void {
    const at = this.#count++ * LEVELS;
    this.#starts = withRoom(this.#starts, at + LEVELS + 1);
    for (let level = 0; level < LEVELS; level++) {
      const ranges = product[level];
      const start = this.#starts[at + level];
      const end = start + ranges.length;
      this.#ranges = withRoom(this.#ranges, end);
      for (let k = 0; k < ranges.length; k++) this.#ranges[start + k] = ranges[k];
      this.#starts[at + level + 1] = end;
    }
  }

  /** Adds what a box has in one of the ranges of each choice, if that is anything. */
  addChosen(box: Uint32Array, choices: readonly Choice[]): void {
    if (choices.length === 0) {
      this.#addBox(box);
      return;
    }
    const at = this.#count * LEVELS;
    this.#starts = withRoom(this.#starts, at + LEVELS + 1);
    for (let level = 0; level < LEVELS; level++) {
      const start = this.#starts[at + level];
      const chosen = choices.find((choice) => choice.level === level)?.ranges ?? ANYTHING;
      const end = this.#putCommon(start, chosen, box[2 * level], box[2 * level + 1]);
      if (end === start) return;
      this.#starts[at + level + 1] = end;
    }
    this.#count++;
  }

  /** Writes ranges down from `start` on, as far as they lie between two values; where they end then. */
  #putCommon(start: number, ranges: readonly PortRange[], first: number, last: number): number {
    this.#ranges = withRoom(this.#ranges, start + 2 * ranges.length);
    let end = start;
    for (const range of ranges) {
      if (range.first > last || range.last < first) continue;
      this.#ranges[end++] = Math.max(first, range.first);
      this.#ranges[end++] = Math.min(last, range.last);
    }
    return end;
  }

  #addBox(box: Uint32Array): void {
    const at = this.#count++ * LEVELS;
    const start = this.#starts[at];
    this.#starts = withRoom(this.#starts, at + LEVELS + 1);
    this.#ranges = withRoom(this.#ranges, start + box.length);
    this.#ranges.set(box, start);
    for (let level = 1; level <= LEVELS; level++) this.#starts[at + level] = start + 2 * level;
  }

  /** Adds what a product of another table and a box have in common; false, and nothing is added, if that is nothing. */
  addCommon(other: ProductTable, index: number, within: Uint32Array): boolean {
    const product: number[][] = [];
    for (let level = 0; level < LEVELS; level++) {
      const common = other.#common(index, level, within);
      if (common.length === 0) return false;
      product.push(common);
    }
    this.add(product);
    return true;
  }

  /** The ranges of a product at a level, as far as they lie in a box. */
  #common(index: number, level: number, within: Uint32Array): number[] {
    const at = index * LEVELS + level;
    return commonRanges(this.#ranges, this.#starts[at], this.#starts[at + 1], within[2 * level], within[2 * level + 1]);
  }

  /** The least box around a product. */
  hull(index: number): Uint32Array {
    const hull = new Uint32Array(2 * LEVELS);
    for (let level = 0; level < LEVELS; level++) {
      hull[2 * level] = this.#ranges[this.#starts[index * LEVELS + level]];
      hull[2 * level + 1] = this.#ranges[this.#starts[index * LEVELS + level + 1] - 1];
    }
    return hull;
  }

  /** True iff a product holds every point of a box. */
  encloses(index: number, box: Uint32Array): boolean {
    for (let level = 0; level < LEVELS; level++) {
      const [first, last] = this.#common(index, level, box);
      if (first !== box[2 * level] || last !== box[2 * level + 1]) return false;
    }
    return true;
  }

  /** True iff a product has the same ranges as one of another table. */
  isSame(index: number, other: ProductTable, otherIndex: number): boolean {
    const [from, to] = [this.#starts[index * LEVELS], this.#starts[(index + 1) * LEVELS]];
    const [start, end] = [other.#starts[otherIndex * LEVELS], other.#starts[(otherIndex + 1) * LEVELS]];
    if (to - from !== end - start) return false;
    for (let level = 1; level < LEVELS; level++) {
      const own = this.#starts[index * LEVELS + level] - from;
      if (other.#starts[otherIndex * LEVELS + level] - start !== own) return false;
    }
    for (let k = 0; k < to - from; k++) if (this.#ranges[from + k] !== other.#ranges[start + k]) return false;
    return true;
  }

  /** The levels that some of the products tests, ascending; at least one. */
  testedLevels(): number[] {
    const isTested = (level: number) => {
      for (let at = level; at < this.#count * LEVELS; at += LEVELS) {
        const start = this.#starts[at];
        if (this.#ranges[start] !== 0 || this.#ranges[start + 1] !== maximumOf(level)) return true;
      }
      return false;
    };
    const levels = Array.from({ length: LEVELS }, (_, level) => level).filter(isTested);
    return levels.length === 0 ? [PROTOCOL] : levels;
  }

  /** Some of the products (absent: all) with only some levels, in the order of `levels`. */
  project(levels: readonly number[], which?: ArrayLike<number>): Products {
    const count = which?.length ?? this.#count;
    const ends = new Int32Array(count * levels.length);
    const starts = new Int32Array(count * levels.length);
    let length = 0;
    for (let i = 0, to = 0; i < count; i++) {
      for (const level of levels) {
        const at = (which?.[i] ?? i) * LEVELS + level;
        starts[to] = this.#starts[at];
        length += this.#starts[at + 1] - this.#starts[at];
        ends[to++] = length;
      }
    }
    const ranges = new Uint32Array(length);
    for (let to = 0, k = 0; to < starts.length; to++) {
      for (let from = starts[to]; k < ends[to]; from++) ranges[k++] = this.#ranges[from];
    }
    return { ranges, ends };
  }
}

/** Those of some ranges, which begin at `start` and end at `end`, as far as they lie between two values. */
function commonRanges(ranges: ArrayLike<number>, start: number, end: number, first: number, last: number): number[] {
  const common: number[] = [];
  for (let k = start; k < end; k += 2) {
    const [from, to] = [Math.max(first, ranges[k]), Math.min(last, ranges[k + 1])];
    if (from <= to) common.push(from, to);
  }
  return common;
}

/** The array, or a longer one that begins with the same values, with room for at least so many. */
function withRoom<T extends Uint32Array | Int32Array>(array: T, least: number): T {
  if (least <= array.length) return array;
  const larger = new (array.constructor as new (length: number) => T)(Math.max(least, 2 * array.length));
  larger.set(array);
  return larger;
}
