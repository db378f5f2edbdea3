/**
 * Decides for boxes in order which of them are covered by boxes of earlier owners, and shows why: a point that no earlier
 * box holds, or a few earlier owners that together hold every point. No union is ever built, so the cost follows how much
 * the boxes overlap, not their number: docs/decisions/0011-local-and-global-questions.md.
 */
import { type BoxTable, BoxTree, encloses, meets } from "./box-tree.js";
import { type Budget, TooComplexError } from "./budget.js";

/** Whether the boxes of one owner are covered by boxes of earlier owners. */
export type Coverage =
  | { readonly kind: "open"; readonly point: Uint32Array }
  | { readonly kind: "covered"; readonly by: readonly number[] }
  | { readonly kind: "too-complex" };

/** Guesses at points of a box: its corners tell most, then points by chance. */
const CORNERS: readonly number[] = [0, 1];
const CHANCES: readonly number[] = Array.from({ length: 12 }, (_, i) => CORNERS.length + i);

const isAnything = (_: Uint32Array): boolean => true;

/** Judges boxes against the boxes of earlier owners; owners should be asked in ascending order. */
export class CoverSearch {
  readonly #tree: BoxTree;
  readonly #width: number;
  readonly #isCovered: Uint8Array;
  readonly #point: Uint32Array;
  #chance = 0x2545f491;

  /** `coverers`: what may cover. Its owners may be fewer than those that are judged, or have other boxes. */
  constructor(coverers: BoxTable) {
    this.#tree = new BoxTree(coverers);
    this.#width = 2 * coverers.dimensions;
    this.#point = new Uint32Array(coverers.dimensions);
    let last = -1;
    for (const owner of coverers.owners) last = Math.max(last, owner);
    this.#isCovered = new Uint8Array(last + 1);
  }

  /** Whether every one of the boxes (`count` of them from `offset` on) is covered by boxes of owners below `owner`. */
  judge(owner: number, boxes: Uint32Array, offset: number, count: number, budget: Budget): Coverage {
    if (count === 1) {
      const only = this.#judgeBox(owner, boxes, offset, budget);
      if (only.kind === "covered") this.#recordCovered(owner);
      return only;
    }
    const by = new Set<number>();
    for (let i = 0; i < count; i++) {
      const result = this.#judgeBox(owner, boxes, offset + i * this.#width, budget);
      if (result.kind !== "covered") return result;
      for (const one of result.by) by.add(one);
    }
    this.#recordCovered(owner);
    return { kind: "covered", by: [...by].sort((a, b) => a - b) };
  }

  /**
   * A point of a box that no box of an owner below `limit`, other than `except`, holds; undefined iff they hold them all.
   * With `isWanted`: such a point that is wanted, undefined where none was found. Throws TooComplexError.
   */
  findOpen(
    boxes: Uint32Array,
    at: number,
    limit: number,
    except: number,
    budget: Budget,
    isWanted: (point: Uint32Array) => boolean = isAnything,
  ): Uint32Array | undefined {
    if (this.#isOpenAt(boxes, at, limit, CORNERS, except, isWanted)) return this.#point.slice();
    if (this.#tree.findEnclosing(boxes, at, limit, except) >= 0) return undefined;
    if (this.#isOpenAt(boxes, at, limit, CHANCES, except, isWanted)) return this.#point.slice();
    const candidates: number[] = [];
    this.#tree.forEachMeeting(boxes, at, limit, (box) => {
      if (this.#tree.owners[box] !== except) candidates.push(box);
    });
    const rest = new Peeling(this.#tree, budget).peel(boxes.slice(at, at + this.#width), candidates);
    return rest !== undefined && isWanted(rest) ? rest : undefined;
  }

  #recordCovered(owner: number): void {
    if (owner < this.#isCovered.length) this.#isCovered[owner] = 1;
  }

  #judgeBox(owner: number, boxes: Uint32Array, at: number, budget: Budget): Coverage {
    if (this.#isOpenAt(boxes, at, owner, CORNERS)) return this.#open();
    const whole = this.#firstEnclosing(boxes, at, owner);
    if (whole !== undefined) return { kind: "covered", by: [whole] };
    if (this.#isOpenAt(boxes, at, owner, CHANCES)) return this.#open();
    return this.#peelBox(owner, boxes, at, budget);
  }

  /** The first owner, below `limit`, of a box that holds all of one: whoever reads the answer looks for that one first. */
  #firstEnclosing(boxes: Uint32Array, at: number, limit: number): number | undefined {
    let first: number | undefined;
    for (let box = 0; box >= 0; ) {
      box = this.#tree.findEnclosing(boxes, at, first ?? limit);
      if (box >= 0) first = this.#tree.owners[box];
    }
    return first;
  }

  #open(): Coverage {
    return { kind: "open", point: this.#point.slice() };
  }

  /** True iff one of some guesses, which is then the point, is held by no box of an owner below `limit` other than `except`. */
  #isOpenAt(
    boxes: Uint32Array,
    at: number,
    limit: number,
    guesses: readonly number[],
    except?: number,
    isWanted = isAnything,
  ): boolean {
    for (const guess of guesses) {
      this.#guess(boxes, at, guess);
      if (this.#tree.findHolding(this.#point, limit, except) < 0 && isWanted(this.#point)) return true;
    }
    return false;
  }

  /** The lowest corner, the highest, then points by chance. */
  #guess(boxes: Uint32Array, at: number, guess: number): void {
    for (let d = 0; d < this.#point.length; d++) {
      const first = boxes[at + 2 * d];
      const last = boxes[at + 2 * d + 1];
      this.#point[d] =
        guess === 0 ? first : guess === 1 ? last : first + Math.floor(this.#random() * (last - first + 1));
    }
  }

  #random(): number {
    this.#chance ^= this.#chance << 13;
    this.#chance ^= this.#chance >>> 17;
    this.#chance ^= this.#chance << 5;
    return (this.#chance >>> 0) / 4294967296;
  }

  #peelBox(owner: number, boxes: Uint32Array, at: number, budget: Budget): Coverage {
    const candidates: number[] = [];
    this.#tree.forEachMeeting(boxes, at, owner, (box) => {
      if (this.#isCovered[this.#tree.owners[box]] === 0) candidates.push(box);
    });
    const peeling = new Peeling(this.#tree, budget);
    try {
      const rest = peeling.peel(boxes.slice(at, at + this.#width), candidates);
      if (rest !== undefined) return { kind: "open", point: rest };
      return { kind: "covered", by: this.#fewest(boxes.slice(at, at + this.#width), peeling.used, budget) };
    } catch (error) {
      if (error instanceof TooComplexError) return { kind: "too-complex" };
      throw error;
    }
  }

  /** Drops covering owners that the others make unnecessary. */
  #fewest(box: Uint32Array, used: ReadonlySet<number>, budget: Budget): number[] {
    let kept = [...used];
    const owners = [...new Set(kept.map((one) => this.#tree.owners[one]))];
    if (owners.length > 2 && owners.length <= 64) {
      for (const owner of owners.sort((a, b) => b - a)) {
        const others = kept.filter((one) => this.#tree.owners[one] !== owner);
        if (new Peeling(this.#tree, budget).peel(box.slice(), others) === undefined) kept = others;
      }
    }
    return [...new Set(kept.map((one) => this.#tree.owners[one]))].sort((a, b) => a - b);
  }
}

/** Cuts a box along the boxes that meet it until nothing is left, or a piece that none of them meets. */
class Peeling {
  readonly used = new Set<number>();
  readonly #tree: BoxTree;
  readonly #budget: Budget;
  readonly #width: number;

  constructor(tree: BoxTree, budget: Budget) {
    this.#tree = tree;
    this.#budget = budget;
    this.#width = 2 * tree.dimensions;
  }

  /** A point of the box that no candidate holds; undefined iff they cover it. */
  peel(box: Uint32Array, candidates: readonly number[]): Uint32Array | undefined {
    this.#budget.charge(candidates.length + 1);
    const width = this.#width;
    const { boxes } = this.#tree;
    const meeting: number[] = [];
    let best = -1;
    let most = -1;
    for (const candidate of candidates) {
      if (!meets(boxes, candidate * width, box, 0, width)) continue;
      if (encloses(boxes, candidate * width, box, 0, width)) {
        this.used.add(candidate);
        return undefined;
      }
      meeting.push(candidate);
      const share = this.#share(box, candidate);
      if (share > most) {
        most = share;
        best = candidate;
      }
    }
    if (best < 0) return box.filter((_, k) => k % 2 === 0);
    this.used.add(best);
    return this.#cut(box, best, meeting);
  }

  /** Peels what is left of the box around one candidate, slab by slab. */
  #cut(box: Uint32Array, candidate: number, others: readonly number[]): Uint32Array | undefined {
    const inner = box.slice();
    for (let k = 0; k < this.#width; k += 2) {
      const first = this.#tree.boxes[candidate * this.#width + k];
      const last = this.#tree.boxes[candidate * this.#width + k + 1];
      if (first > inner[k]) {
        const below = inner.slice();
        below[k + 1] = first - 1;
        const rest = this.peel(below, others);
        if (rest !== undefined) return rest;
        inner[k] = first;
      }
      if (last < inner[k + 1]) {
        const above = inner.slice();
        above[k] = last + 1;
        const rest = this.peel(above, others);
        if (rest !== undefined) return rest;
        inner[k + 1] = last;
      }
    }
    return undefined;
  }

  /** How much of the box a candidate takes. */
  #share(box: Uint32Array, candidate: number): number {
    let share = 1;
    for (let k = 0; k < this.#width; k += 2) {
      const first = Math.max(box[k], this.#tree.boxes[candidate * this.#width + k]);
      const last = Math.min(box[k + 1], this.#tree.boxes[candidate * this.#width + k + 1]);
      share *= (last - first + 1) / (box[k + 1] - box[k] + 1);
    }
    return share;
  }
}
