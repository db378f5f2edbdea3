import type { YamlValue } from "./yaml-value.js";

/** Values that all aliases of a file together may repeat. */
export const MAX_REPEATED_VALUES = 10_000;

/** The values of a file that are marked for aliases, and how much the aliases repeat. */
export class Anchors {
  readonly #marked = new Map<string, { readonly value: YamlValue; readonly size: number }>();
  #size = 0;
  #repeated = 0;

  /** Values so far, with those that aliases repeat. */
  get size(): number {
    return this.#size;
  }

  get repeatTooMuch(): boolean {
    return this.#repeated > MAX_REPEATED_VALUES;
  }

  count(): void {
    this.#size++;
  }

  /** Marks a value that was read after `before` others. */
  mark(name: string, value: YamlValue, before: number): void {
    this.#marked.set(name, { value, size: this.#size - before });
  }

  /** The value that was last marked with the name; undefined iff none was. */
  repeat(name: string): YamlValue | undefined {
    const marked = this.#marked.get(name);
    this.#size += marked?.size ?? 0;
    this.#repeated += marked?.size ?? 0;
    return marked?.value;
  }
}
