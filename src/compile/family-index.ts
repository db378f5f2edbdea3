/** Finds, among many aces, those that can match some packet of a box. */
import { BoxTree } from "../sets/box-tree.js";
import { HIGH, LEVELS, LOW, PROTOCOL, STATE } from "../sets/layout.js";
import type { Hull } from "./ace-hull.js";
import { projectBoxes, testedLevels } from "./level-table.js";

/** The levels an index may use; states, flags and fragments change on the way or say little. */
const INDEXED_LEVELS: ReadonlySet<number> = new Set([
  PROTOCOL,
  HIGH,
  LOW,
  ...Array.from({ length: LEVELS - STATE - 1 }, (_, i) => STATE + 1 + i), // addresses and interfaces
]);

/** An index over the hulls that aces have for one family, by their positions; an ace without a hull is never found. */
export class FamilyIndex {
  readonly #levels: readonly number[];
  readonly #tree: BoxTree;

  constructor(hulls: readonly (Hull | undefined)[]) {
    const owners = Int32Array.from(hulls.flatMap((hull, i) => (hull === undefined ? [] : [i])));
    const own = hulls.filter((hull) => hull !== undefined);
    this.#levels = testedLevels(own).filter((level) => INDEXED_LEVELS.has(level));
    if (this.#levels.length === 0) this.#levels = [PROTOCOL];
    this.#tree = new BoxTree({ dimensions: this.#levels.length, boxes: projectBoxes(own, this.#levels), owners });
  }

  /** Positions, in no order, of the aces whose hull meets the given one in every level but state, flags and fragment. */
  forEachMeeting(hull: Hull, found: (position: number) => void): void {
    const all = 0x7fffffff;
    this.#tree.forEachMeeting(projectBoxes([hull], this.#levels), 0, all, (box) => found(this.#tree.owners[box]));
  }
}
