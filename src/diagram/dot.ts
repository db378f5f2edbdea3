/** Writes a diagram for Graphviz. */
import type { PathKind } from "../model/topology.js";
import { cleanText } from "./clean-text.js";
import { badgeText, type Diagram, type DiagramEdge, type DiagramNode, headOf, type Tone } from "./diagram.js";

const COLORS: Readonly<Record<Tone, string>> = {
  proved: "#116329",
  refuted: "#b3261e",
  undecided: "#8a5300",
  plain: "#57606a",
};
const LINES: Readonly<Record<Tone, string>> = {
  proved: "solid",
  refuted: "dashed",
  undecided: "dotted",
  plain: "solid",
};

/** The directed graph; a frame is a cluster. */
export function drawDot(diagram: Diagram): string {
  const lines = [
    "digraph flows {",
    `  label=${quote(diagram.title)}; labelloc=t; compound=true; newrank=true; rankdir=TB;`,
    '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif", fontsize=11];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...frameLines(diagram, undefined, "  "),
    ...diagram.edges.map((edge) => `  ${quote(edge.from)} -> ${quote(edge.to)} ${edgeAttributes(edge)};`),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

function frameLines(diagram: Diagram, parent: string | undefined, indent: string): string[] {
  const frames = diagram.frames.flatMap((frame, i) =>
    frame.parent !== parent
      ? []
      : [
          `${indent}subgraph cluster_${i} {`,
          `${indent}  label=${quote(`${frame.title} ${frame.subtitle}`.trim())}; color="#afb8c1"; style=rounded;`,
          ...frameLines(diagram, frame.id, `${indent}  `),
          `${indent}}`,
        ],
  );
  const nodes = diagram.nodes.filter((node) => node.frame === parent);
  return [...frames, ...nodes.map((node) => `${indent}${quote(node.id)} ${nodeAttributes(node)};`)];
}

function nodeAttributes(node: DiagramNode): string {
  const { lines, badges, tone, shape } = node;
  const label = [headOf(node), ...lines, ...badges.map((badge) => `[${badgeText(badge)}]`)].map(escapeDot).join("\\n");
  const width = tone === "refuted" || tone === "undecided" ? 3 : 1;
  return `[label="${label}", color="${COLORS[tone]}", penwidth=${width}${shape === "device" ? ", peripheries=2" : ""}]`;
}

const WIDTHS: Readonly<Record<PathKind, number>> = { lan: 1.5, vpn: 1.5, internet: 0.8, proxy: 3 };

/** Over a VPN the line is double, over the internet thin, through a proxy thick. */
function edgeAttributes({ labels, tone, end, path }: DiagramEdge): string {
  const color = path === "vpn" ? `${COLORS[tone]}:white:${COLORS[tone]}` : COLORS[tone];
  const head = { arrives: "normal", stopped: "tee", unsure: "odot", none: "none" }[end];
  const label = labels.map(escapeDot).join("\\n");
  return `[label="${label}", color="${color}", fontcolor="${COLORS[tone]}", penwidth=${WIDTHS[path]}, style=${LINES[tone]}, arrowhead=${head}]`;
}

function quote(text: string): string {
  return `"${escapeDot(text)}"`;
}

function escapeDot(text: string): string {
  return cleanText(text).replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\s+/g, " ");
}
