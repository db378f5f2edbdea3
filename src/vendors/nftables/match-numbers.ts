/** Conditions on ports, ICMP types and TCP flags. */
import type { PortRange, Service, TcpFlagsMatch } from "../../model/service.js";
import { type Draft, withCondition } from "./draft.js";

/** The values up to `max` for which the predicate holds, as ranges. */
export function rangesWhere(holds: (value: number) => boolean, max: number): PortRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (let value = 0; value <= max; value++) {
    const open = ranges.at(-1);
    if (!holds(value)) continue;
    if (open?.last === value - 1) open.last = value;
    else ranges.push({ first: value, last: value });
  }
  return ranges;
}

/** The draft with the same condition for each protocol it may have. */
export function addPortCondition(draft: Draft, fields: Omit<Service, "protocol">): Draft[] {
  if (Object.values(fields).some((ranges) => Array.isArray(ranges) && ranges.length === 0)) return [];
  const operands = [...draft.protocols].map((protocol) => ({ literal: { protocol, ...fields } }));
  return [withCondition(draft, "service", { operands, negated: false })];
}

const FLAG_BITS = [1, 2, 4, 8, 16, 32, 64, 128] as const;

/** Masks and values that together hold for exactly the flags for which the predicate holds. */
export function tcpFlagMatches(holds: (flags: number) => boolean): TcpFlagsMatch[] {
  const all = Array.from({ length: 256 }, (_, flags) => flags);
  const mask = FLAG_BITS.filter((bit) => all.some((flags) => holds(flags) !== holds(flags ^ bit))).reduce<number>(
    (bits, bit) => bits | bit,
    0,
  );
  return all.filter((flags) => (flags & ~mask) === 0 && holds(flags)).map((value) => ({ mask, value }));
}
