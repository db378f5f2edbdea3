/** Places of offsets in a text, each found from the last one: cheap where they are asked for in their order. */
import type { SourceRef } from "../model/source-ref.js";

export class LinePlaces {
  #line = 1;
  #start = 0;
  #end: number;

  constructor(
    readonly text: string,
    readonly file: string,
  ) {
    this.#end = this.#endOfLine();
  }

  /** The place of an offset; `\n` ends a line. */
  at(offset: number): SourceRef {
    if (offset < this.#start) this.#goTo(1, 0);
    while (offset > this.#end) this.#goTo(this.#line + 1, this.#end + 1);
    return { file: this.file, line: this.#line, column: offset - this.#start + 1 };
  }

  #goTo(line: number, start: number): void {
    this.#line = line;
    this.#start = start;
    this.#end = this.#endOfLine();
  }

  #endOfLine(): number {
    const found = this.text.indexOf("\n", this.#start);
    return found < 0 ? Number.POSITIVE_INFINITY : found;
  }
}
