/** An exact set of port numbers: sorted, disjoint, non-adjacent ranges. */
import type { PortRange } from "../model/service.js";
import { complementRanges } from "../model/service.js";

export type PortSet = readonly PortRange[];

const MAX_PORT = 65535;

export const ALL_PORTS: PortSet = [{ first: 0, last: MAX_PORT }];

/** The set of exactly the ports in the ranges, which may overlap. */
export function portSetOf(ranges: readonly PortRange[]): PortSet {
  return complementRanges(complementRanges(ranges, MAX_PORT), MAX_PORT);
}

/** The ports in both. */
export function intersectPorts(a: PortSet, b: PortSet): PortSet {
  return complementRanges([...complementRanges(a, MAX_PORT), ...complementRanges(b, MAX_PORT)], MAX_PORT);
}

/** The ports of `a` that are not in `b`. */
export function subtractPorts(a: PortSet, b: PortSet): PortSet {
  return complementRanges([...complementRanges(a, MAX_PORT), ...b], MAX_PORT);
}

/** True iff the port is in the set. */
export function hasPort(set: PortSet, port: number): boolean {
  return set.some(({ first, last }) => first <= port && port <= last);
}
