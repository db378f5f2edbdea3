/** The aces of an acl as boxes of one family, to be asked which of them leave which packets to others. */
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import { meets } from "../sets/box-tree.js";
import type { Budget } from "../sets/budget.js";
import { type Coverage, CoverSearch } from "../sets/cover.js";
import { FIRST_FLAGS, FLAGS, HIGH, ICMP_PROTOCOLS, LEVELS, LOW, PROTOCOL } from "../sets/layout.js";
import { packetAt } from "../sets/packet-point.js";
import { type AceBoxes, AceBoxTable, type Span } from "./ace-boxes.js";
import type { CompiledAce } from "./compile-acl.js";
import { mostTellingFirst } from "./level-table.js";

/** The boxes of one family, with only the levels that any of them tests. */
export class FamilySearch {
  /** By ace. */
  readonly boxes: readonly AceBoxes[];
  readonly #family: Family;
  readonly #levels: readonly number[];
  readonly #table: Uint32Array;
  readonly #search: CoverSearch;

  constructor(aces: readonly CompiledAce[], isDeciding: (i: number) => boolean, family: Family) {
    const table = new AceBoxTable(family);
    this.boxes = aces.map((ace) => table.add(ace));
    this.#family = family;
    this.#levels = mostTellingFirst(table.boxes.testedLevels());
    this.#table = table.boxes.project(this.#levels);
    const covering: number[] = [];
    const owners: number[] = [];
    this.boxes.forEach(({ surely }, i) => {
      if (surely === undefined || !isDeciding(i)) return;
      for (let box = surely.from; box < surely.to; box++) {
        covering.push(box);
        owners.push(i);
      }
    });
    const boxes = table.boxes.project(this.#levels, covering);
    this.#search = new CoverSearch({ dimensions: this.#levels.length, boxes, owners: Int32Array.from(owners) });
  }

  judge(i: number, budget: Budget): Coverage {
    const { from, to } = this.boxes[i].possibly as Span;
    return this.#search.judge(i, this.#table, from * 2 * this.#levels.length, to - from, budget);
  }

  /**
   * True iff some packet that an ace possibly matches, and a later one too where one is given, is surely matched by no other
   * deciding ace before that one. The boxes of both must be known. Throws TooComplexError.
   */
  isOpenWithout(i: number, later: number | undefined, budget: Budget): boolean {
    const limit = later ?? this.boxes.length;
    for (const box of this.#commonBoxes(i, later ?? i)) {
      if (this.#search.findOpen(box, 0, limit, i, budget) !== undefined) return true;
    }
    return false;
  }

  *#commonBoxes(i: number, j: number): Generator<Uint32Array> {
    const width = 2 * this.#levels.length;
    for (const a of this.#boxesOf(i)) {
      if (i === j) yield a;
      else for (const b of this.#boxesOf(j)) if (meets(a, 0, b, 0, width)) yield commonBox(a, b);
    }
  }

  *#boxesOf(i: number): Generator<Uint32Array> {
    const width = 2 * this.#levels.length;
    const { from, to } = this.boxes[i].possibly as Span;
    for (let box = from; box < to; box++) yield this.#table.subarray(box * width, (box + 1) * width);
  }

  /** Levels that no ace tests get ordinary values: a SYN from a high port. */
  packet(values: Uint32Array): Packet {
    const point = new Array<number>(LEVELS).fill(0);
    point[FLAGS] = FIRST_FLAGS;
    this.#levels.forEach((level, d) => {
      point[level] = values[d];
    });
    if (!this.#levels.includes(PROTOCOL)) point[PROTOCOL] = 6;
    const isIcmp = ICMP_PROTOCOLS.includes(point[PROTOCOL]);
    if (!this.#levels.includes(LOW) && !isIcmp) point[LOW] = 50000;
    if (!this.#levels.includes(HIGH) && !isIcmp) point[HIGH] = 443;
    return packetAt(point, this.#family);
  }
}

/** What two boxes that meet have in common. */
function commonBox(a: Uint32Array, b: Uint32Array): Uint32Array {
  return a.map((value, k) => (k % 2 === 0 ? Math.max(value, b[k]) : Math.min(value, b[k])));
}
