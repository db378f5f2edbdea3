/** Lists of edges in flat arrays that grow. */

/** Edges under construction; nested constructions of one level stack up in it. */
export class EdgeList {
  bounds = new Uint32Array(64);
  children = new Int32Array(64);
  length = 0;

  /** Extends the edges from `base` on up to `bound`; equal neighbours are one edge. */
  add(bound: number, child: number, base: number): void {
    if (this.length > base && this.children[this.length - 1] === child) {
      this.bounds[this.length - 1] = bound;
      return;
    }
    if (this.length === this.bounds.length) {
      this.bounds = grown(this.bounds, this.length + 1);
      this.children = grown(this.children, this.length + 1);
    }
    this.bounds[this.length] = bound;
    this.children[this.length++] = child;
  }
}

/** A longer array that begins with the same values and has room for at least so many. */
export function grown<T extends Uint8Array | Uint32Array | Int32Array>(array: T, least: number): T {
  const larger = new (array.constructor as new (length: number) => T)(Math.max(least, Math.ceil(array.length * 1.25)));
  larger.set(array);
  return larger;
}
