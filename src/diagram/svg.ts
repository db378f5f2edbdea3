/** Draws a diagram as one SVG file: no script, no font, nothing from outside; light and dark by the reader's setting. */

import type { PathKind } from "../model/topology.js";
import {
  badgeText,
  type Diagram,
  type DiagramEdge,
  type DiagramNode,
  type EdgeEnd,
  type Frame,
  headOf,
  type Tone,
} from "./diagram.js";
import { escapeXml } from "./escape-xml.js";
import { type Box, FRAME_TITLE_HEIGHT, layoutDiagram, type PlacedEdge, type Point } from "./layout.js";
import { clipText, textWidth } from "./measure-text.js";
import { BODY, LABEL, TITLE } from "./text-style.js";

const TONES: readonly Tone[] = ["proved", "refuted", "undecided"];

/** Verdicts differ in line style too, so that the picture can be read without colours. */
export const SVG_STYLE = `
svg { font-family: system-ui, "Segoe UI", "DejaVu Sans", Helvetica, Arial, sans-serif; }
.paper { fill: #ffffff; } .ink, .title { fill: #1b1f24; } .faint { fill: #57606a; }
.site { fill: #f6f8fa; stroke: #afb8c1; } .network { fill: #eaeef2; stroke: #afb8c1; }
.network.internet, .way.internet { stroke-dasharray: 2 3; } .network.vpn, .way.vpn { stroke-dasharray: 6 3; }
rect.plate { stroke: none; fill-opacity: .9; }
.node { fill: #ffffff; stroke: #57606a; stroke-width: 1.2; } .way { rx: 14px; } .device { stroke-width: 2.2; }
.edge { fill: none; stroke-width: 2; stroke: #57606a; } .edge.vpn { stroke-width: 5; } .edge.internet { stroke-width: 1.2; } .edge.proxy { stroke-width: 3.6; }
.core { fill: none; stroke: #ffffff; stroke-width: 2; } .halo { fill: #ffffff; fill-opacity: .9; }
.proved { stroke: #116329; } .refuted { stroke: #b3261e; stroke-dasharray: 7 4; } .undecided { stroke: #8a5300; stroke-dasharray: 2 4; }
text.proved { fill: #116329; stroke: none; } text.refuted { fill: #b3261e; stroke: none; } text.undecided { fill: #8a5300; stroke: none; }
.node.refuted { stroke: #b3261e; stroke-width: 3; stroke-dasharray: none; } .node.undecided { stroke: #8a5300; stroke-width: 3; stroke-dasharray: none; }
.head.proved { fill: #116329; } .head.refuted { fill: none; stroke-width: 2.5; stroke-dasharray: none; } .head.undecided { fill: #ffffff; stroke-dasharray: none; }
.badge { fill: #f6f8fa; stroke: #8c959f; } .badge.refuted, .badge.undecided { stroke-width: 2; stroke-dasharray: none; } .badge.refuted { stroke: #b3261e; } .badge.undecided { stroke: #8a5300; }
text { stroke: none; }
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117; } .ink, .title { fill: #e6edf3; } .faint { fill: #9198a1; }
.site { fill: #151b23; stroke: #3d444d; } .network { fill: #1c232c; stroke: #3d444d; }
.node { fill: #0d1117; stroke: #9198a1; } .halo { fill: #0d1117; } .core { stroke: #0d1117; } .edge { stroke: #9198a1; }
.proved { stroke: #57ab5a; } .refuted { stroke: #ff7b72; } .undecided { stroke: #d8a657; }
text.proved { fill: #57ab5a; } text.refuted { fill: #ff7b72; } text.undecided { fill: #d8a657; }
.node.refuted { stroke: #ff7b72; } .node.undecided { stroke: #d8a657; }
.head.proved { fill: #57ab5a; } .head.undecided { fill: #0d1117; } .badge { fill: #151b23; stroke: #656c76; } .badge.refuted { stroke: #ff7b72; } .badge.undecided { stroke: #d8a657; }
}`;

const LEGEND_HEIGHT = 30;
const HEADER_HEIGHT = 34;
const WIDEST_TITLE = 960;

/** The picture of a diagram; the same diagram gives the same bytes. */
export function drawSvg(diagram: Diagram): Promise<string> {
  return drawPicture(diagram, `<style>${SVG_STYLE}</style>`);
}

/**
 * The picture without a style of its own, for a page that has `SVG_STYLE`; `head` stands before what is drawn. Nodes bear
 * their id as `data-node`, edges the ids of their ends as `data-from` and `data-to`.
 */
export async function drawPicture(diagram: Diagram, head: string): Promise<string> {
  const placed = await layoutDiagram(diagram);
  const notes = diagram.notes;
  const width = Math.max(
    placed.width,
    Math.min(WIDEST_TITLE, Math.ceil(textWidth(diagram.title, 16)) + 32),
    16 + 6 * 130,
  );
  const height = HEADER_HEIGHT + placed.height + LEGEND_HEIGHT + notes.length * BODY.lineHeight + 8;
  const below = HEADER_HEIGHT + placed.height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeXml(diagram.title)}</title>`,
    `<desc id="description">${escapeXml(diagram.description)}</desc>`,
    ...(head === "" ? [] : [head]),
    `<rect class="paper" width="100%" height="100%"/>`,
    text(16, 24, 16, "title", clipText(diagram.title, 16, width - 32), 'font-weight="600"'),
    `<g transform="translate(0 ${HEADER_HEIGHT})">`,
    ...placed.frames.map(({ frame, box }) => rect(box, `${frame.kind} ${frame.path}`, 8)),
    ...placed.nodes.flatMap(({ node, box }) => drawNode(node, box)),
    ...placed.edges.flatMap(drawLine),
    ...placed.frames.flatMap(({ frame, box }) => drawFrameTitle(frame, box)),
    ...placed.edges.flatMap(drawLabels),
    "</g>",
    ...drawLegend(below, diagram.edges),
    ...notes.map((note, i) => text(16, below + LEGEND_HEIGHT + 10 + i * BODY.lineHeight, BODY.size, "faint", note)),
    "</svg>",
    "",
  ].join("\n");
}

/** Over the lines of the flows, which may have to cross it. */
function drawFrameTitle({ title, subtitle, kind }: Frame, box: Box): string[] {
  const shown = clipText(`${title}  ${subtitle}`.trim(), BODY.em, box.width - 16);
  const place = { x: box.x + 4, y: box.y + 3, width: textWidth(shown, BODY.em) + 8, height: FRAME_TITLE_HEIGHT };
  return [rect(place, `${kind} plate`, 3), text(box.x + 8, box.y + FRAME_TITLE_HEIGHT - 2, BODY.size, "faint", shown)];
}

function drawNode(node: DiagramNode, box: Box): string[] {
  const inside = box.width - 20;
  const titleY = box.y + 8 + TITLE.lineHeight - 4;
  const lineY = (i: number): number => titleY + (i + 1) * BODY.lineHeight;
  const badgesTop = titleY + node.lines.length * BODY.lineHeight + 6;
  const pile = node.count > 1 ? [rect({ ...box, x: box.x + 4, y: box.y - 4 }, `node ${node.shape}`, 5)] : [];
  const title = headOf(node);
  return [
    `<g data-node="${escapeXml(node.id)}">`,
    `<title>${escapeXml([title, ...node.lines, ...node.badges.map(badgeText)].join("\n"))}</title>`,
    ...pile,
    rect(box, `node ${node.shape} ${node.path} ${node.tone}`, 5),
    text(box.x + 10, titleY, TITLE.size, "ink", clipText(title, TITLE.em, inside), 'font-weight="600"'),
    ...node.lines.map((line, i) => text(box.x + 10, lineY(i), BODY.size, "faint", clipText(line, BODY.size, inside))),
    ...node.badges.flatMap((badge, i) => {
      const badgeBox = { x: box.x + 8, y: badgesTop + i * 22, width: box.width - 16, height: 18 };
      const shown = clipText(badgeText(badge), BODY.size, badgeBox.width - 8);
      return [rect(badgeBox, `badge ${badge.tone}`, 3), text(badgeBox.x + 5, badgeBox.y + 13, BODY.size, "ink", shown)];
    }),
    "</g>",
  ];
}

function drawLine({ edge, points }: PlacedEdge): string[] {
  const path = points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join("");
  return [
    `<g ${edgeMarks(edge)}>`,
    ...drawStroke(edge.tone, edge.path, path),
    ...drawHead(points, edge.tone, edge.end),
    "</g>",
  ];
}

/** A line that tells the kind of path as well: double over a VPN, thin over the internet, thick through a proxy. */
function drawStroke(tone: Tone, kind: PathKind, path: string): string[] {
  const core = kind === "vpn" ? [`<path class="core" d="${path}"/>`] : [];
  return [`<path class="edge ${tone} ${kind}" d="${path}"/>`, ...core];
}

function edgeMarks({ from, to, tone, path }: DiagramEdge): string {
  return `data-from="${escapeXml(from)}" data-to="${escapeXml(to)}" data-tone="${tone}" data-path="${path}"`;
}

/** A filled arrow arrives, a cross is stopped, a ring may be stopped. */
function drawHead(points: readonly Point[], tone: Tone, end: EdgeEnd): string[] {
  const tip = points[points.length - 1] as Point;
  const before = points[points.length - 2] as Point;
  const angle = round((Math.atan2(tip.y - before.y, tip.x - before.x) * 180) / Math.PI);
  const place = `transform="translate(${tip.x} ${tip.y}) rotate(${angle})"`;
  const shape = HEADS[end];
  return shape === "" ? [] : [`<path class="edge head ${tone}" ${place} d="${shape}"/>`];
}

const HEADS: Readonly<Record<EdgeEnd, string>> = {
  arrives: "M0 0L-10 -5L-10 5Z",
  stopped: "M-12 -6L-2 6M-12 6L-2 -6",
  unsure: "M-11 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0",
  none: "",
};

function drawLabels({ edge, labels, labelBox }: PlacedEdge): string[] {
  if (labelBox === undefined) return [];
  return [
    `<g ${edgeMarks(edge)}>`,
    rect(labelBox, "halo", 3),
    ...labels.map((label, i) =>
      text(labelBox.x + 5, labelBox.y + 13 + i * LABEL.lineHeight, LABEL.size, edge.tone, label),
    ),
    "</g>",
  ];
}

const LEGEND: Readonly<Record<string, EdgeEnd>> = { proved: "arrives", refuted: "stopped", undecided: "unsure" };

/** The verdicts, then the kinds of paths that the picture shows beside the ordinary one. */
function drawLegend(y: number, edges: readonly DiagramEdge[]): string[] {
  const kinds = PATHS.filter((kind) => edges.some(({ path }) => path === kind));
  const stroke = (index: number, tone: Tone, kind: PathKind): string[] =>
    drawStroke(tone, kind, `M${legendX(index)} ${y + 14}H${legendX(index) + 36}`);
  const name = (index: number, word: string): string => text(legendX(index) + 52, y + 18, BODY.size, "ink", word);
  return [
    ...TONES.flatMap((tone, i) => {
      const end = { x: legendX(i) + 44, y: y + 14 };
      return [
        ...stroke(i, tone, "lan"),
        ...drawHead([{ ...end, x: legendX(i) }, end], tone, LEGEND[tone] as EdgeEnd),
        name(i, tone),
      ];
    }),
    ...kinds.flatMap((kind, i) => [
      ...stroke(TONES.length + i, "plain", kind),
      name(TONES.length + i, PATH_WORDS[kind]),
    ]),
  ];
}

const PATHS: readonly PathKind[] = ["vpn", "internet", "proxy"];
const PATH_WORDS: Readonly<Record<PathKind, string>> = {
  lan: "over a LAN",
  vpn: "over a VPN",
  internet: "over the internet",
  proxy: "through a proxy",
};

function legendX(index: number): number {
  return 16 + index * 130;
}

function rect({ x, y, width, height }: Box, className: string, radius: number): string {
  return `<rect class="${className}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"/>`;
}

function text(x: number, y: number, size: number, className: string, content: string, more = ""): string {
  const rest = more === "" ? "" : ` ${more}`;
  return `<text class="${className}" x="${round(x)}" y="${round(y)}" font-size="${size}"${rest}>${escapeXml(content)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
