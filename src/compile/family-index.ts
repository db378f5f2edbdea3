/** Finds, among many aces, those that can match some packet of a box. */
import { BoxTree } from "../sets/box-tree.js";
import { HIGH, LEVELS, LOW, PROTOCOL, TAG } from "../sets/layout.js";
import { WHOLE_BOX } from "../sets/level-boxes.js";
import type { Hull } from "./ace-hull.js";
import { LevelTable, mostTellingFirst, projectBox } from "./level-table.js";

/** The levels an index may use; states, flags and fragments change on the way or say little. */
const INDEXED_LEVELS: ReadonlySet<number> = new Set([
  PROTOCOL,
  HIGH,
  LOW,
  ...Array.from({ length: LEVELS - TAG - 1 }, (_, i) => TAG + 1 + i), // addresses and interfaces
]);

/** An index over the hulls that aces have for one family, by their positions; an ace without a hull is never found. */
export class FamilyIndex {
  readonly #levels: readonly number[];
  readonly #tree: BoxTree;

  /** `hullOf` makes a box the hull of the ace at a position; false where it has none. */
  constructor(count: number, hullOf: (position: number, hull: Hull) => boolean) {
    const hull = WHOLE_BOX.slice();
    const table = new LevelTable();
    const owners: number[] = [];
    for (let position = 0; position < count; position++) {
      if (!hullOf(position, hull)) continue;
      table.add(hull);
      owners.push(position);
    }
    const levels = table.testedLevels().filter((level) => INDEXED_LEVELS.has(level));
    this.#levels = levels.length === 0 ? [PROTOCOL] : mostTellingFirst(levels);
    this.#tree = new BoxTree({
      dimensions: this.#levels.length,
      boxes: table.project(this.#levels),
      owners: new Int32Array(owners),
    });
  }

  /** Positions, in no order, of the aces whose hull meets the given one in every level but state, flags and fragment. */
  forEachMeeting(hull: Hull, found: (position: number) => void): void {
    const all = 0x7fffffff;
    this.#tree.forEachMeeting(projectBox(hull, this.#levels), 0, all, (box) => found(this.#tree.owners[box]));
  }
}
