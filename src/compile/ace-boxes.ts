/** The packets of an ace as boxes over the levels of the diagrams. */
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import { witnessOfBoxes } from "../sets/box-witness.js";
import { type LevelBounds, narrowBox, WHOLE_BOX } from "../sets/level-boxes.js";
import { type Choice, productOfAce } from "./ace-product.js";
import type { CompiledAce } from "./compile-acl.js";
import { LevelTable } from "./level-table.js";

/** Boxes in a table: from one on, up to but not including another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Boxes of what an ace surely and possibly matches; undefined where they are too many to be worked with. */
export interface AceBoxes {
  readonly surely: Span | undefined;
  readonly possibly: Span | undefined;
}

const NO_SPAN: Span = { from: 0, to: 0 };
const NONE: AceBoxes = { surely: NO_SPAN, possibly: NO_SPAN };
const MOST_BOXES = 512;
const FEW_BOXES = 32;

/** The boxes of the aces of one family, added one ace after another. Those of most aces are found without a packet set. */
export class AceBoxTable {
  readonly boxes = new LevelTable();
  readonly #hull = WHOLE_BOX.slice();

  constructor(readonly family: Family) {}

  /** The boxes of one more ace, of its packets within bounds. */
  add(compiled: CompiledAce, within: readonly LevelBounds[] = []): AceBoxes {
    const choices = productOfAce(compiled, this.family, this.#hull);
    if (choices === "nothing") return NONE;
    if (choices === undefined || boxCount(choices) > MOST_BOXES) return this.#addSets(compiled, within);
    if (!narrowBox(this.#hull, within)) return NONE;
    const from = this.boxes.count;
    this.#addChosen(choices, 0);
    const span = { from, to: this.boxes.count };
    return { surely: compiled.ace.matches.unmodeled.length > 0 ? NO_SPAN : span, possibly: span };
  }

  /** Adds what the hull has in one range of each choice from `next` on, for every way to choose. */
  #addChosen(choices: readonly Choice[], next: number): void {
    const hull = this.#hull;
    if (next === choices.length) {
      this.boxes.add(hull);
      return;
    }
    const { level, ranges } = choices[next];
    const first = hull[2 * level];
    const last = hull[2 * level + 1];
    for (let i = 0; i < ranges.length; i++) {
      hull[2 * level] = Math.max(first, ranges[i].first);
      hull[2 * level + 1] = Math.min(last, ranges[i].last);
      if (hull[2 * level] <= hull[2 * level + 1]) this.#addChosen(choices, next + 1);
    }
    hull[2 * level] = first;
    hull[2 * level + 1] = last;
  }

  /** One box around what the ace possibly matches within bounds, or none. */
  addHull(compiled: CompiledAce, within: readonly LevelBounds[]): Span {
    const from = this.boxes.count;
    if (compiled.hull(this.family, this.#hull) && narrowBox(this.#hull, within)) this.boxes.add(this.#hull);
    return { from, to: this.boxes.count };
  }

  #addSets(compiled: CompiledAce, within: readonly LevelBounds[]): AceBoxes {
    const { surely, possibly } = compiled.matches.bounds;
    const span = this.#addAll(possibly.levelBoxes(this.family, MOST_BOXES), within);
    if (surely === possibly) return { surely: span, possibly: span };
    return { surely: this.#addAll(surely.levelBoxes(this.family, MOST_BOXES), within), possibly: span };
  }

  #addAll(boxes: readonly Uint32Array[] | undefined, within: readonly LevelBounds[]): Span | undefined {
    if (boxes === undefined) return undefined;
    const from = this.boxes.count;
    for (const box of boxes) if (narrowBox(box, within)) this.boxes.add(box);
    return { from, to: this.boxes.count };
  }
}

/** The witness of what an ace possibly matches, found without its packet set; undefined where that takes many boxes. */
export function witnessOfAce(compiled: CompiledAce): Packet | undefined {
  const { family } = compiled.ace.matches;
  if (family === undefined) return undefined;
  const table = new AceBoxTable(family);
  const { possibly } = table.add(compiled);
  if (possibly === undefined || possibly.to - possibly.from > FEW_BOXES) return undefined;
  const boxes = Array.from({ length: possibly.to - possibly.from }, (_, i) => table.boxes.box(possibly.from + i));
  return witnessOfBoxes(boxes, family);
}

function boxCount(choices: readonly Choice[]): number {
  return choices.reduce((count, { ranges }) => count * ranges.length, 1);
}
