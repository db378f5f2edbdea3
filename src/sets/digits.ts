/**
 * Splits the values of wide levels into digits: an address into two of 16 bits, a port into four of 4 bits. A diagram that
 * tests digits keeps the edges of a network or of a run of ports in a node of its own, which merges share as a whole.
 */

/** A part of the values of a level, see `digitOf`. */
export interface Digit {
  /** Position of the level in testing order. */
  readonly level: number;
  /** How many bits of the value lower digits test. */
  readonly shift: number;
  readonly maximum: number;
}

/** The digit of a value of its level. */
export function digitOf({ shift, maximum }: Digit, value: number): number {
  return (value >>> shift) % (maximum + 1);
}

// Measured: docs/decisions/0017-digits-and-products.md.
const DIGITS: ReadonlyMap<number, readonly number[]> = new Map([
  [2 ** 32 - 1, [16, 16]],
  [2 ** 16 - 1, [2, 2, 4, 4, 4]],
]);

/** The digits of levels by their greatest values; each lower digit follows its higher one. */
export function digitsOf(maxima: readonly number[]): Digit[] {
  return maxima.flatMap((maximum, level): Digit[] => {
    const widths = DIGITS.get(maximum);
    if (widths === undefined) return [{ level, shift: 0, maximum }];
    let shift = Math.log2(maximum + 1);
    return widths.map((bits) => {
      shift -= bits;
      return { level, shift, maximum: 2 ** bits - 1 };
    });
  });
}
