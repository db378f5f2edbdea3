/** Writes packets as the Ethernet frames a network interface receives. */
import { familyOf } from "../../src/model/address.js";
import type { Packet } from "../../src/model/flow.js";

/** What a frame carries besides the packet's fields. */
export interface FrameOptions {
  /** The kernel tells packets apart by it: it is in the hardware address of the sender. */
  readonly id: number;
  /** The packet that an ICMP error is about. */
  readonly about?: Packet;
}

/** The length of the header that a macvtap device expects before each frame (struct virtio_net_hdr). */
const VNET_HEADER = 10;

/** The hardware address that sends the packet of this id. */
export function senderOf(id: number): readonly number[] {
  return [2, 0, 0, 0, id >> 8, id & 255];
}

/** A frame to the hardware address, with the header of a macvtap device. */
export function frameOf(packet: Packet, to: readonly number[], options: FrameOptions): Buffer {
  const type = packet.family === "ipv4" ? [0x08, 0x00] : [0x86, 0xdd];
  return Buffer.concat([
    Buffer.alloc(VNET_HEADER),
    Buffer.from([...to, ...senderOf(options.id), ...type]),
    ipPacket(packet, options),
  ]);
}

function ipPacket(packet: Packet, options: FrameOptions): Buffer {
  const payload = transport(packet, options);
  return packet.family === "ipv4" ? ipv4(packet, payload) : ipv6(packet, payload);
}

function ipv4({ protocol, source, destination }: Packet, payload: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt8(64, 8);
  header.writeUInt8(protocol, 9);
  addressBytes(source).copy(header, 12);
  addressBytes(destination).copy(header, 16);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, payload]);
}

function ipv6({ protocol, source, destination }: Packet, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(payload.length, 4);
  header.writeUInt8(protocol, 6);
  header.writeUInt8(64, 7);
  return Buffer.concat([header, addressBytes(source), addressBytes(destination), payload]);
}

function addressBytes(address: readonly number[]): Buffer {
  const bytes = Buffer.alloc(address.length * 4);
  address.forEach((word, i) => {
    bytes.writeUInt32BE(word, i * 4);
  });
  return bytes;
}

/** The protocol's header; other protocols carry zeros. */
function transport(packet: Packet, options: FrameOptions): Buffer {
  switch (packet.protocol) {
    case 6:
      return tcp(packet);
    case 17:
      return udp(packet);
    case 1:
    case 58:
      return icmp(packet, options);
    default:
      return Buffer.alloc(24);
  }
}

function tcp(packet: Packet): Buffer {
  const segment = Buffer.alloc(20);
  segment.writeUInt16BE(packet.sourcePort ?? 0, 0);
  segment.writeUInt16BE(packet.destinationPort ?? 0, 2);
  segment.writeUInt32BE(1000, 4);
  segment.writeUInt32BE(((packet.tcpFlags ?? 0) & 16) === 0 ? 0 : 1001, 8);
  segment.writeUInt8(0x50, 12);
  segment.writeUInt8(packet.tcpFlags ?? 0, 13);
  segment.writeUInt16BE(0xffff, 14);
  segment.writeUInt16BE(checksum(pseudoHeader(packet, segment.length), segment), 16);
  return segment;
}

function udp(packet: Packet): Buffer {
  const datagram = Buffer.alloc(8);
  datagram.writeUInt16BE(packet.sourcePort ?? 0, 0);
  datagram.writeUInt16BE(packet.destinationPort ?? 0, 2);
  datagram.writeUInt16BE(datagram.length, 4);
  datagram.writeUInt16BE(checksum(pseudoHeader(packet, datagram.length), datagram) || 0xffff, 6);
  return datagram;
}

/** All echoes carry one identifier, so that a reply belongs to the request with the addresses swapped. */
function icmp(packet: Packet, { id, about }: FrameOptions): Buffer {
  const header = Buffer.from([packet.icmpType ?? 0, packet.icmpCode ?? 0, 0, 0, 0, 0, 0, 0]);
  if (about === undefined) header.writeUInt32BE(0x004d0001, 4);
  const message = about === undefined ? header : Buffer.concat([header, ipPacket(about, { id })]);
  const parts = packet.family === "ipv6" ? [pseudoHeader(packet, message.length), message] : [message];
  message.writeUInt16BE(checksum(...parts), 2);
  return message;
}

function pseudoHeader({ source, destination, protocol }: Packet, length: number): Buffer {
  const tail =
    familyOf(source) === "ipv4"
      ? [0, protocol, length >> 8, length & 255]
      : [0, 0, length >> 8, length & 255, 0, 0, 0, protocol];
  return Buffer.concat([addressBytes(source), addressBytes(destination), Buffer.from(tail)]);
}

/** The internet checksum (RFC 1071) over parts that, but for the last, have even lengths. */
function checksum(...parts: readonly Buffer[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += ((part[i] as number) << 8) + (part[i + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
