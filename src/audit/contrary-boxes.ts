/** Finds where rules that decide otherwise lie near a box: single packets from there show soonest that a rule matters. */
import { FamilyIndex } from "../compile/family-index.js";
import { LevelTable } from "../compile/level-table.js";

/** Boxes of aces with what they do with packets. */
export class ContraryBoxes {
  readonly #table = new LevelTable();
  readonly #actions: string[] = [];
  #index: FamilyIndex | undefined;

  add(box: Uint32Array, action: string): void {
    this.#table.add(box);
    this.#actions.push(action);
  }

  /** Some of the boxes that meet the given one and whose aces do something else than `kind`, at most `most`. */
  near(box: Uint32Array, kind: string, most: number): Uint32Array[] {
    this.#index ??= new FamilyIndex(this.#actions.length, (position, hull) => {
      hull.set(this.#table.box(position));
      return true;
    });
    const found: number[] = [];
    this.#index.forEachMeeting(box, (position) => {
      if (this.#actions[position] !== kind) found.push(position);
    });
    const step = Math.max(1, Math.floor(found.length / most));
    return found.filter((_, i) => i % step === 0 && i / step < most).map((position) => this.#table.box(position));
  }
}
