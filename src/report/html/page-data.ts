/** What the page's script works on: an analysis as plain values, everything that repeats kept once and named by position. */
import type { LineFate } from "../../model/diagnostic.js";
import type { Disposition, Verdict } from "../../model/verdict.js";

/** A place in an input; `file` is a position in `files`, absent where the page does not hold the input. */
export interface PagePlace {
  readonly where: string;
  readonly file?: number;
  readonly line: number;
  /** The quoted line, where it is not simply the one in `files`. */
  readonly quote?: string;
}

/** A rule or default that decided, or a remark about a place. */
export interface PageDecision {
  readonly text: string;
  readonly place: PagePlace;
}

export interface PageHop {
  readonly device: string;
  readonly leg: string;
  readonly disposition: Disposition;
  /** Positions in `decisions`: that which counts, if any does, and those of every stage. */
  readonly counts: readonly number[];
  readonly decisions: readonly number[];
  readonly before: string;
  readonly after: string;
}

export interface PagePath {
  readonly text: string;
  /** Positions in `hops`. */
  readonly hops: readonly number[];
}

/** One requirement between two components, with its answer and grounds. Numbers are positions in the page's lists. */
export interface PageFlow {
  readonly requirement: number;
  readonly from: string;
  readonly to: string;
  readonly verdict: Verdict["kind"];
  readonly over: string;
  readonly explanation: string;
  readonly witness?: string;
  readonly paths: readonly PagePath[];
  readonly decidedBy?: number;
  readonly nearMisses: readonly number[];
  readonly doubts: readonly number[];
  readonly failing: readonly string[];
  readonly share: string;
  readonly assumptions: readonly number[];
  /** Nodes of the picture that its packets visit, one list for each way. */
  readonly walks: readonly (readonly number[])[];
}

export interface PageRequirement {
  readonly id: string;
  readonly title: string;
  readonly services: string;
  readonly forbids: boolean;
  readonly purpose: string;
  readonly citations: readonly string[];
}

/** One input with its masked lines; `fates` has a letter for each line, see `FATE_LETTERS`, and `notes` a text. */
export interface PageFile {
  readonly name: string;
  readonly vendor: string;
  readonly lines: readonly string[];
  readonly fates: string;
  readonly notes: readonly number[];
  /** By number of a line: positions in `texts` of what the audit found there. */
  readonly findings: Readonly<Record<number, readonly number[]>>;
}

/** A proposed change of an input, whose commands stand in the page as `change-` and its position. */
export interface PageChange {
  readonly device: string;
  /** Ids of the requirements that it is for. */
  readonly requirements: readonly string[];
}

export const FATE_LETTERS: Readonly<Record<LineFate, string>> = {
  modelled: "m",
  harmless: "h",
  approximated: "a",
  rejected: "r",
};

/** A node of the picture with the names of what it stands for. */
export interface PageNode {
  readonly id: string;
  readonly components: readonly string[];
  readonly devices: readonly string[];
}

export interface PageData {
  readonly texts: readonly string[];
  readonly requirements: readonly PageRequirement[];
  readonly decisions: readonly PageDecision[];
  readonly hops: readonly PageHop[];
  readonly flows: readonly PageFlow[];
  readonly files: readonly PageFile[];
  readonly changes: readonly PageChange[];
  readonly nodes: readonly PageNode[];
}

/** The data as JSON that may stand in a script element: nothing in it ends the element, the line or the reading order. */
export function embedData(data: PageData): string {
  return JSON.stringify(data)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029")
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
