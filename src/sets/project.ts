/** Diagrams without some of their fields, and with rewritten ones: what translations and replies need. */
import { intersect, uniteAll } from "./algebra.js";
import { chargeWork } from "./budget.js";
import type { Block } from "./layout.js";
import { type Edge, EMPTY, edgesAt, type Node, NodeBuilder, nodeOfEdges } from "./node.js";

/** Rebuilds the diagram above `level`, replacing each sub-diagram that starts at or below it; `change` sees each once. */
function mapBelow(node: Node, level: number, change: (node: Node) => Node): Node {
  const seen = new Map<Node, Node>();
  const visit = (at: Node): Node => {
    let result = seen.get(at);
    if (result === undefined) {
      result = at.level >= level ? change(at) : rebuild(at, visit);
      seen.set(at, result);
    }
    return result;
  };
  return visit(node);
}

function rebuild(node: Node, child: (node: Node) => Node): Node {
  const builder = NodeBuilder.open();
  for (let i = 0; i < node.bounds.length; i++) builder.add(node.bounds[i], child(node.children[i]));
  return builder.finish(node.level);
}

/** Packets that are in the set for some value of the block. */
export function forgetBlock(node: Node, { first, words }: Block): Node {
  const seen = new Map<Node, Node>();
  const visit = (at: Node): Node => {
    if (at.level >= first + words) return at;
    let result = seen.get(at);
    if (result === undefined) {
      result = at.level >= first ? uniteAll(at.children.map(visit)) : rebuild(at, visit);
      seen.set(at, result);
    }
    return result;
  };
  return visit(node);
}

/** The set with the values of two neighbouring blocks of equal size exchanged; `upper` lies directly above `lower`. */
export function swapBlocks(node: Node, upper: Block, lower: Block): Node {
  return mapBelow(node, upper.first, (root) => {
    const parts: Node[] = [];
    forEachPath(root, upper, 0, [], (path, below) => parts.push(lift(below, path, upper, lower)));
    return uniteAll(parts);
  });
}

type Interval = Pick<Edge, "first" | "last">;

function forEachPath(
  node: Node,
  block: Block,
  word: number,
  path: readonly Interval[],
  visit: (path: readonly Interval[], below: Node) => void,
): void {
  if (node === EMPTY) return;
  if (word === block.words) {
    visit(path, node);
    return;
  }
  for (const edge of edgesAt(node, block.first + word))
    forEachPath(edge.child, block, word + 1, [...path, edge], visit);
}

// `below` decides the lower block; its words move up, and the interval that led to it takes their place.
function lift(below: Node, path: readonly Interval[], upper: Block, lower: Block): Node {
  const seen = new Map<Node, Node>();
  const end = lower.first + lower.words;
  const bottom = (rest: Node): Node =>
    path.reduceRight((node, { first, last }, i) => nodeOfEdges(lower.first + i, [{ first, last, child: node }]), rest);
  const visit = (at: Node): Node => {
    let result = seen.get(at);
    if (result === undefined) {
      result = at.level >= end ? bottom(at) : raise(at, visit, upper.first - lower.first);
      seen.set(at, result);
    }
    return result;
  };
  return below === EMPTY ? EMPTY : visit(below);
}

function raise(node: Node, child: (node: Node) => Node, by: number): Node {
  const builder = NodeBuilder.open();
  for (let i = 0; i < node.bounds.length; i++) {
    builder.add(node.bounds[i], node.children[i] === EMPTY ? EMPTY : child(node.children[i]));
  }
  return builder.finish(node.level + by);
}

/** The diagram with the values of one level moved by a permutation that moves only whole intervals. */
export function permuteLevel(node: Node, level: number, moves: readonly { from: Interval; to: number }[]): Node {
  return mapBelow(node, level, (root) => {
    if (root.level > level) return root;
    const parts: Edge[] = [];
    for (const edge of edgesAt(root, level)) parts.push(...moveEdge(edge, moves));
    parts.sort((a, b) => a.first - b.first);
    return nodeOfEdges(level, parts);
  });
}

function moveEdge(edge: Edge, moves: readonly { from: Interval; to: number }[]): Edge[] {
  const { child } = edge;
  const moved: Edge[] = [];
  let next = edge.first;
  for (const { from, to } of moves) {
    const first = Math.max(edge.first, from.first);
    const last = Math.min(edge.last, from.last);
    if (first > last) continue;
    if (next < first) moved.push({ first: next, last: first - 1, child });
    moved.push({ first: first - from.first + to, last: last - from.first + to, child });
    next = last + 1;
  }
  if (next <= edge.last) moved.push({ first: next, last: edge.last, child });
  return moved;
}

/** One word of a network replacement: the bits that stay, and the value of those that do not. */
interface Replacement {
  readonly hostMask: number;
  readonly network: number;
}

function replacements(network: readonly number[], mask: readonly number[]): Replacement[] {
  return network.map((word, i) => ({ hostMask: ~mask[i] >>> 0, network: (word & mask[i]) >>> 0 }));
}

/** Packets whose address at `block` is one of the set's with the network bits (`mask`) replaced by those of `network`. */
export function replaceNetwork(node: Node, block: Block, network: readonly number[], mask: readonly number[]): Node {
  const words = replacements(network, mask);
  const visit = (at: Node, word: number): Node => {
    if (at === EMPTY || word === words.length) return at;
    const level = block.first + word;
    const parts = edgesAt(at, level).map(({ first, last, child }) =>
      nodeOfEdges(
        level,
        hostIntervals(first, last, words[word]).map((host) => ({ ...host, child: visit(child, word + 1) })),
      ),
    );
    return uniteAll(parts);
  };
  return mapBelow(node, block.first, (root) => visit(root, 0));
}

function hostIntervals(first: number, last: number, { hostMask, network }: Replacement): Interval[] {
  if (last - first >= hostMask) return [{ first: network, last: network + hostMask }];
  const low = network + ((first & hostMask) >>> 0);
  const high = network + ((last & hostMask) >>> 0);
  if (low <= high) return [{ first: low, last: high }];
  return [
    { first: network, last: high },
    { first: low, last: network + hostMask },
  ];
}

/**
 * Packets of `within` whose image under `replaceNetwork` is in `image`. Its cost grows with the number of networks of the
 * mask's size that `within` touches.
 */
export function undoReplaceNetwork(
  within: Node,
  image: Node,
  block: Block,
  network: readonly number[],
  mask: readonly number[],
): Node {
  const words = replacements(network, mask);
  const atBlock = (of: Node, sought: Node, word: number): Node => {
    if (of === EMPTY || sought === EMPTY) return EMPTY;
    if (word === words.length) return intersect(of, sought);
    const level = block.first + word;
    const edges = edgesAt(of, level).flatMap((edge) => undoEdge(edge, edgesAt(sought, level), words[word]));
    return nodeOfEdges(
      level,
      edges.map(({ first, last, child, image }) => ({ first, last, child: atBlock(child, image, word + 1) })),
    );
  };
  return descendTogether(within, image, block.first, (of, sought) => atBlock(of, sought, 0));
}

function undoEdge(edge: Edge, images: readonly Edge[], { hostMask, network }: Replacement): (Edge & { image: Node })[] {
  const result: (Edge & { image: Node })[] = [];
  if (edge.child === EMPTY) return result;
  let start = edge.first;
  while (start <= edge.last) {
    const blockFirst = (start & ~hostMask) >>> 0;
    const end = Math.min(edge.last, blockFirst + hostMask);
    for (const image of images) {
      chargeWork(1);
      const first = Math.max(start, image.first - network + blockFirst);
      const last = Math.min(end, image.last - network + blockFirst);
      if (first <= last) result.push({ first, last, child: edge.child, image: image.child });
    }
    start = end + 1;
  }
  return result;
}

/** Intersects two diagrams above `level` and combines what they have at and below it. */
function descendTogether(a: Node, b: Node, level: number, combine: (a: Node, b: Node) => Node): Node {
  if (a === EMPTY || b === EMPTY) return EMPTY;
  const top = Math.min(a.level, b.level);
  if (top >= level) return combine(a, b);
  const edges: Edge[] = [];
  for (const first of edgesAt(a, top)) {
    for (const second of edgesAt(b, top)) {
      const from = Math.max(first.first, second.first);
      const to = Math.min(first.last, second.last);
      if (from <= to)
        edges.push({ first: from, last: to, child: descendTogether(first.child, second.child, level, combine) });
    }
  }
  edges.sort((x, y) => x.first - y.first);
  return nodeOfEdges(top, edges);
}
