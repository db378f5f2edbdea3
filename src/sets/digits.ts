/**
 * Splits the values of wide levels in two: an address into its high and its low 16 bits, a port into bytes. A diagram that
 * tests digits keeps the edges of a network or of a run of ports in a node of its own, which merges share as a whole.
 */

/** A part of the values of a level, see `digitOf`. */
export interface Digit {
  /** Position of the level in testing order. */
  readonly level: number;
  readonly shift: number;
  readonly maximum: number;
  /** True iff a digit below it tests the rest of the value. */
  readonly isHigh: boolean;
}

/** The digit of a value of its level. */
export function digitOf({ shift, maximum, isHigh }: Digit, value: number): number {
  return isHigh ? value >>> shift : value % (maximum + 1);
}

/** The digits of levels by their greatest values; each lower digit follows its higher one. */
export function digitsOf(maxima: readonly number[]): Digit[] {
  return maxima.flatMap((maximum, level): Digit[] => {
    const bits = Math.log2(maximum + 1);
    if (bits < 16 || bits % 2 !== 0) return [{ level, shift: 0, maximum, isHigh: false }];
    const half = 2 ** (bits / 2) - 1;
    return [
      { level, shift: bits / 2, maximum: half, isHigh: true },
      { level, shift: 0, maximum: half, isHigh: false },
    ];
  });
}
