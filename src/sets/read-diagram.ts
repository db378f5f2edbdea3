/** Reads diagrams with actions: what they decide for a point, and what they amount to from their leaves up. */
import { actionOf, type DiagramArena, UNDECIDED } from "./action-diagram.js";
import { chargeWork } from "./budget.js";
import { digitOf } from "./digits.js";

/** The leaf that a point (one value for each level, in testing order) leads to. */
export function decide(arena: DiagramArena, diagram: number, point: ArrayLike<number>): number {
  let at = diagram;
  while (at >= 0) {
    const { digit, bounds, children, start, length } = arena.nodeAt(at);
    const value = digitOf(digit, point[digit.level]);
    let low = start;
    let high = low + length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (bounds[middle] < value) low = middle + 1;
      else high = middle;
    }
    at = children[low];
  }
  return at;
}

/** An interval of values of a level, and what follows amounts to. */
export interface FoldedEdge<T> {
  readonly first: number;
  readonly last: number;
  readonly child: T;
}

export interface Folding<T> {
  /** `action` is undefined where no box decides. */
  readonly leaf: (action: number | undefined) => T;
  /** `level`: its position in testing order. */
  readonly node: (level: number, edges: readonly FoldedEdge<T>[]) => T;
}

/** What a diagram amounts to; each node is asked for once. */
export function foldDiagram<T>(arena: DiagramArena, diagram: number, { leaf, node }: Folding<T>): T {
  const known = new Map<number, T>();
  const visit = (at: number): T => {
    let result = known.get(at);
    if (result === undefined) {
      result = at < 0 ? leaf(at === UNDECIDED ? undefined : actionOf(at)) : node(levelOf(arena, at), edgesOf(at));
      known.set(at, result);
    }
    return result;
  };
  const edgesOf = (at: number): FoldedEdge<T>[] =>
    wholeEdges(arena, at).map(({ first, last, child }) => ({ first, last, child: visit(child) }));
  return visit(diagram);
}

function levelOf(arena: DiagramArena, node: number): number {
  return arena.nodeAt(node).digit.level;
}

/** The edges of a node by whole values of its level, whichever of the level's digits it tests. */
function wholeEdges(arena: DiagramArena, node: number): FoldedEdge<number>[] {
  const { digit, digitPosition } = arena.nodeAt(node);
  const higher = digit.isHigh ? digit : arena.digits[digitPosition - 1];
  if (!higher?.isHigh) return ownEdges(arena, node, 0);
  const low = digit.isHigh ? digitPosition + 1 : digitPosition;
  const size = 2 ** higher.shift;
  // A node of the low digit that no high digit leads to holds for every high one alike.
  const edges = digit.isHigh ? ownEdges(arena, node, 0) : [{ first: 0, last: higher.maximum, child: node }];
  return edges.flatMap(({ first, last, child }) => {
    const isSplit = child >= 0 && arena.nodeAt(child).digitPosition === low;
    if (!isSplit) return [{ first: first * size, last: (last + 1) * size - 1, child }];
    const values = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    return values.flatMap((value) => ownEdges(arena, child, value * size));
  });
}

/** The edges of a node by the values of its digit, moved by `offset`. */
function ownEdges(arena: DiagramArena, node: number, offset: number): FoldedEdge<number>[] {
  const { bounds, children, start, length } = arena.nodeAt(node);
  chargeWork(length);
  return Array.from({ length }, (_, i) => ({
    first: offset + (i === 0 ? 0 : bounds[start + i - 1] + 1),
    last: offset + bounds[start + i],
    child: children[start + i],
  }));
}
