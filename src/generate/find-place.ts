/** Finds where in a device's rules an accepting one belongs: before what stops its packets, and never in a refusal's own chain. */
import type { CompiledAcl } from "../compile/compile-acl.js";
import type { CompiledDevice } from "../compile/compile-device.js";
import type { SourceRef } from "../model/source-ref.js";
import type { PacketSet } from "../sets/packet-set.js";

/** Before an ace, or (absent) at the end of an acl. */
export interface Place {
  readonly acl: string;
  readonly ace?: string;
  readonly at: SourceRef;
}

// Acls nest as deep as people think; beyond this the place is where the first jump is.
const DEEPEST = 16;

/** The place in the acl or in one it jumps to; undefined iff the packets come back from it undecided. */
export function findPlace(device: CompiledDevice, name: string, packets: PacketSet, depth = 0): Place | undefined {
  const compiled = device.acls.get(name);
  if (compiled === undefined) return undefined;
  for (const { ace, matches } of compiled.aces) {
    const { action, at } = ace;
    if (action.kind === "pass" || action.kind === "notrack" || !matches.bounds.possibly.overlaps(packets)) continue;
    const here: Place = { acl: name, ace: ace.name, at };
    if (action.kind !== "jump" && action.kind !== "goto") return here;
    const target = device.acls.get(action.acl);
    if (target === undefined || depth === DEEPEST) return here;
    const below = findPlace(device, action.acl, packets, depth + 1);
    if (below !== undefined) return accepts(device, target) ? below : here;
  }
  return compiled.acl.defaultAction.kind === "return" ? undefined : { acl: name, at: compiled.acl.at };
}

/** True iff some rule of the acl accepts or leads on: it is not there to refuse alone. */
function accepts({ acls }: CompiledDevice, { aces }: CompiledAcl): boolean {
  return aces.some(({ ace: { action } }) =>
    action.kind === "jump" || action.kind === "goto"
      ? acls.get(action.acl)?.aces.some(({ ace }) => ace.action.kind === "accept") === true
      : action.kind === "accept",
  );
}
