/** A diagram as disjoint boxes over its own levels, for algorithms on boxes that know nothing of diagrams. */
import { LEVELS, maximumOf } from "./layout.js";
import { EMPTY, edgesAt, type Node } from "./node.js";

/** The boxes of a diagram, each `[first, last]` for every level; undefined iff there are more than `limit`. */
export function levelBoxesOf(root: Node, limit: number): Uint32Array[] | undefined {
  const boxes: Uint32Array[] = [];
  const box = Uint32Array.from({ length: 2 * LEVELS }, (_, i) => (i % 2 === 0 ? 0 : maximumOf(i >> 1)));
  const visit = (node: Node): boolean => {
    if (node.level === LEVELS) {
      if (node !== EMPTY) boxes.push(box.slice());
      return boxes.length <= limit;
    }
    const at = 2 * node.level;
    for (const { first, last, child } of edgesAt(node, node.level)) {
      box[at] = first;
      box[at + 1] = last;
      if (!visit(child)) return false;
    }
    box[at] = 0;
    box[at + 1] = maximumOf(node.level);
    return true;
  };
  return visit(root) ? boxes : undefined;
}
