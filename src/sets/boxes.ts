/** A packet set as disjoint boxes: one interval per field, in plain objects. */
import { type Address, type AddressRange, compareAddresses, type Family } from "../model/address.js";
import { CONNECTION_STATES, type ConnectionState } from "../model/matches.js";
import type { PortRange } from "../model/service.js";
import type { WordRange } from "./intervals.js";
import * as layout from "./layout.js";
import { EMPTY, edgesAt, type Node } from "./node.js";

/** Packets with every field in one interval; an absent field is any value (or does not exist for the protocol). */
export interface PacketBox {
  readonly family: Family;
  readonly protocols: PortRange;
  readonly fragment?: "first-or-whole" | "later";
  readonly sourcePorts?: PortRange;
  readonly destinationPorts?: PortRange;
  readonly icmpTypes?: PortRange;
  readonly icmpCodes?: PortRange;
  /** Bytes of flags, see `TcpFlagsMatch` for the bits. */
  readonly tcpFlags?: readonly number[];
  readonly states?: readonly ConnectionState[];
  readonly tags?: PortRange;
  readonly source: AddressRange;
  readonly destination: AddressRange;
  /** Names between two encoded ones (`decodeName`), inclusive. */
  readonly ingressInterfaces?: WordRange;
  readonly egressInterfaces?: WordRange;
}

type Fields = Omit<PacketBox, "family" | "protocols" | "source" | "destination">;

/** Disjoint boxes that together are the diagram of one family. */
export function* boxesOf(node: Node, family: Family): Generator<PacketBox> {
  for (const protocol of openEdges(node, layout.PROTOCOL)) {
    const protocols = { first: protocol.first, last: protocol.last };
    for (const [fields, rest] of transportBoxes(protocol.child, protocols)) {
      for (const destination of blockIntervals(rest, layout.destinationBlock(family))) {
        for (const source of blockIntervals(destination.child, layout.sourceBlock(family))) {
          for (const names of interfaceBoxes(source.child)) {
            yield {
              family,
              protocols,
              ...fields,
              source: { family, first: source.first, last: source.last },
              destination: { family, first: destination.first, last: destination.last },
              ...names,
            };
          }
        }
      }
    }
  }
}

function* transportBoxes(node: Node, protocols: PortRange): Generator<[Fields, Node]> {
  for (const fragment of openEdges(node, layout.FRAGMENT)) {
    for (const high of openEdges(fragment.child, layout.HIGH)) {
      for (const low of openEdges(high.child, layout.LOW)) {
        for (const flags of openEdges(low.child, layout.FLAGS)) {
          for (const state of openEdges(flags.child, layout.STATE)) {
            const fields: Fields = {
              ...(isFull(fragment, layout.FRAGMENT)
                ? {}
                : { fragment: fragment.first === 0 ? "first-or-whole" : "later" }),
              ...portFields(high, low, protocols.first),
              ...(isFull(flags, layout.FLAGS) ? {} : { tcpFlags: flagBytes(flags) }),
              ...(isFull(state, layout.STATE) ? {} : { states: CONNECTION_STATES.slice(state.first, state.last + 1) }),
            };
            for (const tag of openEdges(state.child, layout.TAG)) {
              const tags = isFull(tag, layout.TAG) ? {} : { tags: { first: tag.first, last: tag.last } };
              yield [{ ...fields, ...tags }, tag.child];
            }
          }
        }
      }
    }
  }
}

function flagBytes({ first, last }: PortRange): number[] {
  const bytes = Array.from({ length: last - first + 1 }, (_, i) => layout.flagByte(first + i));
  return bytes.sort((a, b) => a - b);
}

function portFields(high: PortRange, low: PortRange, protocol: number): Fields {
  const isIcmp = layout.ICMP_PROTOCOLS.includes(protocol);
  const scale = isIcmp ? layout.ICMP_SCALE : 1;
  const unscaled = ({ first, last }: PortRange) => ({
    first: Math.floor(first / scale),
    last: Math.floor(last / scale),
  });
  return {
    ...(isFull(high, layout.HIGH) ? {} : { [isIcmp ? "icmpTypes" : "destinationPorts"]: unscaled(high) }),
    ...(isFull(low, layout.LOW) ? {} : { [isIcmp ? "icmpCodes" : "sourcePorts"]: unscaled(low) }),
  };
}

function* interfaceBoxes(node: Node): Generator<Fields> {
  for (const ingress of blockIntervals(node, layout.INGRESS)) {
    for (const egress of blockIntervals(ingress.child, layout.EGRESS)) {
      yield {
        ...(isWhole(ingress) ? {} : { ingressInterfaces: { first: ingress.first, last: ingress.last } }),
        ...(isWhole(egress) ? {} : { egressInterfaces: { first: egress.first, last: egress.last } }),
      };
    }
  }
}

function openEdges(node: Node, level: number) {
  return edgesAt(node, level).filter((edge) => edge.child !== EMPTY);
}

function isFull({ first, last }: PortRange, level: number): boolean {
  return first === 0 && last === layout.maximumOf(level);
}

function isWhole({ first, last }: WordRange): boolean {
  return first.every((word) => word === 0) && last.every((word) => word === 0xffffffff);
}

/** An interval of the values of a block, and the diagram of what follows. */
export interface BlockInterval extends WordRange {
  readonly child: Node;
}

/**
 * The intervals of a block's values that lead to packets, ascending, disjoint, as long as they can be. A set that tests low
 * words under free high ones (an IPv6 suffix) has very many: they are made one at a time.
 */
function* blockIntervals(node: Node, block: layout.Block): Generator<BlockInterval> {
  let pending: BlockInterval | undefined;
  for (const next of pieces(node, block, 0, [])) {
    if (pending !== undefined && pending.child === next.child && follows(pending.last, next.first)) {
      pending = { first: pending.first, last: next.last, child: next.child };
    } else {
      if (pending !== undefined) yield pending;
      pending = next;
    }
  }
  if (pending !== undefined) yield pending;
}

function* pieces(node: Node, block: layout.Block, word: number, path: Address): Generator<BlockInterval> {
  const free = block.words - word;
  if (node.level >= block.first + block.words) {
    if (node === EMPTY) return;
    const fill = (value: number) => [...path, ...new Array<number>(free).fill(value)];
    yield { first: fill(0), last: fill(0xffffffff), child: node };
    return;
  }
  for (const { first, last, child } of openEdges(node, block.first + word)) {
    if (child.level >= block.first + block.words) {
      const fill = (value: number, rest: number) => [...path, value, ...new Array<number>(free - 1).fill(rest)];
      yield { first: fill(first, 0), last: fill(last, 0xffffffff), child };
    } else {
      for (let value = first; value <= last; value++) yield* pieces(child, block, word + 1, [...path, value]);
    }
  }
}

function follows(last: Address, first: Address): boolean {
  const next = [...last];
  for (let i = next.length - 1; i >= 0; i--) {
    if (next[i] !== 0xffffffff) {
      next[i]++;
      return compareAddresses(next, first) === 0;
    }
    next[i] = 0;
  }
  return false;
}
