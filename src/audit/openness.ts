/** Tells how wide open a set of packets is: for whom, and for which services. */
import { addressValue, PRIVATE_RANGES, PUBLIC_RANGES } from "../model/address.js";
import type { SensitiveService } from "../model/finding.js";
import { PROTOCOL_NUMBERS } from "../model/service.js";
import { PacketSet } from "../sets/packet-set.js";

const { tcp, udp } = PROTOCOL_NUMBERS;
const one = (value: number) => [{ first: value, last: value }];

/** Packets that begin connections. */
export const NEW = PacketSet.fromFields({ states: ["new"] });

const NEW_OF_FAMILY = (["ipv4", "ipv6"] as const).map((family) => PacketSet.fromFields({ states: ["new"], family }));

/** True iff every packet of a family that begins a connection is in the set. */
export function isForEverything(set: PacketSet): boolean {
  return NEW_OF_FAMILY.some((all) => set.includes(all));
}

/** First packets of TCP connections. */
export const TCP_OPENINGS = PacketSet.fromFields({
  states: ["new"],
  protocols: one(tcp),
  tcpFlags: [{ mask: 255, value: 2 }],
});

const UDP_OPENINGS = PacketSet.fromFields({ states: ["new"], protocols: one(udp), fragment: "first-or-whole" });

export const FROM_INTERNET = PacketSet.fromFields({ sources: PUBLIC_RANGES });

export const FROM_PRIVATE = PacketSet.fromFields({ sources: PRIVATE_RANGES });

/** First packets for a service. */
export function openingsOf({ protocol, ports }: SensitiveService): PacketSet {
  const packets = PacketSet.fromFields({ states: ["new"], protocols: one(protocol), destinationPorts: ports });
  return protocol === tcp ? packets.intersect(TCP_OPENINGS) : packets;
}

const SERVICE_FIELDS = ["destinationPorts", "sourcePorts"] as const;

/** The packets of the set between hosts for which it has every port of the protocol, UDP or TCP. */
function everyPort(set: PacketSet, openings: PacketSet): PacketSet {
  const own = set.intersect(openings);
  if (own.isEmpty) return own;
  return own.subtract(openings.subtract(own).forget(SERVICE_FIELDS));
}

/** The first packets for hosts between which the set has every TCP and every UDP port; empty iff it is for some services only. */
export function forAnyService(set: PacketSet): PacketSet {
  const anyTcp = everyPort(set, TCP_OPENINGS);
  return anyTcp.isEmpty || everyPort(set, UDP_OPENINGS).isEmpty ? PacketSet.none : anyTcp;
}

/** Ranges of so many bits hold whole networks: an IPv4 /16, an IPv6 /64. */
export const NETWORK_BITS = 16;

/** Ranges of so many bits are more than any one organisation's: an IPv4 /8, an IPv6 /32. */
export const INTERNET_BITS = 24;

const MOST_BOXES = 200;

/** Bits of the widest range of sources in the set; of IPv6, a quarter of them. */
export function widestSource(set: PacketSet): number {
  let widest = -1;
  let seen = 0;
  for (const { source } of set.boxes()) {
    const size = addressValue(source.last) - addressValue(source.first) + 1n;
    const bits = size.toString(2).length - 1;
    widest = Math.max(widest, source.family === "ipv4" ? bits : bits / 4);
    if (++seen === MOST_BOXES) break;
  }
  return widest;
}

/** True iff the packets of the set may arrive by any interface. */
export function isForAnyInterface(set: PacketSet): boolean {
  return set.forget(["ingressInterfaces", "egressInterfaces"]).equals(set);
}
