import type { Address, Family } from "./address.js";
import type { Direction } from "./device.js";
import type { ConnectionState } from "./matches.js";

/** One concrete packet at one device. Ports, ICMP fields and flags are present iff the protocol has them. */
export interface Packet {
  readonly family: Family;
  readonly source: Address;
  readonly destination: Address;
  readonly protocol: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly tcpFlags?: number;
  readonly state: ConnectionState;
  /** What rules of the device have noted on the packet (see `Action`); absent: nothing yet. */
  readonly tag?: number;
  /** Empty text: the packet has no such interface (it was made here, or ends here). */
  readonly ingressInterface: string;
  readonly egressInterface: string;
  readonly fragment: "first-or-whole" | "later";
}

/** A packet with the direction in which it is put to a device. */
export interface Probe {
  readonly direction: Direction;
  readonly packet: Packet;
}
