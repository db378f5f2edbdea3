/** Tells how wide open a set of packets is: for whom, and for which services. */
import { addressValue, type Family, PRIVATE_RANGES, PUBLIC_RANGES } from "../model/address.js";
import type { SensitiveService } from "../model/finding.js";
import { PROTOCOL_NUMBERS } from "../model/service.js";
import { HIGH, sourceBlock } from "../sets/layout.js";
import { PacketSet } from "../sets/packet-set.js";

const { tcp, udp } = PROTOCOL_NUMBERS;
const one = (value: number) => [{ first: value, last: value }];

/** Packets that begin connections. */
export const NEW = PacketSet.fromFields({ states: ["new"] });

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

const NEW_OF_FAMILY = FAMILIES.map((family) => PacketSet.fromFields({ states: ["new"], family }));

/** True iff every packet of a family that begins a connection is in the set. */
export function isForEverything(set: PacketSet): boolean {
  return NEW_OF_FAMILY.some((all) => set.includes(all));
}

/** First packets of TCP connections. */
const TCP_OPENINGS = PacketSet.fromFields({
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
  if (!FAMILIES.some((family) => spansPorts(set.hull(family)))) return PacketSet.none;
  const anyTcp = everyPort(set, TCP_OPENINGS);
  return anyTcp.isEmpty || everyPort(set, UDP_OPENINGS).isEmpty ? PacketSet.none : anyTcp;
}

/** False only if the packets in a box of all levels lack some destination port. */
function spansPorts(box: Uint32Array | undefined): boolean {
  return box !== undefined && box[2 * HIGH] === 0 && (box[2 * HIGH + 1] as number) >= 65535;
}

/** Ranges of so many bits hold whole networks: an IPv4 /16, an IPv6 /64. */
export const NETWORK_BITS = 16;

/** Ranges of so many bits are more than any one organisation's: an IPv4 /8, an IPv6 /32. */
export const INTERNET_BITS = 24;

const MOST_BOXES = 200;

/** True iff some range of sources in the set has so many bits; of IPv6, a quarter of them counts. */
export function hasWideSource(set: PacketSet, bits: number): boolean {
  const mayHave = FAMILIES.some((family) => {
    const hull = set.hull(family);
    return hull !== undefined && sourceBits(hull, family) >= bits;
  });
  return mayHave && widestSource(set) >= bits;
}

/** Bits of the range of sources in a box of all levels, or somewhat more. */
function sourceBits(box: Uint32Array, family: Family): number {
  const { first, words } = sourceBlock(family);
  const levels = Array.from({ length: words }, (_, i) => 2 * (first + i));
  const edge = (offset: number) =>
    levels.reduce((value, level) => (value << 32n) + BigInt(box[level + offset] as number), 0n);
  return bitsOf(edge(1) - edge(0) + 1n, family);
}

function bitsOf(size: bigint, family: Family): number {
  const bits = size.toString(2).length - 1;
  return family === "ipv4" ? bits : bits / 4;
}

function widestSource(set: PacketSet): number {
  let widest = -1;
  let seen = 0;
  for (const { source } of set.boxes()) {
    const size = addressValue(source.last) - addressValue(source.first) + 1n;
    widest = Math.max(widest, bitsOf(size, source.family));
    if (++seen === MOST_BOXES) break;
  }
  return widest;
}

/** True iff the packets of the set may arrive by any interface. */
export function isForAnyInterface(set: PacketSet): boolean {
  return set.forget(["ingressInterfaces", "egressInterfaces"]).equals(set);
}
