/** Boxes over the levels of diagrams, kept in one array and brought down to the levels that matter for some aces. */
import { INGRESS, LEVELS, PROTOCOL, TAG } from "../sets/layout.js";
import { BOX_WIDTH, type LevelBounds, testedBounds, WHOLE_BOX } from "../sets/level-boxes.js";

const FIRST_ROOM = 1;

/** Boxes over all levels, counted in the order in which they were added. */
export class LevelTable {
  #words = new Uint32Array(FIRST_ROOM * BOX_WIDTH);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds a copy of a box. */
  add(box: Uint32Array): void {
    const at = this.#count++ * BOX_WIDTH;
    if (at === this.#words.length) {
      const larger = new Uint32Array(2 * at);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words.set(box, at);
  }

  /** Adds copies of some of its own boxes: all from one up to another. */
  repeat(from: number, to: number): void {
    for (let index = from; index < to; index++)
      this.add(this.#words.subarray(index * BOX_WIDTH, (index + 1) * BOX_WIDTH));
  }

  /** The bounds of a box at the levels that it tests. */
  boundsOf(index: number): LevelBounds[] {
    return testedBounds(this.#words, index * BOX_WIDTH);
  }

  /** A copy of a box. */
  box(index: number): Uint32Array {
    return this.#words.slice(index * BOX_WIDTH, (index + 1) * BOX_WIDTH);
  }

  /** The levels that some of the boxes tests, ascending; at least one. */
  testedLevels(): number[] {
    const levels: number[] = [];
    for (let level = 0; level < LEVELS; level++) if (this.#isTested(level)) levels.push(level);
    return levels.length === 0 ? [PROTOCOL] : levels;
  }

  #isTested(level: number): boolean {
    const words = this.#words;
    const whole = WHOLE_BOX[2 * level + 1];
    for (let at = 2 * level, end = this.#count * BOX_WIDTH; at < end; at += BOX_WIDTH)
      if (words[at] !== 0 || words[at + 1] !== whole) return true;
    return false;
  }

  /** Some of the boxes (absent: all) with only some levels, in the order of `levels`, one after another. */
  project(levels: readonly number[], which?: ArrayLike<number>): Uint32Array {
    const count = which?.length ?? this.#count;
    const result = new Uint32Array(count * 2 * levels.length);
    for (let i = 0, to = 0; i < count; i++) {
      const from = (which?.[i] ?? i) * BOX_WIDTH;
      for (let d = 0; d < levels.length; d++) {
        result[to++] = this.#words[from + 2 * levels[d]];
        result[to++] = this.#words[from + 2 * levels[d] + 1];
      }
    }
    return result;
  }
}

/** Levels in the order in which they tell boxes apart soonest: addresses, then all before them, then interfaces. */
export function mostTellingFirst(levels: readonly number[]): number[] {
  const isAddress = (level: number) => level > TAG && level < INGRESS.first;
  const isInterface = (level: number) => level >= INGRESS.first;
  return [
    ...levels.filter(isAddress),
    ...levels.filter((level) => !isAddress(level) && !isInterface(level)),
    ...levels.filter(isInterface),
  ];
}

/** One box with only some levels, in the order of `levels`. */
export function projectBox(box: Uint32Array, levels: readonly number[]): Uint32Array {
  const result = new Uint32Array(2 * levels.length);
  levels.forEach((level, d) => {
    result[2 * d] = box[2 * level];
    result[2 * d + 1] = box[2 * level + 1];
  });
  return result;
}
