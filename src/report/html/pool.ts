/** Keeps equal values once, so that what thousands of flows share is written once into the page. */
export class Pool<T> {
  readonly values: T[] = [];
  readonly #positions = new Map<string, number>();

  /** The position of the value among `values`, where it now stands. */
  add(value: T): number {
    const key = typeof value === "string" ? value : JSON.stringify(value);
    const known = this.#positions.get(key);
    if (known !== undefined) return known;
    this.#positions.set(key, this.values.length);
    return this.values.push(value) - 1;
  }
}
