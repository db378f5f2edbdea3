import { isSubrange, rangesOverlap } from "../model/address.js";
import type { Route } from "../model/topology.js";
import { PacketSet } from "../sets/packet-set.js";

/**
 * The packets whose most specific route leaves by `via`. Routes are prefixes, so two of them are nested or disjoint; of
 * equal ones the first counts.
 */
export function packetsRoutedVia(routes: readonly Route[], via: string): PacketSet {
  return routes.reduce((routed, route, position) => {
    if (route.via !== via) return routed;
    const better = routes.filter((other, at) => isMoreSpecific(other, at, route, position));
    const others = PacketSet.fromFields({ destinations: better.map((other) => other.to) });
    const here = PacketSet.fromFields({ destinations: [route.to] });
    return routed.union(better.length === 0 ? here : here.subtract(others));
  }, PacketSet.none);
}

function isMoreSpecific(other: Route, otherAt: number, route: Route, at: number): boolean {
  if (other === route || !rangesOverlap(other.to, route.to) || !isSubrange(other.to, route.to)) return false;
  return isSubrange(route.to, other.to) ? otherAt < at : true;
}
