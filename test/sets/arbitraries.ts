/** Random packets and packet sets over a few values of each field, so that sets meet, nest and miss by one. */
import fc from "fast-check";
import { type AddressRange, type Family, parseAddress, parseAddressRange } from "../../src/model/address.js";
import type { Packet } from "../../src/model/flow.js";
import { CONNECTION_STATES } from "../../src/model/matches.js";
import { hasPorts } from "../../src/model/service.js";
import type { PacketFields } from "../../src/sets/packet-set.js";
import { PacketSet } from "../../src/sets/packet-set.js";

const HOSTS: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ["0.0.0.0", "10.0.0.1", "10.0.0.255", "10.0.1.0", "10.1.0.7", "192.168.1.77", "255.255.255.255"],
  ipv6: ["::", "::1", "2001:db8::1", "2001:db8::ffff:ffff", "2001:db8:0:1::", "2001:db8:1::7", "ffff::ffff"],
};
const NETWORKS = [
  "0.0.0.0/0",
  "10.0.0.0/8",
  "10.0.0.0/24",
  "10.0.0.255-10.0.1.0",
  "10.1.0.7",
  "0.0.0.0",
  "::/0",
  "2001:db8::/32",
  "2001:db8::/64",
  "2001:db8::1-2001:db8:1::7",
  "2001:db8::ffff-2001:db8:0:2::",
  "::1",
].map((text) => parseAddressRange(text) as AddressRange);
const MASKED = [
  { family: "ipv4", value: parseAddress("10.0.0.1")!, mask: parseAddress("255.255.252.255")! },
  { family: "ipv6", value: parseAddress("::1")!, mask: parseAddress("::ffff:fcff")! },
] as const;
const PORTS = [0, 1, 79, 80, 81, 443, 1023, 1024, 65535];
const NAMES = ["", "eth0", "eth1", "eth10", "lo", "GigabitEthernet0/0/1"];
const PROTOCOLS = [0, 1, 6, 7, 17, 47, 58, 132, 255];

const port = fc.constantFrom(...PORTS);
const byte = fc.constantFrom(0, 3, 8, 13, 128, 129, 255);
const flags = fc.constantFrom(0, 2, 16, 18, 1, 255);

/** Any valid packet. */
export const packets: fc.Arbitrary<Packet> = fc
  .record({
    family: fc.constantFrom<Family>("ipv4", "ipv6"),
    hosts: fc.tuple(fc.nat(6), fc.nat(6)),
    protocol: fc.constantFrom(...PROTOCOLS),
    ports: fc.tuple(port, port),
    bytes: fc.tuple(byte, byte),
    flags,
    state: fc.constantFrom(...CONNECTION_STATES),
    tag: fc.constantFrom(undefined, undefined, 1, 5, 63),
    names: fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES)),
    isLater: fc.boolean(),
  })
  .map(({ family, hosts, protocol, ports, bytes, flags, state, tag, names, isLater }) => ({
    family,
    source: parseAddress(HOSTS[family][hosts[0]])!,
    destination: parseAddress(HOSTS[family][hosts[1]])!,
    protocol,
    ...(!isLater && hasPorts(protocol) ? { sourcePort: ports[0], destinationPort: ports[1] } : {}),
    ...(!isLater && (protocol === 1 || protocol === 58) ? { icmpType: bytes[0], icmpCode: bytes[1] } : {}),
    ...(!isLater && protocol === 6 ? { tcpFlags: flags } : {}),
    state,
    ...(tag !== undefined && { tag }),
    ingressInterface: names[0],
    egressInterface: names[1],
    fragment: isLater ? "later" : "first-or-whole",
  }));

const ordered = (value: fc.Arbitrary<number>) =>
  fc.tuple(value, value).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 0, maxLength: 3 });
const addresses = some(fc.constantFrom(...NETWORKS, ...MASKED));
const names = some(
  fc.oneof(
    fc.constantFrom(...NAMES).map((name) => ({ name })),
    fc.constantFrom("", "eth", "eth1", "Giga").map((prefix) => ({ prefix })),
  ),
);

/** Fields of a packet set, most of them absent. */
export const packetFields: fc.Arbitrary<PacketFields> = fc
  .record({
    family: fc.constantFrom<Family>("ipv4", "ipv6"),
    protocols: some(ordered(fc.constantFrom(...PROTOCOLS))),
    sourcePorts: some(ordered(port)),
    destinationPorts: some(ordered(port)),
    icmpTypes: some(ordered(byte)),
    icmpCodes: some(ordered(byte)),
    tcpFlags: some(fc.record({ mask: flags, value: flags })),
    states: some(fc.constantFrom(...CONNECTION_STATES)),
    tags: some(fc.constantFrom(0, 1, 5, 63)),
    fragment: fc.constantFrom("first-or-whole" as const, "later" as const),
    sources: addresses,
    destinations: addresses,
    ingressInterfaces: names,
    egressInterfaces: names,
  })
  .chain((fields) =>
    fc
      .subarray(Object.keys(fields) as (keyof PacketFields)[], { maxLength: 4 })
      .map((kept) => Object.fromEntries(kept.map((key) => [key, fields[key]]))),
  );

/** A set, and the same set as a predicate written without any set arithmetic. */
export interface Described {
  readonly set: PacketSet;
  readonly holds: (packet: Packet) => boolean;
}

const leaf: fc.Arbitrary<Described> = packetFields.map((fields) => ({
  set: PacketSet.fromFields(fields),
  holds: (packet) => hasFields(packet, fields),
}));

/** Unions, intersections and differences of sets, nested. */
export const sets: fc.Arbitrary<Described> = fc.letrec<{ node: Described }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.tuple(tie("node"), tie("node")).map(([a, b]) => ({
      set: a.set.union(b.set),
      holds: (packet: Packet) => a.holds(packet) || b.holds(packet),
    })),
    fc.tuple(tie("node"), tie("node")).map(([a, b]) => ({
      set: a.set.intersect(b.set),
      holds: (packet: Packet) => a.holds(packet) && b.holds(packet),
    })),
    fc.tuple(tie("node"), tie("node")).map(([a, b]) => ({
      set: a.set.subtract(b.set),
      holds: (packet: Packet) => a.holds(packet) && !b.holds(packet),
    })),
  ),
})).node;

/** What `PacketSet.fromFields` means, one packet and one field at a time. */
export function hasFields(packet: Packet, fields: PacketFields): boolean {
  const within = (value: number | undefined, ranges: readonly { first: number; last: number }[] | undefined) =>
    ranges === undefined || (value !== undefined && ranges.some(({ first, last }) => first <= value && value <= last));
  const at = (words: readonly number[], list: PacketFields["sources"]) =>
    list === undefined ||
    list.some((one) => {
      if (one.family !== packet.family) return false;
      if ("mask" in one) return words.every((word, i) => (word & one.mask[i]) >>> 0 === one.value[i]);
      const value = BigInt(`0x${words.map((word) => word.toString(16).padStart(8, "0")).join("")}`);
      const [first, last] = [one.first, one.last].map((end) =>
        BigInt(`0x${end.map((word) => word.toString(16).padStart(8, "0")).join("")}`),
      );
      return first <= value && value <= last;
    });
  const named = (name: string, list: PacketFields["ingressInterfaces"]) =>
    list === undefined ||
    list.some((pattern) =>
      "name" in pattern ? pattern.name === name : "prefix" in pattern && name.startsWith(pattern.prefix),
    );
  return (
    (fields.family === undefined || fields.family === packet.family) &&
    within(packet.protocol, fields.protocols) &&
    within(packet.sourcePort, fields.sourcePorts) &&
    within(packet.destinationPort, fields.destinationPorts) &&
    within(packet.icmpType, fields.icmpTypes) &&
    within(packet.icmpCode, fields.icmpCodes) &&
    (fields.tcpFlags === undefined ||
      (packet.tcpFlags !== undefined &&
        fields.tcpFlags.some(({ mask, value }) => ((packet.tcpFlags as number) & mask) === value))) &&
    (fields.tags === undefined || fields.tags.includes(packet.tag ?? 0)) &&
    (fields.states === undefined || fields.states.includes(packet.state)) &&
    (fields.fragment === undefined || fields.fragment === packet.fragment) &&
    at(packet.source, fields.sources) &&
    at(packet.destination, fields.destinations) &&
    named(packet.ingressInterface, fields.ingressInterfaces) &&
    named(packet.egressInterface, fields.egressInterfaces)
  );
}
