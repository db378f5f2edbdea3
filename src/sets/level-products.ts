/** A diagram as disjoint products of ranges over its own levels, for algorithms that know nothing of diagrams. */
import { LEVELS, maximumOf } from "./layout.js";
import { EMPTY, type Node } from "./node.js";

/** For each level the ranges of its values, ascending and disjoint: `[first, last, first, last, …]`. */
export type LevelProduct = readonly (readonly number[])[];

const WHOLE: LevelProduct = Array.from({ length: LEVELS }, (_, level) => [0, maximumOf(level)]);

/** The products of a diagram; undefined iff there are more than `limit`. */
export function levelProductsOf(root: Node, limit: number): LevelProduct[] | undefined {
  const products: LevelProduct[] = [];
  const product = [...WHOLE];
  const visit = (node: Node): boolean => {
    if (node.level === LEVELS) {
      if (node !== EMPTY) products.push([...product]);
      return products.length <= limit;
    }
    for (const [child, ranges] of rangesByChild(node)) {
      product[node.level] = ranges;
      if (!visit(child)) return false;
    }
    product[node.level] = WHOLE[node.level];
    return true;
  };
  return visit(root) ? products : undefined;
}

function rangesByChild({ bounds, children }: Node): ReadonlyMap<Node, readonly number[]> {
  const byChild = new Map<Node, number[]>();
  children.forEach((child, i) => {
    const [first, last] = [i === 0 ? 0 : bounds[i - 1] + 1, bounds[i]];
    const ranges = byChild.get(child);
    if (ranges === undefined) byChild.set(child, [first, last]);
    else ranges.push(first, last);
  });
  return byChild;
}
