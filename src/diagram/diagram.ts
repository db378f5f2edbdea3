/** What a picture shows, before anything is placed: frames, nodes and edges, in the words of the reader. */
import type { PathKind } from "../model/topology.js";

/** What an edge or a mark says about the flows it stands for; `plain`: it is wiring and says nothing. */
export type Tone = "proved" | "refuted" | "undecided" | "plain";

/** What a node is: `way` nodes are links and networks without components. */
export type NodeShape = "component" | "proxy" | "device" | "way";

/** A named area around nodes or other frames. */
export interface Frame {
  readonly id: string;
  readonly kind: "site" | "network";
  readonly path: PathKind;
  readonly title: string;
  readonly subtitle: string;
  /** Absent: the frame stands in the picture itself. */
  readonly parent?: string;
}

/** A short text in a box of its own inside a node, e.g. a host firewall. */
export interface Badge {
  /** Names of the devices it stands for. */
  readonly devices: readonly string[];
  readonly text: string;
  readonly tone: Tone;
}

export interface DiagramNode {
  readonly id: string;
  readonly shape: NodeShape;
  readonly path: PathKind;
  readonly title: string;
  readonly lines: readonly string[];
  readonly badges: readonly Badge[];
  /** `refuted` marks the device that blocks, `undecided` the one whose answer is not certain. */
  readonly tone: Tone;
  /** Things the node stands for; more than one is drawn as a pile. */
  readonly count: number;
  readonly frame?: string;
}

const MARKS: Readonly<Record<Tone, string>> = { refuted: "✗ ", undecided: "? ", proved: "", plain: "" };

/** The first line of a node: a mark where flows stop or may stop, its title, and how many things it stands for. */
export function headOf({ title, count, tone }: DiagramNode): string {
  return `${MARKS[tone]}${title}${count > 1 ? ` ×${count}` : ""}`;
}

/** What a badge says, marked as its node is. */
export function badgeText({ text, tone }: Badge): string {
  return `${MARKS[tone]}${text}`;
}

/** How an edge ends: flows arrive, are stopped, may be stopped, or no flow is meant. */
export type EdgeEnd = "arrives" | "stopped" | "unsure" | "none";

export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  readonly tone: Tone;
  readonly path: PathKind;
  readonly end: EdgeEnd;
  readonly labels: readonly string[];
}

/** A picture of nodes and edges. Ids are unique over frames and nodes. */
export interface Diagram {
  readonly title: string;
  /** The picture in words, for those who do not see it. */
  readonly description: string;
  readonly frames: readonly Frame[];
  readonly nodes: readonly DiagramNode[];
  readonly edges: readonly DiagramEdge[];
  /** Remarks under the picture: what it leaves out and why. */
  readonly notes: readonly string[];
}

/** One answer in a table: how many verdicts of each kind, and the worst of them. */
export interface MatrixCell {
  readonly tone: Tone;
  readonly text: string;
}

/** A picture in rows and columns; a cell is absent where nothing is required. */
export interface Matrix {
  readonly title: string;
  readonly description: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly from: string;
    readonly to: string;
    readonly cells: readonly (MatrixCell | undefined)[];
  }[];
  readonly notes: readonly string[];
}
