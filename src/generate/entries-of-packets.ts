/** Turns first packets, as a filter sees them, into the entries of an allow-list. */
import type { AllowEntry, Reason } from "../model/allow-list.js";
import type { Direction } from "../model/device.js";
import { hasPorts, type Service } from "../model/service.js";
import { decodeName } from "../sets/interface-name.js";
import { type PacketBox, type PacketField, PacketSet } from "../sets/packet-set.js";

/**
 * One entry for each combination of values. They hold the given packets and, beyond them, only packets that a filter
 * takes for the same connections: other TCP flags, later fragments of protocols without ports, interfaces that neither
 * the topology names nor the direction leaves open.
 */
export function entriesOfPackets(packets: PacketSet, direction: Direction, reason: Reason): AllowEntry[] {
  const plain = packets.forget(["states", "tcpFlags"]);
  const boxes = [...plain.forget(unnamedInterfaces(plain, direction)).boxes()];
  return boxes.flatMap((box) => entriesOfBox(box, reason));
}

type InterfaceField = Extract<PacketField, "ingressInterfaces" | "egressInterfaces">;

const INTERFACE_FIELDS: readonly InterfaceField[] = ["ingressInterfaces", "egressInterfaces"];

// Interfaces are worth naming only where packets cross a device between known ones.
function unnamedInterfaces(packets: PacketSet, direction: Direction): InterfaceField[] {
  if (direction !== "forward") return [...INTERFACE_FIELDS];
  const boxes = [...packets.boxes()];
  return INTERFACE_FIELDS.filter((field) => boxes.some((box) => nameOf(box[field]) === undefined));
}

function nameOf(range: PacketBox["ingressInterfaces"]): string | undefined {
  if (range === undefined || range.first.some((word, i) => word !== range.last[i])) return undefined;
  return decodeName(range.first) || undefined;
}

function entriesOfBox(box: PacketBox, reason: Reason): AllowEntry[] {
  const [ingress, egress] = [nameOf(box.ingressInterfaces), nameOf(box.egressInterfaces)];
  const services: Service[] = [];
  for (let { first: protocol } = box.protocols; protocol <= box.protocols.last; protocol++) {
    services.push(serviceOf(box, protocol));
  }
  const entry: AllowEntry = {
    family: box.family,
    sources: [box.source],
    destinations: [box.destination],
    services,
    ...(ingress !== undefined && { ingressInterface: ingress }),
    ...(egress !== undefined && { egressInterface: egress }),
    reasons: [reason],
  };
  return [entry];
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
