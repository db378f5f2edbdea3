/** Decides whether a regular expression is found in a text of which parts may be unknown, in time bounded by design. */
import { type CharRange, parseRegex, type RegexNode } from "./regex-syntax.js";

/** A known text, or any text (also the empty one) over some characters. */
export type TextPart = string | { readonly anyOf: readonly CharRange[] };

/** `sometimes`: found for some values of the unknown parts only, or too much work to tell. */
export type Found = "always" | "never" | "sometimes";

/** A compiled pattern. */
export interface TextPattern {
  readonly tree: RegexNode;
  /** Whether the pattern is found in the parts joined. */
  find(parts: readonly TextPart[]): Found;
}

// Nodes of the automaton a pattern may have, and sets of them a search may meet, before the answer is `sometimes`.
const MAX_NODES = 1000;
const MAX_STATES = 500;

// Proxies search bytes: beyond ASCII a character is several of them, and `.` is one.
const LAST_ASCII = 127;

/** The pattern ready to be searched for; undefined iff it is not understood or too large. */
export function compilePattern(pattern: string, ignoreCase: boolean): TextPattern | undefined {
  const tree = parseRegex(pattern, ignoreCase);
  if (tree === undefined) return undefined;
  const builder = new AutomatonBuilder();
  const entry = builder.build(tree, builder.add({ kind: "found" }));
  if (entry === undefined) return undefined;
  const search = new Search(builder.nodes, entry);
  return { tree, find: (parts) => search.find(parts) };
}

type AutomatonNode =
  | { readonly kind: "char"; readonly ranges: readonly CharRange[]; readonly next: number }
  | { readonly kind: "fork"; readonly next: number[] }
  | { readonly kind: "start" | "end"; readonly next: number }
  | { readonly kind: "found" };

class AutomatonBuilder {
  readonly nodes: AutomatonNode[] = [];

  add(node: AutomatonNode): number {
    return this.nodes.push(node) - 1;
  }

  /** Entry of an automaton that reads `tree` and goes on at `next`; undefined iff it gets too large. */
  build(tree: RegexNode, next: number): number | undefined {
    if (this.nodes.length > MAX_NODES) return undefined;
    switch (tree.kind) {
      case "char":
        return this.add({ kind: "char", ranges: tree.ranges, next });
      case "start":
      case "end":
        return this.add({ kind: tree.kind, next });
      case "sequence":
        return tree.parts.reduceRight<number | undefined>((after, part) => this.after(part, after), next);
      case "choice": {
        const entries = tree.options.map((option) => this.build(option, next));
        return entries.includes(undefined) ? undefined : this.add({ kind: "fork", next: entries as number[] });
      }
      case "repeat":
        return this.buildRepeat(tree.part, tree.min, tree.max, next);
    }
  }

  private after(part: RegexNode, next: number | undefined): number | undefined {
    return next === undefined ? undefined : this.build(part, next);
  }

  private buildRepeat(part: RegexNode, min: number, max: number | undefined, next: number): number | undefined {
    let entry: number | undefined = next;
    if (max === undefined) {
      const fork = { kind: "fork" as const, next: [next] };
      entry = this.add(fork);
      const body = this.build(part, entry);
      if (body === undefined) return undefined;
      fork.next.push(body);
    }
    for (let i = min; i < (max ?? min); i++) entry = this.optional(part, entry, next);
    for (let i = 0; i < min; i++) entry = this.after(part, entry);
    return entry;
  }

  private optional(part: RegexNode, entry: number | undefined, skip: number): number | undefined {
    const body = this.after(part, entry);
    return body === undefined ? undefined : this.add({ kind: "fork", next: [body, skip] });
  }
}

/** The automaton nodes a search stands at after some text; `found` once the pattern has been found. */
interface State {
  readonly nodes: readonly number[];
  readonly isFound: boolean;
  readonly isFoundAtEnd: boolean;
  readonly next: Map<number, State>;
}

/** Subset construction on demand over classes of characters that the pattern does not tell apart. */
class Search {
  private readonly states = new Map<string, State>();
  /** First characters of the classes, ascending. */
  private readonly classStarts: readonly number[];
  private readonly initial: State;

  constructor(
    private readonly nodes: readonly AutomatonNode[],
    private readonly entry: number,
  ) {
    const starts = new Set([0]);
    for (const node of nodes) {
      if (node.kind !== "char") continue;
      for (const { first, last } of node.ranges) starts.add(first).add(last + 1);
    }
    starts.delete(0x10000);
    this.classStarts = [...starts].sort((a, b) => a - b);
    this.initial = this.stateOf([entry], true);
  }

  find(parts: readonly TextPart[]): Found {
    let states = new Set([this.initial]);
    for (const part of parts) {
      const after = typeof part === "string" ? this.readText(states, part) : this.readAnything(states, part.anyOf);
      if (after === undefined) return "sometimes";
      states = after;
    }
    const ends = [...states].map(({ isFound, isFoundAtEnd }) => isFound || isFoundAtEnd);
    if (ends.every((isFound) => isFound)) return "always";
    return ends.some((isFound) => isFound) ? "sometimes" : "never";
  }

  private readText(states: ReadonlySet<State>, text: string): Set<State> | undefined {
    let current = new Set(states);
    for (let i = 0; i < text.length; i++) {
      const char = text.charCodeAt(i);
      if (char > LAST_ASCII) return undefined;
      const index = this.classOf(char);
      const after = new Set<State>();
      for (const state of current) {
        const next = this.step(state, index);
        if (next === undefined) return undefined;
        after.add(next);
      }
      current = after;
    }
    return current;
  }

  private readAnything(states: ReadonlySet<State>, anyOf: readonly CharRange[]): Set<State> | undefined {
    const classes = this.classesIn(anyOf);
    const reached = new Set(states);
    for (const state of reached) {
      for (const index of classes) {
        const next = this.step(state, index);
        if (next === undefined) return undefined;
        reached.add(next);
      }
    }
    return reached;
  }

  private classOf(char: number): number {
    let low = 0;
    for (let high = this.classStarts.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if ((this.classStarts[middle] as number) <= char) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private classesIn(ranges: readonly CharRange[]): Set<number> {
    const classes = new Set<number>();
    for (const { first, last } of ranges) {
      for (let index = this.classOf(first); index <= this.classOf(last); index++) classes.add(index);
    }
    return classes;
  }

  /** The state after one more character of a class; undefined iff that makes too many states. */
  private step(state: State, index: number): State | undefined {
    if (state.isFound) return state;
    const known = state.next.get(index);
    if (known !== undefined) return known;
    if (this.states.size >= MAX_STATES) return undefined;
    const char = this.classStarts[index] as number;
    const targets = [this.entry]; // a search may begin anew at every place
    for (const id of state.nodes) {
      const node = this.nodes[id] as AutomatonNode;
      if (node.kind === "char" && node.ranges.some(({ first, last }) => first <= char && char <= last)) {
        targets.push(node.next);
      }
    }
    const next = this.stateOf(targets, false);
    state.next.set(index, next);
    return next;
  }

  private stateOf(entries: readonly number[], isAtStart: boolean): State {
    const nodes = this.closure(entries, isAtStart, false);
    const key = `${isAtStart} ${nodes.join()}`;
    const known = this.states.get(key);
    if (known !== undefined) return known;
    const isFound = this.holdsFound(nodes);
    const isFoundAtEnd = isFound || this.holdsFound(this.closure(nodes, isAtStart, true));
    const state: State = { nodes, isFound, isFoundAtEnd, next: new Map() };
    this.states.set(key, state);
    return state;
  }

  private holdsFound(nodes: readonly number[]): boolean {
    return nodes.some((id) => this.nodes[id]?.kind === "found");
  }

  /** Nodes reachable without reading a character, as far as the position lets anchors pass; ascending. */
  private closure(entries: readonly number[], isAtStart: boolean, isAtEnd: boolean): number[] {
    const reached = new Set(entries);
    for (const id of reached) {
      const node = this.nodes[id] as AutomatonNode;
      if (node.kind === "fork") for (const next of node.next) reached.add(next);
      else if ((node.kind === "start" && isAtStart) || (node.kind === "end" && isAtEnd)) reached.add(node.next);
    }
    return [...reached].sort((a, b) => a - b);
  }
}
