/**
 * Which aces of an acl no packet reaches, exactly: `findShadowedAces(compiled, acl, budget)`. A live ace comes with a packet
 * that reaches it, a shadowed one with a few earlier aces that together take all its packets.
 */
import type { Ace } from "../model/acl.js";
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import type { Budget } from "../sets/budget.js";
import { CoverSearch } from "../sets/cover.js";
import { FLAGS, HIGH, ICMP_PROTOCOLS, LEVELS, LOW, PROTOCOL } from "../sets/layout.js";
import { packetAt } from "../sets/packet-point.js";
import type { PacketSet } from "../sets/packet-set.js";
import { type AceBoxes, boxesOfAce } from "./ace-boxes.js";
import type { CompiledAcl } from "./compile-acl.js";
import type { CompiledDevice } from "./compile-device.js";
import { projectBoxes, testedLevels } from "./level-table.js";

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
  const starts = startsOfSegments(compiled, acl);
  return starts.flatMap((from, i) => new Segment(acl, from, starts[i + 1] ?? acl.aces.length).judgeAll(budget));
}

/** After an ace that changes packets, earlier aces have decided about other packets: each stretch is judged by itself. */
function startsOfSegments(compiled: CompiledDevice, acl: CompiledAcl): number[] {
  const changes = acl.aces.flatMap(({ ace }, i) => (changesState(compiled, ace, new Set()) ? [i + 1] : []));
  return [0, ...changes.filter((start) => start < acl.aces.length)];
}

function changesState(compiled: CompiledDevice, { action }: Ace, seen: Set<string>): boolean {
  if (action.kind === "notrack") return true;
  if ((action.kind !== "jump" && action.kind !== "goto") || seen.has(action.acl)) return false;
  seen.add(action.acl);
  return (compiled.acls.get(action.acl)?.aces ?? []).some(({ ace }) => changesState(compiled, ace, seen));
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
  readonly #to: number;
  readonly #boxes: ReadonlyMap<Family, readonly AceBoxes[]>;
  /** Deciding aces whose boxes are too many: what the others leave open is put to them as packet sets. */
  readonly #oversized: readonly number[];

  constructor(acl: CompiledAcl, from: number, to: number) {
    this.#acl = acl;
    this.#from = from;
    this.#to = to;
    const aces = acl.aces.slice(from, to);
    this.#boxes = new Map(FAMILIES.map((family) => [family, aces.map((ace) => boxesOfAce(ace, family))]));
    this.#oversized = [...aces.keys()].filter(
      (i) => this.#isDeciding(i) && this.#boxesAt(i).some((one) => !one.surely),
    );
  }

  judgeAll(budget: Budget): AceReach[] {
    const searches = FAMILIES.map(
      (family) => new FamilySearch(this.#boxes.get(family) ?? [], (i) => this.#isDeciding(i), family),
    );
    return Array.from({ length: this.#to - this.#from }, (_, i) => this.#judge(i, searches, budget));
  }

  #judge(i: number, searches: readonly FamilySearch[], budget: Budget): AceReach {
    const { ace } = this.#acl.aces[this.#from + i];
    if (budget.isExhausted) return { ace, kind: "undecided" };
    const boxes = this.#boxesAt(i);
    if (boxes.some((one) => one.possibly === undefined)) return this.#judgeSets(i, budget);
    if (boxes.every((one) => one.possibly?.length === 0)) return { ace, kind: "unmatchable" };
    const by = new Set<number>();
    for (const search of searches) {
      const found = search.judge(i, budget);
      if (found.kind === "too-complex") return { ace, kind: "undecided" };
      if (found.kind === "open") {
        const taken = this.#oversized.some((one) => one < i && this.#surely(one).contains(found.witness));
        return taken ? this.#judgeSets(i, budget) : { ace, kind: "live", witness: found.witness };
      }
      for (const one of found.by) by.add(one);
    }
    return { ace, kind: "shadowed", by: this.#acesAt(by) };
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

  #boxesAt(i: number): AceBoxes[] {
    return FAMILIES.map((family) => (this.#boxes.get(family) as readonly AceBoxes[])[i]);
  }

  #acesAt(indices: Iterable<number>): Ace[] {
    return [...indices].sort((a, b) => a - b).map((i) => this.#acl.aces[this.#from + i].ace);
  }
}

type Found =
  | { readonly kind: "open"; readonly witness: Packet }
  | { readonly kind: "covered"; readonly by: readonly number[] }
  | { readonly kind: "too-complex" };

/** The boxes of one family, with only the levels that any of them tests. */
class FamilySearch {
  readonly #family: Family;
  readonly #levels: readonly number[];
  readonly #targets: readonly Uint32Array[];
  readonly #search: CoverSearch;

  constructor(boxes: readonly AceBoxes[], isDeciding: (i: number) => boolean, family: Family) {
    this.#family = family;
    this.#levels = testedLevels(allBoxes(boxes));
    this.#targets = boxes.map(({ possibly }) => projectBoxes(possibly ?? [], this.#levels));
    const owners: number[] = [];
    const parts: Uint32Array[] = [];
    boxes.forEach(({ surely, possibly }, i) => {
      if (surely === undefined || !isDeciding(i)) return;
      parts.push(surely === possibly ? this.#targets[i] : projectBoxes(surely, this.#levels));
      for (let k = 0; k < surely.length; k++) owners.push(i);
    });
    const dimensions = this.#levels.length;
    this.#search = new CoverSearch({ dimensions, boxes: concatenate(parts), owners: Int32Array.from(owners) });
  }

  judge(i: number, budget: Budget): Found {
    const boxes = this.#targets[i];
    const count = boxes.length / (2 * this.#levels.length);
    const found = this.#search.judge(i, boxes, 0, count, budget);
    return found.kind === "open" ? { kind: "open", witness: this.#packet(found.point) } : found;
  }

  /** Levels that no ace tests get ordinary values: a SYN from a high port. */
  #packet(values: Uint32Array): Packet {
    const point = new Array<number>(LEVELS).fill(0);
    point[FLAGS] = 2;
    this.#levels.forEach((level, d) => {
      point[level] = values[d];
    });
    if (!this.#levels.includes(PROTOCOL)) point[PROTOCOL] = 6;
    const isIcmp = ICMP_PROTOCOLS.includes(point[PROTOCOL]);
    if (!this.#levels.includes(LOW) && !isIcmp) point[LOW] = 50000;
    if (!this.#levels.includes(HIGH) && !isIcmp) point[HIGH] = 443;
    return packetAt(point, this.#family);
  }
}

function* allBoxes(boxes: readonly AceBoxes[]): Generator<Uint32Array> {
  for (const { possibly, surely } of boxes) {
    yield* possibly ?? [];
    if (surely !== possibly) yield* surely ?? [];
  }
}

function concatenate(parts: readonly Uint32Array[]): Uint32Array {
  const result = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
