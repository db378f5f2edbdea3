/** Tells what of a device's aces some needed packets make use of. */
import type { Ace } from "../model/acl.js";
import type { Direction } from "../model/device.js";
import type { Budget } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";
import type { CompiledDevice } from "./compile-device.js";
import { passFirst, passLater, passReply } from "./pass-device.js";

/** First packets that have to pass a device, as they enter it. */
export interface NeededPackets {
  readonly direction: Direction;
  readonly packets: PacketSet;
}

/** What of an ace a need makes use of: packets of the conversation that reach it and may match, as they are then. */
export interface UsedPart<N extends NeededPackets> {
  readonly need: N;
  readonly packets: PacketSet;
}

/**
 * By ace, what the needs make use of, each need once; aces that none of their packets reach are left out. Follows whole
 * conversations, as far as the device asks its acls about them. Undefined iff that is too complex.
 */
export function usedParts<N extends NeededPackets>(
  compiled: CompiledDevice,
  needs: readonly N[],
  budget: Budget,
): ReadonlyMap<Ace, readonly UsedPart<N>[]> | undefined {
  const used = new Map<Ace, UsedPart<N>[]>();
  for (const need of needs) {
    for (const [ace, packets] of seenBy(compiled, need, budget)) {
      const parts = used.get(ace);
      if (parts === undefined) used.set(ace, [{ need, packets }]);
      else parts.push({ need, packets });
    }
    if (budget.isExhausted) return undefined;
  }
  return used;
}

function seenBy(
  compiled: CompiledDevice,
  { direction, packets }: NeededPackets,
  budget: Budget,
): ReadonlyMap<Ace, PacketSet> {
  const seen = new Map<Ace, PacketSet>();
  const observe = (ace: Ace, own: PacketSet) => seen.set(ace, own.union(seen.get(ace) ?? PacketSet.none));
  for (const branch of passFirst(compiled, direction, packets, budget, observe)) {
    if (branch.disposition !== "accept") continue;
    passLater(compiled, branch, budget, observe);
    passReply(compiled, branch, budget, observe);
  }
  return seen;
}
