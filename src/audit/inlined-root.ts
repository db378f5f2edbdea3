/**
 * Writes a root out as one list of boxes, with every call replaced by the aces it leads to, so that one search finds what
 * packets reach. Whatever it does not follow is taken to stop every packet: it may miss an ace, but it never invents one.
 */
import { type AceBoxes, AceBoxTable, type Span } from "../compile/ace-boxes.js";
import { BoxSearch } from "../compile/box-search.js";
import type { CompiledAce, CompiledAcl } from "../compile/compile-acl.js";
import type { CompiledDevice } from "../compile/compile-device.js";
import type { LevelTable } from "../compile/level-table.js";
import type { Ace, Action } from "../model/acl.js";
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import type { BoxTree } from "../sets/box-tree.js";
import { Budget } from "../sets/budget.js";
import type { LevelBounds } from "../sets/level-boxes.js";

/** What the search for one packet may cost; rules that are more entangled are left to others. */
const STEPS = 2000;
const NOBODY = -1;

/** The aces of one family behind a root that changes no packets. */
export class InlinedRoot {
  readonly #places: ReadonlyMap<Ace, readonly Span[]>;
  readonly #search: BoxSearch;
  readonly #returns: BoxTree;
  readonly #ends: ReadonlyMap<number, number>;

  constructor(compiled: CompiledDevice, acl: string, family: Family) {
    const { table, takers, ends, places } = new Inlining(compiled, acl, family);
    this.#places = places;
    this.#search = new BoxSearch(family, table, takers, takers);
    this.#returns = this.#search.tree([...ends.keys()]);
    this.#ends = ends;
  }

  /** Gives a packet that, put to the root, comes to the ace and may match it; undefined: none was found. */
  packetReaching(ace: Ace): (() => Packet) | undefined {
    const { boxes, width, takers } = this.#search;
    for (const { from, to } of this.#places.get(ace) ?? []) {
      const comesHere = (point: Uint32Array) => !this.#hasReturned(point, from) && this.#search.isPacket(point);
      for (let box = from; box < to; box++) {
        const budget = new Budget(STEPS);
        const point = budget.run(
          () => takers.findOpen(boxes, box * width, from, NOBODY, budget, comesHere),
          () => undefined,
        );
        if (point !== undefined) return () => this.#search.packet(point);
      }
    }
    return undefined;
  }

  /** True iff both aces are written out, and a packet that has come to `other` no longer comes to the ace. */
  isAllBefore(ace: Ace, other: Ace): boolean {
    const last = this.#places.get(ace)?.at(-1);
    const first = this.#places.get(other)?.[0];
    return last !== undefined && first !== undefined && last.from < first.from;
  }

  /** True iff a packet at the point has been sent back from an acl that the box with a number belongs to. */
  #hasReturned(point: Uint32Array, number: number): boolean {
    return this.#returns.isHeld(point, number, (box) => (this.#ends.get(box) as number) > number);
  }
}

/** What all packets that come to an acl on one way keep within. */
type Entrance = readonly LevelBounds[];

const DEEPEST = 32;

/** So many boxes for each ace of the device; beyond that, calls are not followed, and aces behind calls are one box each. */
const GROWTH = 8;

const UNKNOWN: AceBoxes = { surely: undefined, possibly: undefined };

class Inlining {
  /** By ace: its boxes in the table, for each way on which packets come to it. */
  readonly places = new Map<Ace, Span[]>();
  /** Numbers of the boxes that may let their packets go no further, which is to boxes with greater numbers. */
  readonly takers: number[] = [];
  /** By number of a box that sends its packets back to the caller: the number that the first box has after its acl. */
  readonly ends = new Map<number, number>();
  readonly #boxes: AceBoxTable;
  readonly #compiled: CompiledDevice;
  readonly #open = new Set<CompiledAcl>();
  readonly #most: number;

  constructor(compiled: CompiledDevice, root: string, family: Family) {
    this.#compiled = compiled;
    this.#boxes = new AceBoxTable(family);
    this.#most = GROWTH * [...compiled.acls.values()].reduce((count, { aces }) => count + aces.length, 0);
    const acl = compiled.acls.get(root);
    if (acl !== undefined) this.#writeAcl(acl, [[]]);
  }

  /** What aces possibly match of the packets that come on one way to their acl, in the order in which packets meet it. */
  get table(): LevelTable {
    return this.#boxes.boxes;
  }

  #writeAcl(acl: CompiledAcl, entrances: readonly Entrance[]): void {
    const returning: Span[] = [];
    this.#open.add(acl);
    for (const ace of acl.aces) for (const entrance of entrances) this.#writeAce(ace, entrance, returning);
    this.#open.delete(acl);
    for (const { from, to } of returning) for (let box = from; box < to; box++) this.ends.set(box, this.table.count);
  }

  #writeAce(compiled: CompiledAce, entrance: Entrance, returning: Span[]): void {
    const { ace } = compiled;
    const isTooMany = entrance.length > 0 && this.table.count > this.#most;
    const { surely, possibly } = isTooMany ? UNKNOWN : this.#boxes.add(compiled, entrance);
    const isKnown = surely !== undefined && possibly !== undefined;
    const place = isKnown ? possibly : this.#boxes.addHull(compiled, entrance);
    if (place.from === place.to) return;
    if (isKnown) this.#record(ace, place);
    const { action } = ace;
    if (action.kind === "jump" || action.kind === "goto") {
      const comeBack = isKnown && this.#call(action.acl, place) && action.kind === "jump";
      if (!comeBack) this.#take(this.#repeat(place));
    } else if (action.kind === "return") returning.push(isKnown ? surely : place);
    else if (isStop(action)) this.#take(isKnown ? surely : place);
  }

  /** Writes the acl for the packets of some boxes; true iff those that none of its aces takes come back. */
  #call(name: string, place: Span): boolean {
    const acl = this.#compiled.acls.get(name);
    if (acl === undefined || this.#open.has(acl) || this.#open.size === DEEPEST) return false;
    if (this.table.count + (place.to - place.from) * acl.aces.length > this.#most) return false;
    const entrances: Entrance[] = [];
    for (let box = place.from; box < place.to; box++) entrances.push(this.table.boundsOf(box));
    this.#writeAcl(acl, entrances);
    return acl.acl.defaultAction.kind === "return";
  }

  #repeat({ from, to }: Span): Span {
    this.table.repeat(from, to);
    return { from: this.table.count - (to - from), to: this.table.count };
  }

  #record(ace: Ace, place: Span): void {
    const known = this.places.get(ace);
    if (known === undefined) this.places.set(ace, [place]);
    else known.push(place);
  }

  #take({ from, to }: Span): void {
    for (let box = from; box < to; box++) this.takers.push(box);
  }
}

/** True iff packets that match for certain go no further. */
function isStop({ kind }: Action): boolean {
  return kind === "accept" || kind === "drop" || kind === "reject" || kind === "translate";
}
