/** Lists of edges in flat arrays that grow. */

/** Edges under construction; constructions that are nested in others stack up in it. */
export class EdgeList {
  bounds = new Uint16Array(1 << 10);
  children = new Int32Array(1 << 10);
  length = 0;

  /** Extends the edges from `base` on up to `bound`; equal neighbours are one edge. */
  add(bound: number, child: number, base: number): void {
    if (this.length > base && this.children[this.length - 1] === child) {
      this.bounds[this.length - 1] = bound;
      return;
    }
    if (this.length === this.bounds.length) {
      this.bounds = grown(this.bounds);
      this.children = grown(this.children);
    }
    this.bounds[this.length] = bound;
    this.children[this.length++] = child;
  }
}

/** An array of twice the length that begins with the same values. */
export function grown<T extends Uint8Array | Uint16Array | Int32Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(2 * array.length);
  larger.set(array);
  return larger;
}
