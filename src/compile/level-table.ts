/** Boxes over the levels of diagrams, brought down to the levels that matter for some aces. */
import { LEVELS, maximumOf, PROTOCOL } from "../sets/layout.js";

/** The levels that some of the boxes tests, ascending; at least one. */
export function testedLevels(boxes: Iterable<Uint32Array>): number[] {
  const isTested = new Uint8Array(LEVELS);
  for (const box of boxes) {
    for (let level = 0; level < LEVELS; level++) {
      if (box[2 * level] !== 0 || box[2 * level + 1] !== maximumOf(level)) isTested[level] = 1;
    }
  }
  const levels = [...isTested.keys()].filter((level) => isTested[level] === 1);
  return levels.length === 0 ? [PROTOCOL] : levels;
}

/** The boxes with only some levels, in the order of `levels`, one after another. */
export function projectBoxes(boxes: readonly Uint32Array[], levels: readonly number[]): Uint32Array {
  const width = 2 * levels.length;
  const result = new Uint32Array(boxes.length * width);
  for (let i = 0; i < boxes.length; i++) {
    for (let d = 0; d < levels.length; d++) {
      result[i * width + 2 * d] = boxes[i][2 * levels[d]];
      result[i * width + 2 * d + 1] = boxes[i][2 * levels[d] + 1];
    }
  }
  return result;
}
