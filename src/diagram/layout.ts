/** Gives every frame, node and edge of a diagram its place. */
import Elk, { type ElkExtendedEdge, type ElkNode, type ElkShape, type LayoutOptions } from "elkjs/lib/elk.bundled.js";
import { badgeText, type Diagram, type DiagramEdge, type DiagramNode, type Frame, headOf } from "./diagram.js";
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

/** Room above what stands in a frame, for the frame's title. */
export const FRAME_TITLE_HEIGHT = 18;
const WIDEST_LABEL = 240;
const WIDEST_NODE = 280;
const NARROWEST_NODE = 110;
const PADDING = 12;
const BADGE_HEIGHT = 22;

const LAYERED: LayoutOptions = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.json.shapeCoords": "ROOT",
  "elk.json.edgeCoords": "ROOT",
  "elk.spacing.nodeNode": "24",
  "elk.spacing.edgeNode": "16",
  "elk.spacing.edgeEdge": "12",
  "elk.spacing.edgeLabel": "4",
  "elk.layered.spacing.nodeNodeBetweenLayers": "40",
  "elk.layered.spacing.edgeNodeBetweenLayers": "18",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "12",
  "elk.padding": "[top=16,left=16,bottom=16,right=16]",
};
const FRAME: LayoutOptions = { "elk.padding": "[top=32,left=16,bottom=16,right=16]" };
const INLINE: LayoutOptions = { "elk.edgeLabels.inline": "true", "elk.edgeLabels.placement": "CENTER" };

/** Layered along the flows, lines at right angles; the same diagram always gets the same places. */
export async function layoutDiagram(diagram: Diagram): Promise<PlacedDiagram> {
  const root = await new Elk.default().layout(graphOf(diagram));
  const boxes = new Map(allNodes(root).map((node) => [node.id, boxOf(node)]));
  const edges = root.edges ?? [];
  return {
    diagram,
    width: Math.ceil(root.width ?? 0),
    height: Math.ceil(root.height ?? 0),
    frames: diagram.frames.map((frame) => ({ frame, box: boxes.get(frame.id) as Box })),
    nodes: diagram.nodes.map((node) => ({ node, box: boxes.get(node.id) as Box })),
    edges: diagram.edges.map((edge, index) => placeEdge(edge, edges[index] as ElkExtendedEdge)),
  };
}

function graphOf(diagram: Diagram): ElkNode & { children: ElkNode[] } {
  const inside = (parent: string | undefined): ElkNode[] => [
    ...diagram.frames
      .filter((frame) => frame.parent === parent)
      .map(({ id }) => ({ id, layoutOptions: FRAME, children: inside(id) })),
    ...diagram.nodes.filter(({ frame }) => frame === parent).map((node) => ({ id: node.id, ...nodeSize(node) })),
  ];
  const edges = diagram.edges.map((edge, index) => ({
    id: `edge:${index}`,
    sources: [edge.from],
    targets: [edge.to],
    labels: edge.labels.length === 0 ? [] : [{ text: "label", layoutOptions: INLINE, ...labelSize(edge) }],
  }));
  return { id: "picture", layoutOptions: LAYERED, children: inside(undefined), edges };
}

function allNodes({ children = [] }: ElkNode): ElkNode[] {
  return children.flatMap((child) => [child, ...allNodes(child)]);
}

function boxOf({ x = 0, y = 0, width = 0, height = 0 }: ElkShape): Box {
  return { x: round(x), y: round(y), width: round(width), height: round(height) };
}

function placeEdge(edge: DiagramEdge, { sections = [], labels: placed = [] }: ElkExtendedEdge): PlacedEdge {
  const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint]);
  const [label] = placed;
  return {
    edge,
    points: points.map(({ x, y }) => ({ x: round(x), y: round(y) })),
    labels: shownLabels(edge),
    ...(label && { labelBox: boxOf(label) }),
  };
}

function labelSize(edge: DiagramEdge): { width: number; height: number } {
  const labels = shownLabels(edge);
  const width = Math.max(...labels.map((label) => textWidth(label, LABEL.em)));
  return { width: width + 10, height: labels.length * LABEL.lineHeight + 6 };
}

function shownLabels({ labels }: DiagramEdge): string[] {
  return labels.map((label) => clipText(label, LABEL.em, WIDEST_LABEL));
}

function nodeSize(node: DiagramNode): { width: number; height: number } {
  const { lines, badges } = node;
  const widest = Math.max(
    textWidth(headOf(node), TITLE.em),
    ...lines.map((line) => textWidth(line, BODY.em)),
    ...badges.map((badge) => textWidth(badgeText(badge), BODY.em) + PADDING),
  );
  const width = Math.min(WIDEST_NODE, Math.max(NARROWEST_NODE, widest + 2 * PADDING));
  const text = TITLE.lineHeight + lines.length * BODY.lineHeight;
  return { width, height: 16 + text + badges.length * BADGE_HEIGHT };
}

// One decimal is finer than anyone sees, and the same on every machine.
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
