import type { SourceRef } from "../model/source-ref.js";

const SPACES = / */y;
const LINE_END = / *(?:(?<= )#.*)?(?:\r?\n|$)/y;
const EMPTY_LINE = / *(?:#.*)?(?:\r?\n|$)/y;

/** A place in a text of lines that may end in remarks, `#` after a space; patterns are sticky. */
export class LineCursor {
  #offset = 0;
  #line = 1;
  #lineStart = 0;

  /** Stands at the first word of the text. */
  constructor(
    readonly text: string,
    readonly file: string,
  ) {
    this.#skipEmptyLines();
  }

  get offset(): number {
    return this.#offset;
  }

  get isAtEnd(): boolean {
    return this.#offset === this.text.length;
  }

  /** 0-based; -1 at the end of the text. */
  get column(): number {
    return this.isAtEnd ? -1 : this.#offset - this.#lineStart;
  }

  get next(): string | undefined {
    return this.text[this.#offset];
  }

  here(): SourceRef {
    return { file: this.file, line: this.#line, column: this.#offset - this.#lineStart + 1 };
  }

  sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.#offset;
    return pattern.test(this.text);
  }

  /** Goes behind what the pattern matches here; false iff that is nothing. */
  skip(pattern: RegExp): boolean {
    if (!this.sees(pattern)) return false;
    this.#offset = pattern.lastIndex;
    return true;
  }

  /** What the pattern matches here, and goes behind it; empty where it matches nothing. */
  take(pattern: RegExp): string {
    const start = this.#offset;
    this.skip(pattern);
    return this.text.slice(start, this.#offset);
  }

  /** What reading from here gives; stays where it is. The reading stays on this line. */
  lookAhead<T>(read: () => T): T {
    const start = this.#offset;
    const found = read();
    this.#offset = start;
    return found;
  }

  skipSpaces(): void {
    this.skip(SPACES);
  }

  /** Goes to the next word below if nothing but a remark follows on this line; false iff something does. */
  endLine(): boolean {
    if (!this.skip(LINE_END)) return false;
    this.#startLine();
    this.#skipEmptyLines();
    return true;
  }

  #skipEmptyLines(): void {
    while (!this.isAtEnd && this.skip(EMPTY_LINE)) this.#startLine();
    this.skipSpaces();
  }

  #startLine(): void {
    this.#line++;
    this.#lineStart = this.#offset;
  }
}
