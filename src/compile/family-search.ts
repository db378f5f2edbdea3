/** The aces of an acl as boxes of one family, to be asked which of them leave which packets to others. */
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import { commonBox } from "../sets/box-tree.js";
import type { Budget } from "../sets/budget.js";
import type { Coverage } from "../sets/cover.js";
import { type AceBoxes, AceBoxTable, type Span } from "./ace-boxes.js";
import { BoxSearch } from "./box-search.js";
import type { CompiledAce } from "./compile-acl.js";

export class FamilySearch {
  /** By ace. */
  readonly boxes: readonly AceBoxes[];
  readonly #search: BoxSearch;

  constructor(aces: readonly CompiledAce[], isDeciding: (i: number) => boolean, family: Family) {
    const table = new AceBoxTable(family);
    this.boxes = aces.map((ace) => table.add(ace));
    const takers: number[] = [];
    const owners: number[] = [];
    this.boxes.forEach(({ surely }, i) => {
      if (surely === undefined || !isDeciding(i)) return;
      for (let box = surely.from; box < surely.to; box++) {
        takers.push(box);
        owners.push(i);
      }
    });
    this.#search = new BoxSearch(family, table.boxes, takers, owners);
  }

  judge(i: number, budget: Budget): Coverage {
    const { boxes, width, takers } = this.#search;
    const { from, to } = this.boxes[i].possibly as Span;
    return takers.judge(i, boxes, from * width, to - from, budget);
  }

  /**
   * True iff some packet that an ace possibly matches, and a later one too where one is given, is surely matched by no other
   * deciding ace before that one. The boxes of both must be known. Throws TooComplexError.
   */
  isOpenWithout(i: number, later: number | undefined, budget: Budget): boolean {
    const limit = later ?? this.boxes.length;
    for (const box of this.#commonBoxes(i, later ?? i)) {
      if (this.#search.takers.findOpen(box, 0, limit, i, budget) !== undefined) return true;
    }
    return false;
  }

  *#commonBoxes(i: number, j: number): Generator<Uint32Array> {
    for (const a of this.#boxesOf(i)) {
      for (const b of i === j ? [a] : this.#boxesOf(j)) {
        const common = commonBox(a, b);
        if (common !== undefined) yield common;
      }
    }
  }

  *#boxesOf(i: number): Generator<Uint32Array> {
    const { boxes, width } = this.#search;
    const { from, to } = this.boxes[i].possibly as Span;
    for (let box = from; box < to; box++) yield boxes.subarray(box * width, (box + 1) * width);
  }

  /** True iff there is a packet at a point of an answer. */
  isPacket(point: Uint32Array): boolean {
    return this.#search.isPacket(point);
  }

  /** The packet at a point of an answer. */
  packet(point: Uint32Array): Packet {
    return this.#search.packet(point);
  }
}
