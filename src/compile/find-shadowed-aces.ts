/**
 * Which aces of an acl no packet reaches, exactly: `findShadowedAces(compiled, acl, budget)`. A live ace comes with a packet
 * that reaches it, a shadowed one with a few earlier aces that together take all its packets.
 */
import type { Ace, Action } from "../model/acl.js";
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import type { Budget } from "../sets/budget.js";
import type { PacketSet } from "../sets/packet-set.js";
import type { Span } from "./ace-boxes.js";
import type { CompiledAcl } from "./compile-acl.js";
import type { CompiledDevice } from "./compile-device.js";
import { FamilySearch } from "./family-search.js";

/**
 * - `live`: the witness is matched (perhaps only possibly, see the ace's doubts) and by no earlier deciding ace for certain;
 * - `shadowed`: every packet it possibly matches is surely decided by the aces in `by`, which come earlier in deciding order;
 * - `unmatchable`: its conditions hold for no packet;
 * - `undecided`: too complex within the budget.
 */
export type AceReach = { readonly ace: Ace } & (
  | { readonly kind: "live"; readonly witness: Packet }
  | { readonly kind: "shadowed"; readonly by: readonly Ace[] }
  | { readonly kind: "unmatchable" }
  | { readonly kind: "undecided" }
);

/** The reach of every enabled ace of an acl, by itself: as if every packet came to its first ace. In deciding order. */
export function findShadowedAces(compiled: CompiledDevice, acl: CompiledAcl, budget: Budget): AceReach[] {
  const search = new ShadowSearch(compiled, acl);
  return acl.aces.map((_, position) => search.reachOf(position, budget));
}

/** The same for single aces; should be asked about earlier ones first, so that those do not count among what covers others. */
export class ShadowSearch {
  readonly #acl: CompiledAcl;
  /** By position of an ace: the first of its segment. */
  readonly #starts: Int32Array;
  readonly #segments = new Map<number, Segment>();

  constructor(compiled: CompiledDevice, acl: CompiledAcl) {
    this.#acl = acl;
    this.#starts = startsOfSegments(compiled, acl);
  }

  /** The reach of the ace at a position in deciding order. */
  reachOf(position: number, budget: Budget): AceReach {
    const from = this.#starts[position];
    let segment = this.#segments.get(from);
    if (segment === undefined) {
      segment = new Segment(this.#acl, from, endOf(this.#starts, from));
      this.#segments.set(from, segment);
    }
    return segment.judge(position - from, budget);
  }
}

/** After an ace that changes packets, earlier aces have decided about other packets: each stretch is judged by itself. */
function startsOfSegments(compiled: CompiledDevice, acl: CompiledAcl): Int32Array {
  const isChangingAcl = new Map<string, boolean>();
  const isChange = ({ action }: Ace): boolean => {
    if (action.kind !== "jump" && action.kind !== "goto") return changesPackets(action);
    const isKnown = isChangingAcl.get(action.acl) ?? changesState(compiled, action.acl, new Set());
    isChangingAcl.set(action.acl, isKnown);
    return isKnown;
  };
  const starts = new Int32Array(acl.aces.length);
  for (let i = 1; i < starts.length; i++) starts[i] = isChange(acl.aces[i - 1].ace) ? i : starts[i - 1];
  return starts;
}

/** Where the segment that begins at a position ends. */
function endOf(starts: Int32Array, from: number): number {
  let end = from;
  while (end < starts.length && starts[end] === from) end++;
  return end;
}

/** True iff an ace of the acl, or of one that it leads to, changes packets. */
function changesState(compiled: CompiledDevice, name: string, seen: Set<string>): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  return (compiled.acls.get(name)?.aces ?? []).some(({ ace: { action } }) => {
    if (action.kind === "jump" || action.kind === "goto") return changesState(compiled, action.acl, seen);
    return changesPackets(action);
  });
}

function changesPackets({ kind }: Action): boolean {
  return kind === "notrack" || kind === "tag";
}

/** True iff a packet that matches goes no further in this acl. */
function isDeciding({ action }: Ace, { acl }: CompiledAcl): boolean {
  switch (action.kind) {
    case "accept":
    case "drop":
    case "reject":
    case "translate":
      return true;
    case "goto":
    case "return":
      return acl.evaluation === "first-match";
    default:
      return false;
  }
}

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

class Segment {
  readonly #acl: CompiledAcl;
  readonly #from: number;
  readonly #searches: readonly FamilySearch[];
  /** Deciding aces whose boxes are too many: what the others leave open is put to them as packet sets. */
  readonly #oversized: readonly number[];

  constructor(acl: CompiledAcl, from: number, to: number) {
    this.#acl = acl;
    this.#from = from;
    const aces = acl.aces.slice(from, to);
    this.#searches = FAMILIES.map((family) => new FamilySearch(aces, (i) => this.#isDeciding(i), family));
    this.#oversized = [...aces.keys()].filter(
      (i) => this.#isDeciding(i) && this.#searches.some((search) => search.boxes[i].surely === undefined),
    );
  }

  /** The reach of the ace at a place in the segment. */
  judge(i: number, budget: Budget): AceReach {
    const { ace } = this.#acl.aces[this.#from + i];
    if (budget.isExhausted) return { ace, kind: "undecided" };
    if (this.#searches.some(({ boxes }) => boxes[i].possibly === undefined)) return this.#judgeSets(i, budget);
    if (this.#searches.every(({ boxes }) => isEmpty(boxes[i].possibly))) return { ace, kind: "unmatchable" };
    const by = new Set<number>();
    for (const search of this.#searches) {
      if (isEmpty(search.boxes[i].possibly)) continue;
      const found = search.judge(i, budget);
      if (found.kind === "too-complex") return { ace, kind: "undecided" };
      if (found.kind === "open") return this.#live(i, search, found.point, budget);
      for (const one of found.by) by.add(one);
    }
    return { ace, kind: "shadowed", by: this.#acesAt(by) };
  }

  #live(i: number, search: FamilySearch, point: Uint32Array, budget: Budget): AceReach {
    if (!search.isPacket(point)) return this.#judgeSets(i, budget);
    const live = new LiveAce(this.#acl.aces[this.#from + i].ace, search, point);
    const isTaken = this.#oversized.some((one) => one < i && this.#surely(one).contains(live.witness));
    return isTaken ? this.#judgeSets(i, budget) : live;
  }

  /** The same by set arithmetic over the earlier aces that overlap. */
  #judgeSets(i: number, budget: Budget): AceReach {
    const { ace, matches } = this.#acl.aces[this.#from + i];
    const judge = (): AceReach => {
      let rest = matches.bounds.possibly;
      if (rest.isEmpty) return { ace, kind: "unmatchable" };
      const by: number[] = [];
      for (const position of this.#acl.candidates(rest)) {
        const earlier = position - this.#from;
        if (earlier < 0 || earlier >= i || !this.#isDeciding(earlier)) continue;
        const next = rest.subtract(this.#surely(earlier));
        if (!next.equals(rest)) by.push(earlier);
        rest = next;
        if (rest.isEmpty) return { ace, kind: "shadowed", by: this.#acesAt(by) };
      }
      return { ace, kind: "live", witness: rest.witness() as Packet };
    };
    return budget.run(judge, () => ({ ace, kind: "undecided" }));
  }

  #isDeciding(i: number): boolean {
    return isDeciding(this.#acl.aces[this.#from + i].ace, this.#acl);
  }

  #surely(i: number): PacketSet {
    return this.#acl.aces[this.#from + i].matches.bounds.surely;
  }

  #acesAt(indices: Iterable<number>): Ace[] {
    return [...indices].sort((a, b) => a - b).map((i) => this.#acl.aces[this.#from + i].ace);
  }
}

function isEmpty(span: Span | undefined): boolean {
  return span !== undefined && span.from === span.to;
}

/** An ace with a point that reaches it; of the many live aces of an acl few are asked for their packet. */
class LiveAce {
  readonly kind = "live";
  readonly #search: FamilySearch;
  readonly #point: Uint32Array;

  constructor(
    readonly ace: Ace,
    search: FamilySearch,
    point: Uint32Array,
  ) {
    this.#search = search;
    this.#point = point;
  }

  get witness(): Packet {
    return this.#search.packet(this.#point);
  }
}
