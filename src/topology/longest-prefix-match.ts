import { isSubrange, rangesOverlap } from "../model/address.js";
import type { DeviceNode, Route } from "../model/topology.js";
import { PacketSet } from "../sets/packet-set.js";
import type { TopologyIndex } from "./list-crossings.js";

/**
 * The routes of a device that states any: those, and the networks its interfaces are in, as every router has them. Of two
 * for the same prefix the stated one comes first. None stated: none are known.
 */
export function routesOf({ networks }: TopologyIndex, { routes, attachments }: DeviceNode): readonly Route[] {
  if (routes.length === 0) return [];
  const connected = attachments.flatMap(({ to: via, at }) =>
    (networks.get(via)?.prefixes ?? []).map((to): Route => ({ to, via, at })),
  );
  return [...routes, ...connected];
}

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
