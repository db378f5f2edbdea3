/** Keeps the fate of every non-blank line of one input, so that each is accounted for exactly once. */
import type { LineAccount, LineFate } from "../model/diagnostic.js";

const RANK: Readonly<Record<LineFate, number>> = { harmless: 0, modelled: 1, approximated: 2, rejected: 3 };

/** Fates by line; where several things are said of one line, the least favourable counts and the first note stays. */
export class LineLedger {
  private readonly marked = new Map<number, LineAccount>();

  private constructor(
    private readonly nonBlank: readonly number[],
    marked: Iterable<readonly [number, LineAccount]>,
  ) {
    this.marked = new Map(marked);
  }

  /** A ledger without marks for the lines of a text. */
  static of(text: string): LineLedger {
    const nonBlank = text.split(/\r?\n/).flatMap((content, index) => (content.trim() === "" ? [] : [index + 1]));
    return new LineLedger(nonBlank, []);
  }

  /** An independent ledger with the same marks. */
  copy(): LineLedger {
    return new LineLedger(this.nonBlank, this.marked);
  }

  mark(line: number, fate: LineFate, note: string): void {
    const earlier = this.marked.get(line);
    if (earlier === undefined || RANK[fate] > RANK[earlier.fate]) this.marked.set(line, { line, fate, note });
  }

  markRange(first: number, last: number, fate: LineFate, note: string): void {
    for (let line = first; line <= last; line++) this.mark(line, fate, note);
  }

  /** One account for every non-blank line; a line nobody marked gets `otherwise`. */
  accounts(otherwise: Omit<LineAccount, "line">): LineAccount[] {
    return this.nonBlank.map((line) => this.marked.get(line) ?? { line, ...otherwise });
  }
}
