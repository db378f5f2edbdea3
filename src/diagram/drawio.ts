/** Writes a diagram as a draw.io file, placed as in the SVG, for people who go on drawing by hand. */
import type { PathKind } from "../model/topology.js";
import {
  badgeText,
  type Diagram,
  type DiagramEdge,
  type DiagramNode,
  type Frame,
  headOf,
  type Tone,
} from "./diagram.js";
import { escapeXml } from "./escape-xml.js";
import { type Box, layoutDiagram, type PlacedDiagram, type PlacedEdge, type Point } from "./layout.js";

const COLORS: Readonly<Record<Tone, string>> = {
  proved: "#116329",
  refuted: "#B3261E",
  undecided: "#8A5300",
  plain: "#57606A",
};
const DASHES: Readonly<Record<Tone, string>> = {
  proved: "",
  refuted: "dashed=1;dashPattern=7 4;",
  undecided: "dashed=1;dashPattern=2 4;",
  plain: "",
};
const STROKES: Readonly<Record<PathKind, string>> = {
  lan: "strokeWidth=2;",
  vpn: "shape=link;width=4;strokeWidth=2;",
  internet: "strokeWidth=1;",
  proxy: "strokeWidth=4;",
};
const HEADS: Readonly<Record<DiagramEdge["end"], string>> = {
  arrives: "block",
  stopped: "cross",
  unsure: "oval",
  none: "none",
};

/** The file, uncompressed; ids are numbered, labels are plain text. */
export async function drawDrawio(diagram: Diagram): Promise<string> {
  const placed = await layoutDiagram(diagram);
  const ids = new Map([...diagram.frames, ...diagram.nodes].map(({ id }, index) => [id, `n${index}`]));
  const idOf = (id: string | undefined): string => (id === undefined ? "1" : (ids.get(id) as string));
  const originOf = originsOf(placed);
  const lines = [
    '<mxfile host="flowproof">',
    `<diagram id="flows" name="${escapeXml(diagram.title)}">`,
    `<mxGraphModel dx="0" dy="0" grid="0" page="0" pageWidth="${placed.width}" pageHeight="${placed.height}">`,
    "<root>",
    '<mxCell id="0"/>',
    '<mxCell id="1" parent="0"/>',
    ...placed.frames.map(({ frame, box }) =>
      vertex(
        idOf(frame.id),
        frameLabel(frame),
        frameStyle(frame),
        idOf(frame.parent),
        within(box, originOf(frame.parent)),
      ),
    ),
    ...placed.nodes.map(({ node, box }) =>
      vertex(idOf(node.id), nodeLabel(node), nodeStyle(node), idOf(node.frame), within(box, originOf(node.frame))),
    ),
    ...placed.edges.map((edge, index) => connection(`e${index}`, edge, idOf)),
    "</root>",
    "</mxGraphModel>",
    "</diagram>",
    "</mxfile>",
    "",
  ];
  return lines.join("\n");
}

/** Where the frame with an id begins: what stands in a frame is placed from its corner. */
function originsOf({ frames }: PlacedDiagram): (id: string | undefined) => Point {
  const origins = new Map(frames.map(({ frame, box }) => [frame.id, box]));
  return (id) => origins.get(id ?? "") ?? { x: 0, y: 0 };
}

function within(box: Box, origin: Point): Box {
  return { ...box, x: round(box.x - origin.x), y: round(box.y - origin.y) };
}

function vertex(id: string, label: string, style: string, parent: string, { x, y, width, height }: Box): string {
  return `<mxCell id="${id}" value="${attribute(label)}" style="${style}" vertex="1" parent="${parent}"><mxGeometry x="${x}" y="${y}" width="${width}" height="${height}" as="geometry"/></mxCell>`;
}

function frameLabel({ title, subtitle }: Frame): string {
  return `${title} ${subtitle}`.trim();
}

function frameStyle({ kind, path }: Frame): string {
  const fill = kind === "site" ? "#F6F8FA" : "#EAEEF2";
  const dash = path === "lan" ? "" : "dashed=1;";
  return `html=0;rounded=1;arcSize=2;container=1;collapsible=0;verticalAlign=top;align=left;spacingLeft=6;fillColor=${fill};strokeColor=#AFB8C1;${dash}`;
}

function nodeLabel(node: DiagramNode): string {
  return [headOf(node), ...node.lines, ...node.badges.map((badge) => `[${badgeText(badge)}]`)].join("\n");
}

function nodeStyle({ tone, shape, path }: DiagramNode): string {
  const isMarked = tone === "refuted" || tone === "undecided";
  const width = isMarked ? 3 : shape === "device" ? 2 : 1;
  const round = shape === "way" ? "rounded=1;arcSize=40;" : "rounded=1;arcSize=6;";
  const dash = shape === "way" && path !== "lan" ? "dashed=1;" : "";
  return `html=0;whiteSpace=wrap;overflow=hidden;align=left;spacingLeft=6;${round}${dash}fillColor=#FFFFFF;fontColor=#1B1F24;fontSize=11;strokeColor=${COLORS[tone]};strokeWidth=${width};`;
}

function connection(id: string, { edge, points, labels }: PlacedEdge, idOf: (id: string) => string): string {
  const bends = points.slice(1, -1).map(({ x, y }) => `<mxPoint x="${x}" y="${y}"/>`);
  const color = COLORS[edge.tone];
  const style = `html=0;rounded=0;endArrow=${HEADS[edge.end]};${STROKES[edge.path]}strokeColor=${color};fontColor=${color};fontSize=11;labelBackgroundColor=#FFFFFF;${DASHES[edge.tone]}`;
  return `<mxCell id="${id}" value="${attribute(labels.join("\n"))}" style="${style}" edge="1" parent="1" source="${idOf(edge.from)}" target="${idOf(edge.to)}"><mxGeometry relative="1" as="geometry"><Array as="points">${bends.join("")}</Array></mxGeometry></mxCell>`;
}

/** Text as an attribute: line ends would otherwise be read as blanks. */
function attribute(text: string): string {
  return escapeXml(text).replaceAll("\n", "&#10;");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
