/** Shows with single packets that aces are reached: much quicker than sets of packets, and right whenever it finds one. */
import type { CompiledDevice } from "../compile/compile-device.js";
import { WHOLE_BOX } from "../compile/level-table.js";
import type { Ace } from "../model/acl.js";
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import { packetAt, pointOf } from "../sets/packet-point.js";
import type { Root } from "./attachment.js";
import { inCallingOrder } from "./entrances.js";
import type { PointWalks } from "./point-walks.js";
import type { PlacedAce } from "./rules.js";

const MOST_BOXES = 8;
const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

export class PointReach {
  readonly #walks: PointWalks;
  readonly #root: Root;
  readonly #entrances: ReadonlyMap<Family, Entrances>;
  readonly #reached = new Set<Ace>();
  readonly #hull = WHOLE_BOX.slice();

  constructor(walks: PointWalks, root: Root) {
    this.#walks = walks;
    this.#root = root;
    this.#entrances = new Map(FAMILIES.map((family) => [family, entrancesOf(walks.compiled, root, family)]));
  }

  /** True only if packets come from the root to the ace and may match it; `near`: one that reaches it within its acl. */
  isReached(placed: PlacedAce, near: () => Packet): boolean {
    if (this.#reached.has(placed.ace)) return true;
    for (const packet of this.#guesses(placed, near())) {
      this.#walks.observe(this.#root, packet, (ace) => this.#reached.add(ace));
      if (this.#reached.has(placed.ace)) return true;
    }
    return false;
  }

  /** The packet moved, as little as need be, to where the jumps that lead to the acl let it in. */
  *#guesses({ acl, position }: PlacedAce, near: Packet): Generator<Packet> {
    if (!acl.aces[position].hull(near.family, this.#hull)) return;
    const point = pointOf(near);
    for (const box of this.#entrances.get(near.family)?.get(acl.acl.name) ?? []) {
      const moved = point.map((value, level) => moveInto(value, box, this.#hull, level));
      if (moved.includes(OUTSIDE)) continue;
      yield packetAt(moved, near.family);
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

function commonBox(a: Uint32Array, b: Uint32Array): Uint32Array | undefined {
  const common = a.map((value, k) => (k % 2 === 0 ? Math.max(value, b[k]) : Math.min(value, b[k])));
  return common.every((value, k) => k % 2 === 1 || value <= common[k + 1]) ? common : undefined;
}

const OUTSIDE = -1;

/** The value nearest to `value` that both boxes hold at a level. */
function moveInto(value: number, a: Uint32Array, b: Uint32Array, level: number): number {
  const first = Math.max(a[2 * level], b[2 * level]);
  const last = Math.min(a[2 * level + 1], b[2 * level + 1]);
  return first > last ? OUTSIDE : Math.min(Math.max(value, first), last);
}
