/** Turns the fields of a packet set, each a list of alternatives, into a diagram. */
import type { AddressRange, Family, MaskedAddress } from "../model/address.js";
import { CONNECTION_STATES, type ConnectionState, type InterfacePattern } from "../model/matches.js";
import type { PortRange, TcpFlagsMatch } from "../model/service.js";
import { intersect } from "./algebra.js";
import { encodeName, prefixInterval } from "./interface-name.js";
import { nodeOfAddresses, nodeOfRanges, nodeOfWordRanges, normalizeRanges, type WordRange } from "./intervals.js";
import * as layout from "./layout.js";
import { EMPTY, FULL, type Node } from "./node.js";

/**
 * Fields of a packet set. An absent field holds for every value; a list holds iff one of its entries does. A port list
 * restricts to first-or-whole packets of protocols with ports, an ICMP list to those of icmp and icmpv6, flags to tcp.
 */
export interface PacketFields {
  readonly family?: Family;
  readonly protocols?: readonly PortRange[];
  readonly sourcePorts?: readonly PortRange[];
  readonly destinationPorts?: readonly PortRange[];
  readonly icmpTypes?: readonly PortRange[];
  readonly icmpCodes?: readonly PortRange[];
  readonly tcpFlags?: readonly TcpFlagsMatch[];
  readonly states?: readonly ConnectionState[];
  /** Inside a device only; packets elsewhere have every tag. */
  readonly tags?: readonly number[];
  readonly fragment?: "first-or-whole" | "later";
  /** Addresses of the other family hold for no packet. A masked address must be one that `canExpand` admits. */
  readonly sources?: readonly (AddressRange | MaskedAddress)[];
  readonly destinations?: readonly (AddressRange | MaskedAddress)[];
  /** Names, name prefixes, or intervals of encoded names as in a `PacketBox`. */
  readonly ingressInterfaces?: readonly (InterfacePattern | WordRange)[];
  readonly egressInterfaces?: readonly (InterfacePattern | WordRange)[];
}

/** The diagram of the packets of one family that have the fields. */
export function nodeOfFields(fields: PacketFields, family: Family): Node {
  if (fields.family !== undefined && fields.family !== family) return EMPTY;
  let node = interfaceNode(layout.EGRESS, fields.egressInterfaces, FULL);
  node = interfaceNode(layout.INGRESS, fields.ingressInterfaces, node);
  node = addressNode(layout.sourceBlock(family), fields.sources, family, node);
  node = addressNode(layout.destinationBlock(family), fields.destinations, family, node);
  if (fields.tags !== undefined) node = nodeOfRanges(layout.TAG, tagRanges(fields.tags), node);
  if (fields.states !== undefined) node = nodeOfRanges(layout.STATE, stateRanges(fields.states), node);
  return transportNode(fields, node);
}

function transportNode(fields: PacketFields, below: Node): Node {
  const all = { first: 0, last: 255 };
  let protocols: readonly PortRange[] = fields.protocols ?? [all];
  let node = below;
  const restrict = (level: number, ranges: readonly PortRange[], to: readonly number[]) => {
    node = nodeOfRanges(level, ranges, node);
    protocols = to.filter((n) => protocols.some(({ first, last }) => first <= n && n <= last)).map(single);
  };
  if (fields.tcpFlags !== undefined) restrict(layout.FLAGS, fields.tcpFlags.flatMap(flagRanges), [layout.TCP]);
  if (fields.icmpCodes !== undefined) restrict(layout.LOW, scaled(fields.icmpCodes), layout.ICMP_PROTOCOLS);
  if (fields.sourcePorts !== undefined) restrict(layout.LOW, fields.sourcePorts, layout.PORT_PROTOCOLS);
  if (fields.icmpTypes !== undefined) restrict(layout.HIGH, scaled(fields.icmpTypes), layout.ICMP_PROTOCOLS);
  if (fields.destinationPorts !== undefined) restrict(layout.HIGH, fields.destinationPorts, layout.PORT_PROTOCOLS);
  return nodeOfRanges(layout.PROTOCOL, protocols, fragmentNode(fields, node));
}

function fragmentNode(fields: PacketFields, below: Node): Node {
  const { fragment } = fields;
  const isFirst = hasTransport(fields);
  if (isFirst && fragment === "later") return EMPTY;
  const asked = isFirst ? "first-or-whole" : fragment;
  return asked === undefined ? below : nodeOfRanges(layout.FRAGMENT, [fragmentRange(asked)], below);
}

function hasTransport(fields: PacketFields): boolean {
  const { sourcePorts, destinationPorts, icmpTypes, icmpCodes, tcpFlags } = fields;
  return [sourcePorts, destinationPorts, icmpTypes, icmpCodes, tcpFlags].some((list) => list !== undefined);
}

function single(value: number): PortRange {
  return { first: value, last: value };
}

function scaled(ranges: readonly PortRange[]): PortRange[] {
  return ranges.map(({ first, last }) => ({
    first: first * layout.ICMP_SCALE,
    last: last * layout.ICMP_SCALE + layout.ICMP_SCALE - 1,
  }));
}

const flagMemo = new Map<number, readonly PortRange[]>();

/** The values that a match admits, in the level of flags; disjoint. */
export function flagRanges({ mask, value }: TcpFlagsMatch): readonly PortRange[] {
  const key = mask * 256 + value;
  let ranges = flagMemo.get(key);
  if (ranges === undefined) {
    const values = Array.from({ length: 256 }, (_, flags) => flags).filter((flags) => (flags & mask) === value);
    ranges = normalizeRanges(values.map((flags) => single(layout.flagValue(flags))));
    flagMemo.set(key, ranges);
  }
  return ranges;
}

/** By a bit for each state: the ranges of those states. */
const STATE_RANGES = Array.from({ length: 1 << CONNECTION_STATES.length }, (_, bits) =>
  normalizeRanges([...CONNECTION_STATES.keys()].filter((value) => bits & (1 << value)).map(single)),
);

/** The values of some states in their level; disjoint. */
export function stateRanges(states: readonly ConnectionState[]): readonly PortRange[] {
  let bits = 0;
  for (const state of states) bits |= 1 << CONNECTION_STATES.indexOf(state);
  return STATE_RANGES[bits];
}

/** The values of some tags in their level; disjoint. */
export function tagRanges(tags: readonly number[]): PortRange[] {
  return normalizeRanges(tags.map(single));
}

/** The value of a kind of fragment in its level. */
export function fragmentRange(fragment: NonNullable<PacketFields["fragment"]>): PortRange {
  return single(fragment === "later" ? 1 : 0);
}

type AddressList = readonly (AddressRange | MaskedAddress)[] | undefined;

function addressNode(block: layout.Block, addresses: AddressList, family: Family, below: Node): Node {
  if (addresses === undefined) return below;
  const own = addresses.filter((address) => address.family === family);
  const masked = own.filter((address) => "mask" in address);
  const ranges = own.filter((address) => "first" in address);
  if (masked.length === 0) return nodeOfWordRanges(block, ranges, below);
  return intersect(nodeOfAddresses(block, ranges, masked), below);
}

type NameList = readonly (InterfacePattern | WordRange)[] | undefined;

function interfaceNode(block: layout.Block, patterns: NameList, below: Node): Node {
  return patterns === undefined ? below : nodeOfWordRanges(block, patterns.map(nameRange), below);
}

function nameRange(pattern: InterfacePattern | WordRange): WordRange {
  if ("first" in pattern) return pattern;
  if ("prefix" in pattern) {
    const [first, last] = prefixInterval(pattern.prefix);
    return { first, last };
  }
  const words = encodeName(pattern.name);
  return { first: words, last: words };
}
