/** What the kernel drops besides the rules, because of what rules make of packets. */
import { type AddressRange, parseAddressRange, rangesOverlap } from "../../model/address.js";
import type { Translation } from "../../model/nat.js";

/** The hops that Linux gives its own packets (include/uapi/linux/ip.h, IPDEFTTL): enough for every way. */
const USUAL_HOPS = 64;

/** True iff packets come as far with this TTL or hop limit as with one that hosts set. */
export function isFarEnough(hops: number): boolean {
  return hops >= USUAL_HOPS;
}

const LOOPBACK = ["127.0.0.0/8", "::1"].map((text) => parseAddressRange(text) as AddressRange);

/**
 * True iff packets may get the loopback's address: those that other hosts sent are dropped if they are translated to it before
 * routing, unless `route_localnet` is on (net/ipv4/route.c, ip_route_input_slow, "martian destination").
 */
export function mayGoToLoopback({ side, addresses }: Translation): boolean {
  if (side !== "destination" || addresses === undefined) return false;
  const ranges =
    addresses.kind === "pool" ? addresses.ranges : addresses.kind === "netmap" ? [addresses.range] : NO_RANGES;
  return ranges.some((range) => LOOPBACK.some((loopback) => rangesOverlap(range, loopback)));
}

const NO_RANGES: readonly AddressRange[] = [];
