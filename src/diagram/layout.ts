/** Gives every frame, node and edge of a diagram its place. */
import { Graph, layout } from "@dagrejs/dagre";
import type { Diagram, DiagramEdge, DiagramNode, Frame } from "./diagram.js";
import { clipText, textWidth } from "./measure-text.js";
import { BODY, LABEL, TITLE } from "./text-style.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Top left corner and size, in pixels. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  readonly edge: DiagramEdge;
  readonly points: readonly Point[];
  readonly labels: readonly string[];
  readonly labelBox?: Box;
}

/** A diagram with the place of everything in it. */
export interface PlacedDiagram {
  readonly diagram: Diagram;
  readonly width: number;
  readonly height: number;
  readonly frames: readonly { readonly frame: Frame; readonly box: Box }[];
  readonly nodes: readonly { readonly node: DiagramNode; readonly box: Box }[];
  readonly edges: readonly PlacedEdge[];
}

const SPACING = { rankdir: "TB", nodesep: 30, ranksep: 34, edgesep: 16, marginx: 16, marginy: 16 } as const;
const WIDEST_LABEL = 240;
const WIDEST_NODE = 240;
const NARROWEST_NODE = 110;
const PADDING = 12;
const BADGE_HEIGHT = 22;
/** Room for a frame's title: dagre leaves none above the topmost node of a frame. */
export const FRAME_TITLE_HEIGHT = 18;

/** Layered from top to bottom; the same diagram always gets the same places. */
export function layoutDiagram(diagram: Diagram): PlacedDiagram {
  const graph = new Graph({ compound: true, multigraph: true });
  graph.setGraph(SPACING);
  for (const frame of diagram.frames) graph.setNode(frame.id, {});
  for (const node of diagram.nodes) graph.setNode(node.id, nodeSize(node));
  for (const { id, parent } of diagram.frames) if (parent !== undefined) graph.setParent(id, parent);
  for (const { id, frame } of diagram.nodes) if (frame !== undefined) graph.setParent(id, frame);
  diagram.edges.forEach((edge, index) => {
    graph.setEdge(edge.from, edge.to, { ...labelSize(edge), labelpos: "c", minlen: 1 }, `${index}`);
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    diagram,
    width: Math.ceil(width),
    height: Math.ceil(height),
    frames: diagram.frames.map((frame) => ({ frame, box: frameBox(boxOf(graph.node(frame.id))) })),
    nodes: diagram.nodes.map((node) => ({ node, box: boxOf(graph.node(node.id)) })),
    edges: diagram.edges.map((edge, index) => placeEdge(edge, graph.edge(edge.from, edge.to, `${index}`))),
  };
}

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function boxOf({ x, y, width, height }: Placed): Box {
  return { x: round(x - width / 2), y: round(y - height / 2), width: round(width), height: round(height) };
}

function frameBox({ x, y, width, height }: Box): Box {
  return { x, y: y - FRAME_TITLE_HEIGHT / 2, width, height: height + FRAME_TITLE_HEIGHT / 2 };
}

function placeEdge(edge: DiagramEdge, placed: Placed & { readonly points: readonly Point[] }): PlacedEdge {
  const labels = shownLabels(edge);
  const points = placed.points.map(({ x, y }) => ({ x: round(x), y: round(y) }));
  return { edge, points, labels, ...(labels.length > 0 && { labelBox: boxOf(placed) }) };
}

function labelSize(edge: DiagramEdge): { width: number; height: number } {
  const labels = shownLabels(edge);
  if (labels.length === 0) return { width: 0, height: 0 };
  const width = Math.max(...labels.map((label) => textWidth(label, LABEL.size)));
  return { width: width + 10, height: labels.length * LABEL.lineHeight + 6 };
}

function shownLabels({ labels }: DiagramEdge): string[] {
  return labels.map((label) => clipText(label, LABEL.size, WIDEST_LABEL));
}

function nodeSize({ title, lines, badges }: DiagramNode): { width: number; height: number } {
  const widest = Math.max(
    textWidth(title, TITLE.size) * 1.05,
    ...lines.map((line) => textWidth(line, BODY.size)),
    ...badges.map(({ text }) => textWidth(text, BODY.size) + PADDING),
  );
  const width = Math.min(WIDEST_NODE, Math.max(NARROWEST_NODE, widest + 2 * PADDING));
  const text = TITLE.lineHeight + lines.length * BODY.lineHeight;
  return { width, height: 16 + text + badges.length * BADGE_HEIGHT };
}

// One decimal is finer than anyone sees, and the same on every machine.
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
