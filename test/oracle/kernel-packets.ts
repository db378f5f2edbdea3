/** Random packets for the kernel judge, and the conversations that follow them. */
import { type Family, parseAddress } from "../../src/model/address.js";
import type { Packet } from "../../src/model/flow.js";
import { hasPorts } from "../../src/model/service.js";
import type { SeededRandom } from "../seeded-random.js";
import { INTERFACES } from "./kernel-network.js";

/** Addresses that rules and packets share, so that they meet: hosts of the three networks, and the machine's own. */
export const HOSTS: Readonly<Record<Family, readonly string[]>> = {
  ipv4: [
    ...["10.0.0.5", "10.0.0.66", "10.0.0.130", "192.168.1.9", "192.168.1.66", "172.16.0.7", "172.16.9.200"],
    ...["10.0.0.1", "192.168.1.1", "172.16.0.1"],
  ],
  ipv6: [
    ...["2001:db8:1::5", "2001:db8:1::66", "2001:db8:2::9", "2001:db8:2::66", "fd00:10::7", "fd00:10::1:9"],
    ...["2001:db8:1::1", "2001:db8:2::1", "fd00:10::1"],
  ],
};

/** Those of the machine itself. */
const OWN_HOSTS: Readonly<Record<Family, readonly string[]>> = {
  ipv4: HOSTS.ipv4.slice(-3),
  ipv6: HOSTS.ipv6.slice(-3),
};

/** Ports that rules and packets share. */
export const PORTS: readonly number[] = [22, 25, 53, 80, 81, 123, 443, 1024, 5060, 8080, 40000, 65535];

const TCP_FLAGS: readonly number[] = [2, 2, 2, 16, 18, 24, 17, 4, 0, 3, 41];
const PROTOCOLS: Readonly<Record<Family, readonly number[]>> = {
  ipv4: [6, 6, 6, 17, 17, 1, 47],
  ipv6: [6, 6, 6, 17, 17, 58, 47],
};
const ICMP_TYPES: Readonly<Record<Family, readonly number[]>> = {
  ipv4: [8, 8, 0, 3, 11, 13],
  ipv6: [128, 128, 129, 1, 3, 4],
};

/** A packet from a neighbour to the machine itself or to a neighbour on another side. */
export function randomPacket(random: SeededRandom, families: readonly Family[]): Packet {
  const family = random.pick(families);
  const [from, to] = [random.pick(HOSTS[family]), random.pick(HOSTS[family])];
  const protocol = random.pick(PROTOCOLS[family]);
  const port = (): number => (random.chance(0.8) ? random.pick(PORTS) : random.below(65536));
  return {
    family,
    source: parseAddress(from) as Packet["source"],
    destination: parseAddress(to) as Packet["destination"],
    protocol,
    ...(hasPorts(protocol) && { sourcePort: port(), destinationPort: port() }),
    ...(protocol === 6 && { tcpFlags: random.pick(TCP_FLAGS) }),
    ...((protocol === 1 || protocol === 58) && {
      icmpType: random.pick(ICMP_TYPES[family]),
      icmpCode: random.chance(0.7) ? 0 : random.below(4),
    }),
    state: "new",
    ingressInterface: random.pick(INTERFACES).name,
    egressInterface: "",
    fragment: "first-or-whole",
  };
}

/** A datagram that the machine itself sends, to a neighbour or to itself. */
export function randomSentPacket(random: SeededRandom): Packet {
  const family = random.pick<Family>(["ipv4", "ipv6"]);
  const [source, destination] = [random.pick(OWN_HOSTS[family]), random.pick(HOSTS[family])];
  const port = (): number => (random.chance(0.8) ? random.pick(PORTS) : 1 + random.below(65535));
  return {
    family,
    source: parseAddress(source) as Packet["source"],
    destination: parseAddress(destination) as Packet["destination"],
    ...{ protocol: 17, sourcePort: port(), destinationPort: port(), state: "new" },
    ...{ ingressInterface: "", egressInterface: "", fragment: "first-or-whole" },
  };
}

/** The answer to a packet, from the side where its destination lives; undefined for what is not answered so. */
export function replyTo(packet: Packet): Packet | undefined {
  const side = sideOf(packet.destination);
  const { sourcePort, destinationPort, icmpType } = packet;
  const echo = packet.family === "ipv4" ? [8, 0] : [128, 129];
  if (side === undefined || (icmpType !== undefined && icmpType !== echo[0])) return undefined;
  return {
    ...packet,
    source: packet.destination,
    destination: packet.source,
    ...(sourcePort !== undefined &&
      destinationPort !== undefined && { sourcePort: destinationPort, destinationPort: sourcePort }),
    ...(packet.tcpFlags !== undefined && { tcpFlags: 18 }),
    ...(icmpType !== undefined && { icmpType: echo[1] as number }),
    ingressInterface: side,
  };
}

/** The next packet the same way. */
export function laterThan(packet: Packet): Packet {
  return packet.tcpFlags === undefined ? packet : { ...packet, tcpFlags: 24 };
}

/** An ICMP error about a packet, from where its destination lives. */
export function errorAbout(packet: Packet): Packet | undefined {
  const side = sideOf(packet.destination);
  if (side === undefined || packet.icmpType !== undefined) return undefined;
  const isOld = packet.family === "ipv4";
  return {
    family: packet.family,
    source: packet.destination,
    destination: packet.source,
    protocol: isOld ? 1 : 58,
    ...{ icmpType: isOld ? 3 : 1, icmpCode: isOld ? 1 : 3, state: "new", egressInterface: "" },
    ingressInterface: side,
    fragment: "first-or-whole",
  };
}

/** The interface behind which a neighbour lives; none for addresses that nobody has, and the machine's own. */
export function sideOf(address: Packet["source"]): string | undefined {
  const isOwn = INTERFACES.some(({ addresses }) =>
    addresses.some((each) => parseAddress(each.split("/")[0] ?? "")?.join() === address.join()),
  );
  if (isOwn) return undefined;
  const network = (each: Packet["source"]): string =>
    each.length === 1 ? ((each[0] as number) >>> 20).toString() : each.slice(0, 2).join();
  return INTERFACES.find(({ addresses }) =>
    addresses.some((each) => {
      const own = parseAddress(each.split("/")[0] ?? "") ?? [];
      return own.length === address.length && network(own) === network(address);
    }),
  )?.name;
}
