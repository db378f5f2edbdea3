/** Turns first packets, as a filter sees them, into the entries of an allow-list. */
import type { AllowEntry, Reason } from "../model/allow-list.js";
import type { Direction } from "../model/device.js";
import { hasPorts, type Service } from "../model/service.js";
import { decodeName } from "../sets/interface-name.js";
import { type PacketBox, PacketSet } from "../sets/packet-set.js";

/**
 * Entries that hold the given packets and, beyond them, only packets that a filter takes for the same connections: other
 * TCP flags, later fragments of protocols without ports, and interfaces that the topology does not name.
 */
export function entriesOfPackets(packets: PacketSet, direction: Direction, reason: Reason): AllowEntry[] {
  const boxes = [...packets.boxes()];
  // Interfaces are worth naming only where packets cross a device between known ones.
  const named = INTERFACE_FIELDS.filter(
    (field) => direction === "forward" && boxes.every((box) => nameOf(box[field]) !== undefined),
  );
  const entries = boxes.map((box) => entryOfBox(box, named, reason));
  if (entries.length < 2) return entries;
  return [...new Map(entries.map((entry) => [JSON.stringify(entry), entry])).values()];
}

const INTERFACE_FIELDS = ["ingressInterfaces", "egressInterfaces"] as const;

function nameOf(range: PacketBox["ingressInterfaces"]): string | undefined {
  if (range === undefined || range.first.some((word, i) => word !== range.last[i])) return undefined;
  return decodeName(range.first) || undefined;
}

function entryOfBox(box: PacketBox, named: readonly (typeof INTERFACE_FIELDS)[number][], reason: Reason): AllowEntry {
  const [ingress, egress] = INTERFACE_FIELDS.map((field) => (named.includes(field) ? nameOf(box[field]) : undefined));
  const services: Service[] = [];
  for (let { first: protocol } = box.protocols; protocol <= box.protocols.last; protocol++) {
    services.push(serviceOf(box, protocol));
  }
  return {
    family: box.family,
    sources: [box.source],
    destinations: [box.destination],
    services,
    ...(ingress !== undefined && { ingressInterface: ingress }),
    ...(egress !== undefined && { egressInterface: egress }),
    reasons: [reason],
  };
}

function serviceOf({ sourcePorts, destinationPorts, icmpTypes, icmpCodes }: PacketBox, protocol: number): Service {
  const ported = hasPorts(protocol);
  return {
    protocol,
    ...(ported && sourcePorts && { sourcePorts: [sourcePorts] }),
    ...(ported && destinationPorts && { destinationPorts: [destinationPorts] }),
    ...(icmpTypes && { icmpTypes: [icmpTypes] }),
    ...(icmpCodes && { icmpCodes: [icmpCodes] }),
  };
}

/** The packets of an entry, whatever their state. */
export function packetsOfEntry(entry: AllowEntry): PacketSet {
  const { family, sources, destinations, ingressInterface, egressInterface } = entry;
  const around = PacketSet.fromFields({
    ...{ family, sources, destinations },
    ...(ingressInterface !== undefined && { ingressInterfaces: [{ name: ingressInterface }] }),
    ...(egressInterface !== undefined && { egressInterfaces: [{ name: egressInterface }] }),
  });
  return around.intersect(PacketSet.unionOf(entry.services.map(packetsOfService)));
}

function packetsOfService({ protocol, tcpFlags, ...lists }: Service): PacketSet {
  const protocols = [{ first: protocol, last: protocol }];
  return PacketSet.fromFields({ protocols, ...lists, ...(tcpFlags && { tcpFlags: [tcpFlags] }) });
}
