/** Finds few aces that keep every packet from an ace which none reaches, where acls lead to each other. */
import type { CompiledDevice } from "../compile/compile-device.js";
import { walkAcl } from "../compile/walk-acl.js";
import type { Ace } from "../model/acl.js";
import type { PacketSet } from "../sets/packet-set.js";
import type { PlacedAce } from "./rules.js";

/** Above this number of aces the cover stays as it was found. */
const MOST_TRIED = 48;

/**
 * Aces that together keep `packets`, put to the acl of `target`, from it; none of them can be left out. `packets` must be
 * some that do not reach it.
 */
export function findCover(compiled: CompiledDevice, target: PlacedAce, packets: PacketSet): readonly Ace[] {
  if (packets.isEmpty) return [];
  const taking = new Set<Ace>();
  const observe = (ace: Ace) => {
    if (isTaking(ace)) taking.add(ace);
  };
  walkAcl(compiled.acls, target.acl.acl.name, compiled.at, packets, { observe });
  const cover = [...taking];
  return cover.length > MOST_TRIED ? cover : withoutNeedless(compiled, target, packets, cover);
}

function isTaking({ action }: Ace): boolean {
  return !["pass", "jump", "notrack", "tag"].includes(action.kind);
}

/** Tries each ace, the last first: one without which the packets still do not come through is left out. */
function withoutNeedless(
  compiled: CompiledDevice,
  target: PlacedAce,
  packets: PacketSet,
  cover: readonly Ace[],
): readonly Ace[] {
  const absent = new Set<Ace>();
  for (const ace of [...cover].reverse()) {
    absent.add(ace);
    if (comesThrough(compiled, target, packets, absent)) absent.delete(ace);
  }
  return cover.filter((ace) => !absent.has(ace));
}

function comesThrough(
  compiled: CompiledDevice,
  { acl, ace: wanted }: PlacedAce,
  packets: PacketSet,
  absent: ReadonlySet<Ace>,
): boolean {
  let isReached = false;
  walkAcl(compiled.acls, acl.acl.name, compiled.at, packets, {
    without: (ace) => absent.has(ace),
    observe: (ace) => {
      if (ace === wanted) isReached = true;
    },
  });
  return isReached;
}
