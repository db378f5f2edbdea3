/** Turns what requirements need at each device into the fewest entries its allow-lists must hold. */
import type { CompileOptions } from "../compile/compile-device.js";
import type { AllowEntry, AllowList, Reason } from "../model/allow-list.js";
import type { Device, Direction, Tracking } from "../model/device.js";
import type { TcpFlagsMatch } from "../model/service.js";
import { uniteHostTexts } from "../sets/host-set.js";
import type { PacketSet } from "../sets/packet-set.js";
import { entriesOfPackets } from "./entries-of-packets.js";
import { mergeEntries } from "./merge-entries.js";
import { DIRECTIONS, FilterView, REVERSE } from "./open-device.js";

/** First packets that have to pass a device for a requirement, as they enter it. */
export interface Need {
  readonly device: string;
  readonly direction: Direction;
  readonly packets: PacketSet;
  /** Names the packets' connections ask for, where nothing else is known of their destination. */
  readonly hosts?: readonly string[];
  /** The proxy that asks for these names. */
  readonly proxy?: string;
  readonly reason: Reason;
}

/** A device that is to get allow-lists. */
export interface EnforcementPoint {
  readonly device: Device;
  readonly vendor?: string;
  /** What the rules to be written count on for replies. */
  readonly tracking: Tracking;
}

const ANSWERS: TcpFlagsMatch = { mask: 16, value: 16 };

/**
 * The lists of a device, one for each direction that some need takes, or its replies where the filter is asked about them.
 * Destinations of which only names are known keep them.
 */
export function planAllowLists(point: EnforcementPoint, needs: readonly Need[], options: CompileOptions): AllowList[] {
  const view = new FilterView(point.device, options);
  const drafts = new Map<Direction, AllowEntry[]>();
  const draft = (direction: Direction): AllowEntry[] => {
    const known = drafts.get(direction) ?? [];
    drafts.set(direction, known);
    return known;
  };
  for (const { direction, packets, hosts, reason } of needs) {
    const seen = view.at(direction, packets);
    const entries = entriesOfPackets(seen, direction, reason);
    const named = hosts && { hosts: uniteHostTexts(hosts) };
    draft(direction).push(...entries.map((entry) => ({ ...entry, ...named })));
    if (point.tracking === "implicit") continue;
    const back = draft(REVERSE[direction]);
    if (point.tracking === "none") back.push(...replyEntries(seen, REVERSE[direction], reason));
  }
  return DIRECTIONS.filter((direction) => drafts.has(direction)).map((direction) => ({
    device: point.device.name,
    ...(point.vendor !== undefined && { vendor: point.vendor }),
    direction,
    tracking: point.tracking,
    entries: mergeEntries(drafts.get(direction) ?? []),
  }));
}

/** The list for a target that cannot hold names: all public addresses take their place. */
export function withoutNames(list: AllowList): AllowList {
  if (list.entries.every(({ hosts }) => hosts === undefined)) return list;
  return { ...list, entries: mergeEntries(list.entries.map(({ hosts: _, ...entry }) => entry)) };
}

// A filter stands after the destination and before the source is translated, so that replies pass it mirrored.
function replyEntries(seen: PacketSet, direction: Direction, reason: Reason): AllowEntry[] {
  return entriesOfPackets(seen.mirror(), direction, reason).map((entry) => ({
    ...entry,
    services: entry.services.map((service) => (service.protocol === TCP ? { ...service, tcpFlags: ANSWERS } : service)),
  }));
}

const TCP = 6;
