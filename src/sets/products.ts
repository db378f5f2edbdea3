/**
 * Products of ranges, one after another: each has, for each of some levels, ranges that are ascending and disjoint, and
 * holds the points whose every value is in a range of its level.
 */
export interface Products {
  /** `[first, last]` of each range. */
  readonly ranges: Uint32Array;
  /** By product and level: where in `ranges`, counted in numbers, its own end; they begin where those before them end. */
  readonly ends: Int32Array;
}

/** The least box around each product, `[first, last]` for each level, one after another. */
export function hullsOf({ ranges, ends }: Products): Uint32Array {
  const hulls = new Uint32Array(2 * ends.length);
  for (let at = 0, start = 0; at < ends.length; at++) {
    hulls[2 * at] = ranges[start];
    start = ends[at];
    hulls[2 * at + 1] = ranges[start - 1];
  }
  return hulls;
}

/** True iff a product is one range in each of `levels` levels. */
export function isBox({ ends }: Products, levels: number, index: number): boolean {
  const from = index === 0 ? 0 : ends[index * levels - 1];
  return ends[(index + 1) * levels - 1] - from === 2 * levels;
}
