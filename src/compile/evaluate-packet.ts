/** A packet as the slow evaluator carries it: translations may leave its addresses and ports known only as ranges. */
import { type Address, type AddressRange, ALL_ADDRESSES, compareAddresses, singleAddress } from "../model/address.js";
import type { DeviceInterface } from "../model/device.js";
import type { Packet } from "../model/flow.js";
import type { ConnectionState } from "../model/matches.js";
import type { Translation } from "../model/nat.js";
import type { PortRange } from "../model/service.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Doubt } from "../model/verdict.js";
import { pickedAddresses } from "./picked-addresses.js";

/** `packet` with the values that translations and tracking have given it. */
export interface Traveller {
  readonly packet: Packet;
  readonly state: ConnectionState;
  readonly tag: number;
  /** True iff it leaves by an interface that is not known. */
  readonly isRerouted?: boolean;
  /** The address is one of these. */
  readonly source: readonly AddressRange[];
  readonly destination: readonly AddressRange[];
  readonly sourcePort?: PortRange;
  readonly destinationPort?: PortRange;
  /** What leaves more than one value possible. */
  readonly choices: readonly Doubt[];
}

/** A packet before anything has happened to it. */
export function travellerOf(packet: Packet): Traveller {
  return {
    packet,
    state: packet.state,
    tag: packet.tag ?? 0,
    source: [singleAddress(packet.source)],
    destination: [singleAddress(packet.destination)],
    ...(packet.sourcePort === undefined ? {} : { sourcePort: single(packet.sourcePort) }),
    ...(packet.destinationPort === undefined ? {} : { destinationPort: single(packet.destinationPort) }),
    choices: [],
  };
}

function single(value: number): PortRange {
  return { first: value, last: value };
}

/** The packet as it is now; where several values are possible, with the first of them. */
export function packetOf({ packet, state, source, destination, sourcePort, destinationPort }: Traveller): Packet {
  return {
    ...packet,
    state,
    source: source[0].first,
    destination: destination[0].first,
    ...(sourcePort === undefined ? {} : { sourcePort: sourcePort.first }),
    ...(destinationPort === undefined ? {} : { destinationPort: destinationPort.first }),
  };
}

/** The packet once it has been routed again. */
export function reroute(traveller: Traveller, at: SourceRef): Traveller {
  const choice = { condition: "the interface by which the packet leaves after the translation", at };
  return { ...traveller, isRerouted: true, choices: [...traveller.choices, choice] };
}

/** The packet after a translation. */
export function translate(
  traveller: Traveller,
  { side, addresses, ports }: Translation,
  interfaces: readonly DeviceInterface[],
  at: SourceRef,
): Traveller {
  const port = side === "source" ? "sourcePort" : "destinationPort";
  const results = addresses === undefined ? traveller[side] : newAddresses(traveller, side, addresses, interfaces);
  const portResult = traveller[port] === undefined || ports === undefined ? {} : { [port]: ports };
  const isOpen = results.length > 1 || !isPoint(results[0]) || (ports !== undefined && ports.first !== ports.last);
  const choice = { condition: "the address or port that the translation picks", at };
  return {
    ...traveller,
    [side]: results,
    ...portResult,
    choices: isOpen ? [...traveller.choices, choice] : traveller.choices,
  };
}

function newAddresses(
  traveller: Traveller,
  side: Translation["side"],
  addresses: NonNullable<Translation["addresses"]>,
  interfaces: readonly DeviceInterface[],
): readonly AddressRange[] {
  const { family, ingressInterface, egressInterface } = traveller.packet;
  const anything = [ALL_ADDRESSES[family]];
  switch (addresses.kind) {
    case "pool":
      return orElse(
        addresses.ranges.filter((range) => range.family === family),
        anything,
      );
    case "netmap":
      return addresses.range.family === family
        ? traveller[side].map((one) => mapNetwork(one, addresses.range))
        : anything;
    case "interface": {
      if (side === "source" && traveller.isRerouted === true) return anything;
      const name = side === "source" ? egressInterface : ingressInterface;
      if (side === "destination" && name === "")
        return [singleAddress(family === "ipv4" ? [0x7f000001] : [0, 0, 0, 1])];
      const own = interfaces.filter((one) => one.name === name).flatMap((one) => one.addresses);
      return orElse(pickedAddresses(own, side, family), anything);
    }
    case "unresolved":
      return anything;
  }
}

function orElse<T>(list: readonly T[], otherwise: readonly T[]): readonly T[] {
  return list.length > 0 ? list : otherwise;
}

/** Network bits of `network`, host bits of the address; a range may end up anywhere in the network. */
function mapNetwork(range: AddressRange, network: AddressRange): AddressRange {
  if (!isPoint(range)) return network;
  const moved: Address = range.first.map((word, i) => {
    const hostMask = (network.first[i] ^ network.last[i]) >>> 0;
    return (network.first[i] | (word & hostMask)) >>> 0;
  });
  return singleAddress(moved);
}

/** True iff the range is one address. */
export function isPoint(range: AddressRange): boolean {
  return compareAddresses(range.first, range.last) === 0;
}
