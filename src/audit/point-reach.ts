/** Shows with single packets that aces are reached: much quicker than sets of packets, and right whenever it finds one. */
import type { CompiledDevice } from "../compile/compile-device.js";
import type { Ace } from "../model/acl.js";
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import { commonBox } from "../sets/box-tree.js";
import { FIRST_FLAGS, FLAGS } from "../sets/layout.js";
import { WHOLE_BOX } from "../sets/level-boxes.js";
import { packetAt, pointOf } from "../sets/packet-point.js";
import type { Root } from "./attachment.js";
import { ContraryBoxes } from "./contrary-boxes.js";
import { inCallingOrder } from "./entrances.js";
import { InlinedRoot } from "./inlined-root.js";
import type { PointWalks } from "./point-walks.js";
import type { PlacedAce } from "./rules.js";

const MOST_BOXES = 8;
const MOST_CONTESTED = 16;
const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

export class PointReach {
  readonly #walks: PointWalks;
  readonly #root: Root;
  readonly #isSteady: boolean;
  readonly #entrances = new Map<Family, Entrances>();
  readonly #inlined = new Map<Family, InlinedRoot>();
  /** By ace that packets come to: gives the first that was seen to, as it is put to the root. */
  readonly #reached = new Map<Ace, () => Packet>();
  readonly #contrary = new Map<Family, ContraryBoxes>();
  readonly #hull = WHOLE_BOX.slice();

  /** `isSteady`: packets are not changed on their way through the acls of the root. */
  constructor(walks: PointWalks, root: Root, isSteady: boolean) {
    this.#walks = walks;
    this.#root = root;
    this.#isSteady = isSteady;
  }

  /**
   * Gives a packet that, put to the root, comes to the ace and may match it; undefined where none was found. `near`: one
   * that reaches it within its acl, if there is one.
   */
  packetReaching(placed: PlacedAce, near: () => Packet | undefined): (() => Packet) | undefined {
    const { ace } = placed;
    const known = this.#reached.get(ace);
    if (known !== undefined) return known;
    const found = this.#foundInlined(ace);
    if (found !== undefined) this.#reached.set(ace, found);
    else this.#walkGuesses(placed, near());
    return this.#reached.get(ace);
  }

  #foundInlined(ace: Ace): (() => Packet) | undefined {
    for (const family of FAMILIES) {
      if (ace.matches.family !== undefined && ace.matches.family !== family) continue;
      const found = this.#inlinedOf(family)?.packetReaching(ace);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #inlinedOf(family: Family): InlinedRoot | undefined {
    if (!this.#isSteady) return undefined;
    let inlined = this.#inlined.get(family);
    if (inlined === undefined) {
      inlined = new InlinedRoot(this.#walks.compiled, this.#root.acl, family);
      this.#inlined.set(family, inlined);
    }
    return inlined;
  }

  #walkGuesses(placed: PlacedAce, near: Packet | undefined): void {
    if (near === undefined) return;
    for (const packet of this.#guesses(placed, near)) {
      this.#walks.observe(this.#root, packet, (ace) => {
        if (!this.#reached.has(ace)) this.#reached.set(ace, () => packet);
      });
      if (this.#reached.has(placed.ace)) return;
    }
  }

  /**
   * A few packets that come to the ace and may match it, and that aces which do something else than `kind` may match too:
   * rather those behind it, for a packet that comes to an earlier one has mostly been decided there.
   */
  *contested(placed: PlacedAce, kind: string): Generator<Packet> {
    const near = this.#reached.get(placed.ace)?.();
    if (near === undefined || !placed.acl.aces[placed.position].hull(near.family, this.#hull)) return;
    const point = pointOf(near);
    if (near.tcpFlags === undefined) point[FLAGS] = FIRST_FLAGS;
    const own = this.#hull.slice();
    const inlined = this.#inlinedOf(near.family);
    const isBehind = (ace: Ace) => inlined?.isAllBefore(ace, placed.ace) !== true;
    for (const entrance of this.#entrancesTo(placed, near.family)) {
      const box = commonBox(entrance, own);
      if (box === undefined) continue;
      for (const contrary of this.#contraryTo(near.family).near(box, kind, MOST_CONTESTED, isBehind)) {
        const packet = movedInto(point, box, contrary, near.family);
        if (packet !== undefined && this.#comesTo(packet, placed.ace)) yield packet;
      }
    }
  }

  #comesTo(packet: Packet, wanted: Ace): boolean {
    let isReached = false;
    this.#walks.observe(this.#root, packet, (ace) => {
      if (ace === wanted) isReached = true;
    });
    return isReached;
  }

  #contraryTo(family: Family): ContraryBoxes {
    const known = this.#contrary.get(family) ?? this.#collectContrary(family);
    this.#contrary.set(family, known);
    return known;
  }

  #collectContrary(family: Family): ContraryBoxes {
    const boxes = new ContraryBoxes();
    for (const [name, entrances] of this.#entrancesOf(family)) {
      for (const compiled of this.#walks.compiled.acls.get(name)?.aces ?? []) {
        if (!isDecision(compiled.ace.action) || !compiled.hull(family, this.#hull)) continue;
        for (const entrance of entrances) {
          const box = commonBox(entrance, this.#hull);
          if (box !== undefined) boxes.add(box, compiled.ace);
        }
      }
    }
    return boxes;
  }

  #entrancesTo({ acl }: PlacedAce, family: Family): readonly Uint32Array[] {
    return this.#entrancesOf(family).get(acl.acl.name) ?? [];
  }

  #entrancesOf(family: Family): Entrances {
    let entrances = this.#entrances.get(family);
    if (entrances === undefined) {
      entrances = entrancesOf(this.#walks.compiled, this.#root, family);
      this.#entrances.set(family, entrances);
    }
    return entrances;
  }

  /** The packet moved, as little as need be, to where the jumps that lead to the acl let it in. */
  *#guesses(placed: PlacedAce, near: Packet): Generator<Packet> {
    if (!placed.acl.aces[placed.position].hull(near.family, this.#hull)) return;
    const point = pointOf(near);
    for (const box of this.#entrancesTo(placed, near.family)) {
      const packet = movedInto(point, box, this.#hull, near.family);
      if (packet !== undefined) yield packet;
    }
  }
}

/** By name of the acl: boxes of packets that the hulls of the jumps on some ways to it have in common. */
type Entrances = ReadonlyMap<string, readonly Uint32Array[]>;

function entrancesOf(compiled: CompiledDevice, root: Root, family: Family): Entrances {
  const entrances = new Map<string, Uint32Array[]>([[root.acl, [WHOLE_BOX.slice()]]]);
  const hull = WHOLE_BOX.slice();
  for (const name of inCallingOrder(compiled, root)) {
    for (const ace of compiled.acls.get(name)?.aces ?? []) {
      const { action } = ace.ace;
      if ((action.kind !== "jump" && action.kind !== "goto") || !ace.hull(family, hull)) continue;
      const known = entrances.get(action.acl) ?? [];
      entrances.set(action.acl, known);
      for (const box of entrances.get(name) ?? []) {
        const common = commonBox(box, hull);
        if (common !== undefined && known.length < MOST_BOXES) known.push(common);
      }
    }
  }
  return entrances;
}

function isDecision({ kind }: Ace["action"]): boolean {
  return kind === "accept" || kind === "drop" || kind === "reject";
}

/** The packet at the point that both boxes hold nearest to `point`; undefined: they hold none. */
function movedInto(point: readonly number[], a: Uint32Array, b: Uint32Array, family: Family): Packet | undefined {
  const moved: number[] = [];
  for (const [level, value] of point.entries()) {
    const first = Math.max(a[2 * level], b[2 * level]);
    const last = Math.min(a[2 * level + 1], b[2 * level + 1]);
    if (first > last) return undefined;
    moved.push(Math.min(Math.max(value, first), last));
  }
  return packetAt(moved, family);
}
