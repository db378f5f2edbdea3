/** Turns diagrams with actions into diagrams of packets, whatever the order in which they test the levels. */
import type { DiagramArena } from "./action-diagram.js";
import { intersect, uniteAll } from "./algebra.js";
import { nodeOfRanges } from "./intervals.js";
import { type Edge, EMPTY, FULL, type Node, nodeOfEdges } from "./node.js";
import { foldDiagram } from "./read-diagram.js";

/** The points for which a diagram decides an action that `holds`; `levels`: what the arena tests, in its order. */
export function nodeOfDiagram(
  arena: DiagramArena,
  diagram: number,
  levels: readonly number[],
  holds: (action: number) => boolean,
): Node {
  return foldDiagram<Node>(arena, diagram, {
    leaf: (action) => (action !== undefined && holds(action) ? FULL : EMPTY),
    node: (position, edges) => nodeOfBranches(levels[position], edges),
  });
}

/** Where every branch tests deeper levels only, its edges are a node; else the branches are cut out and put together. */
function nodeOfBranches(level: number, edges: readonly Edge[]): Node {
  const open = edges.filter(({ child }) => child !== EMPTY);
  if (open.every(({ child }) => child.level > level)) return nodeOfEdges(level, open);
  const byChild = new Map<Node, Edge[]>();
  for (const edge of open) {
    const known = byChild.get(edge.child);
    if (known === undefined) byChild.set(edge.child, [edge]);
    else known.push(edge);
  }
  return uniteAll([...byChild].map(([child, ranges]) => intersect(nodeOfRanges(level, ranges, FULL), child)));
}
