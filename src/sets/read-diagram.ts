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

/** The edges of a node by whole values of its level, whichever of the level's digits it tests. */
function wholeEdges(arena: DiagramArena, node: number): FoldedEdge<number>[] {
  const level = levelOf(arena, node);
  return edgesFrom(
    arena,
    node,
    arena.digits.findIndex((digit) => digit.level === level),
    0,
  );
}

/** The edges of a diagram by whole values from `least` on, whose digits before the one at `position` are those of `least`. */
function edgesFrom(arena: DiagramArena, diagram: number, position: number, least: number): FoldedEdge<number>[] {
  const { level, shift } = arena.digits[position];
  const size = 2 ** shift;
  return digitEdges(arena, diagram, position).flatMap(({ first, last, child }) => {
    if (child < 0 || levelOf(arena, child) !== level) {
      return [{ first: least + first * size, last: least + (last + 1) * size - 1, child }];
    }
    const values = Array.from({ length: last - first + 1 }, (_, i) => least + (first + i) * size);
    return values.flatMap((value) => edgesFrom(arena, child, position + 1, value));
  });
}

/** The edges of a diagram by values of a digit; one that tests later digits only is the same for all of them. */
function digitEdges(arena: DiagramArena, diagram: number, position: number): FoldedEdge<number>[] {
  const node = arena.nodeAt(diagram);
  if (node.position !== position) return [{ first: 0, last: arena.digits[position].maximum, child: diagram }];
  const { bounds, children, start, length } = node;
  chargeWork(length);
  return Array.from({ length }, (_, i) => ({
    first: i === 0 ? 0 : bounds[start + i - 1] + 1,
    last: bounds[start + i],
    child: children[start + i],
  }));
}

function levelOf(arena: DiagramArena, node: number): number {
  return arena.nodeAt(node).digit.level;
}
