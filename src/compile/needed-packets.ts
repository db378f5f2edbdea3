/** Tells what of a device's aces some needed packets make use of. */
import type { Ace } from "../model/acl.js";
import type { Direction } from "../model/device.js";
import type { Leg } from "../model/verdict.js";
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
  /** Which packets of the conversation these are. */
  readonly leg: Leg;
  readonly packets: PacketSet;
}

/**
 * By ace, what the needs make use of, each need at most once for a leg; aces that none of their packets reach are left out. Follows whole
 * conversations, as far as the device asks its acls about them. Undefined iff that is too complex.
 */
export function usedParts<N extends NeededPackets>(
  compiled: CompiledDevice,
  needs: readonly N[],
  budget: Budget,
): ReadonlyMap<Ace, readonly UsedPart<N>[]> | undefined {
  const used = new Map<Ace, UsedPart<N>[]>();
  for (const need of needs) {
    for (const [leg, seen] of seenBy(compiled, need, budget)) {
      for (const [ace, packets] of seen) used.set(ace, [...(used.get(ace) ?? []), { need, leg, packets }]);
    }
    if (budget.isExhausted) return undefined;
  }
  return used;
}

function seenBy(
  compiled: CompiledDevice,
  { direction, packets }: NeededPackets,
  budget: Budget,
): ReadonlyMap<Leg, ReadonlyMap<Ace, PacketSet>> {
  const [first, later, reply] = [new Sightings(), new Sightings(), new Sightings()];
  for (const branch of passFirst(compiled, direction, packets, budget, first.observe)) {
    if (branch.disposition !== "accept") continue;
    passLater(compiled, branch, budget, later.observe);
    passReply(compiled, branch, budget, reply.observe);
  }
  return new Map([
    ["first", first.byAce],
    ["later", later.byAce],
    ["reply", reply.byAce],
  ]);
}

class Sightings {
  readonly byAce = new Map<Ace, PacketSet>();

  readonly observe = (ace: Ace, packets: PacketSet): void => {
    this.byAce.set(ace, packets.union(this.byAce.get(ace) ?? PacketSet.none));
  };
}

/** The packets whatever port the client chose, whichever flags and interfaces they have: no rule is too wide by those. */
export function connectionsOf({ packets, leg }: UsedPart<NeededPackets>): PacketSet {
  const chosen = leg === "reply" ? "destinationPorts" : "sourcePorts";
  return packets.forget([chosen, "tcpFlags", "icmpCodes", "ingressInterfaces", "egressInterfaces"]);
}
