/** The smallest box around a diagram, level by level: what an index needs to rule things out quickly. */
import { LEVELS, maximumOf } from "./layout.js";
import { EMPTY, edgesAt, type Node } from "./node.js";

/** `[first, last]` for each level, 22 pairs. Meaningless for the empty diagram. */
export function hullOf(root: Node): Uint32Array {
  const hull = new Uint32Array(2 * LEVELS);
  for (let level = 0; level < LEVELS; level++) hull[2 * level] = 0xffffffff;
  const seen = new Set<Node>();
  const free = (from: number, to: number) => {
    for (let level = from; level < to; level++) {
      hull[2 * level] = 0;
      hull[2 * level + 1] = maximumOf(level);
    }
  };
  const visit = (node: Node) => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const { first, last, child } of node.level === LEVELS ? [] : edgesAt(node, node.level)) {
      if (child === EMPTY) continue;
      hull[2 * node.level] = Math.min(hull[2 * node.level], first);
      hull[2 * node.level + 1] = Math.max(hull[2 * node.level + 1], last);
      free(node.level + 1, child.level);
      visit(child);
    }
  };
  free(0, root.level);
  visit(root);
  return hull;
}
