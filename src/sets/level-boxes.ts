/** Boxes over the levels of diagrams, and a diagram as such boxes, for algorithms that know nothing of diagrams. */
import { LEVELS, maximumOf } from "./layout.js";
import { EMPTY, edgesAt, type Node } from "./node.js";

/** Numbers of a box over all levels: `[first, last]` for each. */
export const BOX_WIDTH = 2 * LEVELS;

/** The box that holds every point. */
export const WHOLE_BOX: Readonly<Uint32Array> = Uint32Array.from({ length: BOX_WIDTH }, (_, i) =>
  i % 2 === 0 ? 0 : maximumOf(i >> 1),
);

/** The values that boxes keep to at one level. */
export interface LevelBounds {
  readonly level: number;
  readonly first: number;
  readonly last: number;
}

/** Makes a box its part within bounds; false, and the box is anything, if there is none. */
export function narrowBox(box: Uint32Array, bounds: readonly LevelBounds[]): boolean {
  for (let i = 0; i < bounds.length; i++) {
    const { level, first, last } = bounds[i];
    if (first > box[2 * level]) box[2 * level] = first;
    if (last < box[2 * level + 1]) box[2 * level + 1] = last;
    if (box[2 * level] > box[2 * level + 1]) return false;
  }
  return true;
}

/** The bounds of the box at an offset at the levels that it tests. */
export function testedBounds(words: Uint32Array, at: number): LevelBounds[] {
  const bounds: LevelBounds[] = [];
  for (let level = 0; level < LEVELS; level++) {
    const first = words[at + 2 * level];
    const last = words[at + 2 * level + 1];
    if (first !== 0 || last !== WHOLE_BOX[2 * level + 1]) bounds.push({ level, first, last });
  }
  return bounds;
}

/** True iff a point of the box is within bounds. */
export function meetsBounds(box: Uint32Array, bounds: readonly LevelBounds[]): boolean {
  for (let i = 0; i < bounds.length; i++) {
    const { level, first, last } = bounds[i];
    if (first > box[2 * level + 1] || last < box[2 * level]) return false;
  }
  return true;
}

/** The boxes of a diagram, each `[first, last]` for every level; undefined iff there are more than `limit`. */
export function levelBoxesOf(root: Node, limit: number): Uint32Array[] | undefined {
  const boxes: Uint32Array[] = [];
  const box = WHOLE_BOX.slice();
  const visit = (node: Node): boolean => {
    if (node.level === LEVELS) {
      if (node !== EMPTY) boxes.push(box.slice());
      return boxes.length <= limit;
    }
    const at = 2 * node.level;
    for (const { first, last, child } of edgesAt(node, node.level)) {
      box[at] = first;
      box[at + 1] = last;
      if (!visit(child)) return false;
    }
    box[at] = 0;
    box[at + 1] = maximumOf(node.level);
    return true;
  };
  return visit(root) ? boxes : undefined;
}
