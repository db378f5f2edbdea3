/** Finds where rules that decide otherwise lie near a box: single packets from there show soonest that a rule matters. */
import { FamilyIndex } from "../compile/family-index.js";
import { LevelTable } from "../compile/level-table.js";
import type { Ace } from "../model/acl.js";

/** Boxes of aces that decide. */
export class ContraryBoxes {
  readonly #table = new LevelTable();
  readonly #aces: Ace[] = [];
  #index: FamilyIndex | undefined;

  add(box: Uint32Array, ace: Ace): void {
    this.#table.add(box);
    this.#aces.push(ace);
  }

  /**
   * Some of the boxes that meet the given one and whose aces do something else than `kind`, at most `most`; first of those
   * that are preferred.
   */
  near(box: Uint32Array, kind: string, most: number, isPreferred: (ace: Ace) => boolean): Uint32Array[] {
    this.#index ??= new FamilyIndex(this.#aces.length, (position, hull) => {
      hull.set(this.#table.box(position));
      return true;
    });
    const preferred: number[] = [];
    const others: number[] = [];
    this.#index.forEachMeeting(box, (position) => {
      const ace = this.#aces[position];
      if (ace.action.kind !== kind) (isPreferred(ace) ? preferred : others).push(position);
    });
    const first = spread(preferred, most);
    return [...first, ...spread(others, most - first.length)].map((position) => this.#table.box(position));
  }
}

/** At most `most` of some numbers, from all parts of their order. */
function spread(numbers: number[], most: number): number[] {
  numbers.sort((a, b) => a - b);
  const step = Math.max(1, numbers.length / most);
  return Array.from({ length: Math.min(numbers.length, most) }, (_, i) => numbers[Math.floor(i * step)]);
}
