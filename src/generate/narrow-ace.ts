/** Narrows an ace that overrides every rule that accepts, such as one that blocks on Windows, to what it may still stop. */
import { surelyAccepted } from "../compile/branch.js";
import type { CompiledAce } from "../compile/compile-acl.js";
import { type CompiledDevice, compileDevice } from "../compile/compile-device.js";
import { passFirst } from "../compile/pass-device.js";
import type { Ace } from "../model/acl.js";
import type { AllowEntry } from "../model/allow-list.js";
import type { Direction } from "../model/device.js";
import { Budget } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";
import { aceOfEntry } from "./acl-of-list.js";
import { entriesOfPackets, packetsOfEntry } from "./entries-of-packets.js";
import type { Place } from "./find-place.js";
import { mergeEntries } from "./merge-entries.js";

export interface Narrowing {
  /** What takes the ace's place; it stops what the ace stopped but for the needed packets. */
  readonly aces: readonly Ace[];
  /** True iff the needed packets are then accepted without a rule of their own. */
  readonly isEnough: boolean;
}

// A rule in more parts than this is one that nobody would read.
const MOST_PARTS = 12;

/** How the ace at the place is narrowed; undefined iff rules that accept are not overridden, or the ace cannot be narrowed. */
export function narrowingOf(
  filters: CompiledDevice,
  missing: { readonly direction: Direction; readonly entries: readonly AllowEntry[]; readonly place: Place },
): Narrowing | undefined {
  const { direction, entries, place } = missing;
  const compiled = filters.acls.get(place.acl);
  if (compiled?.acl.evaluation !== "drop-overrides" || place.ace === undefined) return undefined;
  const stopping = compiled.aces.find(({ ace }) => ace.name === place.ace && ace.at.line === place.at.line);
  if (stopping === undefined || stopping.matches.bounds.surely !== stopping.matches.bounds.possibly) return undefined;
  const needed = PacketSet.unionOf(entries.map(packetsOfEntry));
  const parts = partsOf(stopping, needed, direction, entries);
  if (parts.length > MOST_PARTS) return undefined;
  const aces = parts.map((part): Ace => ({ ...stopping.ace, matches: aceOfEntry(part, undefined).matches }));
  return { aces, isEnough: isAccepted(filters, place, direction, needed) };
}

function partsOf(
  { matches }: CompiledAce,
  needed: PacketSet,
  direction: Direction,
  [first]: readonly AllowEntry[],
): AllowEntry[] {
  const [reason] = first?.reasons ?? [];
  const rest = matches.bounds.possibly.subtract(needed);
  return reason === undefined ? [] : mergeEntries(entriesOfPackets(rest, direction, reason));
}

function isAccepted({ device }: CompiledDevice, place: Place, direction: Direction, needed: PacketSet): boolean {
  const acls = device.acls.map((acl) =>
    acl.name === place.acl ? { ...acl, aces: acl.aces.filter(({ at }) => at.line !== place.at.line) } : acl,
  );
  const asked = needed.intersect(PacketSet.fromFields({ states: ["new"] }));
  const branches = passFirst(compileDevice({ ...device, acls }), direction, asked, new Budget(1_000_000));
  return surelyAccepted(branches).includes(asked);
}
