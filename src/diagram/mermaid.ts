/** Writes a diagram as a Mermaid flowchart, for pull requests and wikis. */
import type { PathKind } from "../model/topology.js";
import { cleanText } from "./clean-text.js";
import { badgeText, type Diagram, type DiagramEdge, type DiagramNode, headOf, type Tone } from "./diagram.js";

const STYLES: Readonly<Record<Tone, string>> = {
  proved: "stroke:#116329,stroke-width:2px",
  refuted: "stroke:#b3261e,stroke-width:2px,stroke-dasharray:7 4",
  undecided: "stroke:#8a5300,stroke-width:2px,stroke-dasharray:2 4",
  plain: "stroke:#57606a",
};

const WIDTHS: Readonly<Record<PathKind, number>> = { lan: 2, vpn: 3, internet: 1, proxy: 4 };

/** The flowchart; ids are numbered, so that no name of an input is ever read as syntax. */
export function drawMermaid(diagram: Diagram): string {
  const ids = new Map([...diagram.frames, ...diagram.nodes].map(({ id }, i) => [id, `n${i}`]));
  const idOf = (id: string): string => ids.get(id) as string;
  const nodesIn = (frame: string | undefined): DiagramNode[] => diagram.nodes.filter((node) => node.frame === frame);
  const frameLines = (parent: string | undefined, indent: string): string[] => [
    ...diagram.frames
      .filter((frame) => frame.parent === parent)
      .flatMap((frame) => [
        `${indent}subgraph ${idOf(frame.id)}["${escapeMermaid(`${frame.title} ${frame.subtitle}`.trim())}"]`,
        ...frameLines(frame.id, `${indent}  `),
        `${indent}end`,
      ]),
    ...nodesIn(parent).map((node) => `${indent}${idOf(node.id)}${shapeOf(node)}`),
  ];
  const lines = [
    "---",
    `title: ${JSON.stringify(escapeMermaid(diagram.title))}`,
    "---",
    "flowchart TB",
    `  accTitle: ${oneLine(diagram.title)}`,
    `  accDescr: ${oneLine(diagram.description)}`,
    ...frameLines(undefined, "  "),
    ...diagram.edges.map((edge) => `  ${idOf(edge.from)} ${arrowOf(edge)}${labelOf(edge)} ${idOf(edge.to)}`),
    ...diagram.edges.map(
      (edge, i) =>
        `  linkStyle ${i} ${STYLES[edge.tone].replace("stroke-width:2px", `stroke-width:${WIDTHS[edge.path]}px`)}`,
    ),
    ...diagram.nodes
      .filter(({ tone }) => tone === "refuted" || tone === "undecided")
      .map((node) => `  style ${idOf(node.id)} ${STYLES[node.tone].replace(/,stroke-dasharray.*/, "")}`),
  ];
  return `${lines.join("\n")}\n`;
}

function shapeOf(node: DiagramNode): string {
  const { shape, lines, badges } = node;
  const text = [headOf(node), ...lines, ...badges.map(badgeText)].map(escapeMermaid).join("<br/>");
  if (shape === "way") return `(["${text}"])`;
  return shape === "device" ? `[["${text}"]]` : `["${text}"]`;
}

function arrowOf({ end }: DiagramEdge): string {
  return { arrives: "-->", stopped: "--x", unsure: "--o", none: "---" }[end];
}

function labelOf({ labels }: DiagramEdge): string {
  return labels.length === 0 ? "" : `|"${labels.map(escapeMermaid).join("<br/>")}"|`;
}

function oneLine(text: string): string {
  return cleanText(text)
    .replace(/[\s#;:{}<>&"'`\\]+/g, " ")
    .trim();
}

/** Text as it may stand between quotes: everything that Mermaid or HTML reads as syntax becomes an entity. */
function escapeMermaid(text: string): string {
  return cleanText(text)
    .replace(/[#&<>"'`\\;]/g, (sign) => `#${sign.charCodeAt(0)};`)
    .replace(/\s+/g, " ");
}
