/** What makes a packet a good example of its set. */
import { type AddressRange, parseAddressRange } from "../model/address.js";
import type { PortRange } from "../model/service.js";
import type { PacketFields } from "./fields.js";
import { decodeName, isName } from "./interface-name.js";
import { EGRESS, INGRESS } from "./layout.js";

/** What a good example has, best first: known hosts and the port that was asked for. */
export interface WitnessPreferences {
  readonly sources?: readonly AddressRange[];
  readonly destinations?: readonly AddressRange[];
  readonly ports?: readonly PortRange[];
}

const HOSTS = [parseAddressRange("10.0.0.1-10.255.255.254") as AddressRange];

const ORDINARY: readonly PacketFields[] = [
  { fragment: "first-or-whole" },
  { states: ["new"] },
  { protocols: [{ first: 6, last: 6 }] },
  { protocols: [{ first: 17, last: 17 }] },
  { protocols: [{ first: 1, last: 1 }] },
  { tcpFlags: [{ mask: 255, value: 2 }] },
  { icmpTypes: [{ first: 8, last: 8 }] },
  { sourcePorts: [{ first: 49152, last: 65535 }] },
  { sourcePorts: [{ first: 1024, last: 65535 }] },
  { sources: HOSTS },
  { destinations: HOSTS },
];

/** Names that are tried first: of the many numbers a set of names may hold, few are names. */
const NAMES = ["", "eth0", "eth1", "eth2", "lan0", "wan0"];

const NAMED: readonly PacketFields[] = [
  ...NAMES.map((name) => ({ ingressInterfaces: [{ name }] })),
  ...NAMES.map((name) => ({ egressInterfaces: [{ name }] })),
];

/** The usual names in an order by chance. */
export function sampleNames(random: () => number): PacketFields[] {
  return NAMED.map((wish) => ({ wish, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ wish }) => wish);
}

/** What to ask of an example before and after what is asked of every one; each wish holds unless nothing would be left. */
export function witnessWishes({ ports, sources, destinations }: WitnessPreferences): PacketFields[] {
  return [
    ...(ports ?? []).map((range) => ({ destinationPorts: [range] })),
    ...(sources ?? []).map((range) => ({ sources: [range] })),
    ...(destinations ?? []).map((range) => ({ destinations: [range] })),
  ];
}

/** What is asked of every example after that. */
export const COMMON_WISHES: readonly PacketFields[] = [...ORDINARY, ...NAMED];

/** Ends of names: what begins like a name that is not in the set often goes on with one of these. */
const ENDS = ["0", "1", "a", "-"];

/** What is asked of an example whose least point has numbers in the place of interfaces that are no names. */
export function nameWishes(point: readonly number[]): PacketFields[] {
  return BLOCKS.flatMap(({ block, field }) => {
    const words = point.slice(block.first, block.first + block.words);
    if (isName(words)) return [];
    return ENDS.map((end) => ({ [field]: [{ name: decodeName(words) + end }] }));
  });
}

const BLOCKS = [
  { block: INGRESS, field: "ingressInterfaces" },
  { block: EGRESS, field: "egressInterfaces" },
] as const;
