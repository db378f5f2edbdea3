/** Counts the packets of a diagram. */
import type { Family } from "../model/address.js";
import * as layout from "./layout.js";
import { childAt, EMPTY, edgesAt, FULL, type Node } from "./node.js";

const TRANSPORT = BigInt(65536 * 65536 * 256);

/** Number of packets of the diagram of one family; each interface field counts with all 2^128 names. */
export function volumeOf(node: Node, family: Family): bigint {
  const counts = new Map<Node, bigint>();
  const widths = levelWidths(family);
  const from = (at: Node, level: number): bigint => {
    if (at === EMPTY) return 0n;
    let result = at === FULL ? 1n : countOf(at);
    for (let skipped = level; skipped < at.level; skipped++) result *= widths[skipped];
    return result;
  };
  const countOf = (at: Node): bigint => {
    let result = counts.get(at);
    if (result === undefined) {
      result = 0n;
      for (const { first, last, child } of edgesAt(at, at.level)) {
        result += BigInt(last - first + 1) * from(child, at.level + 1);
      }
      counts.set(at, result);
    }
    return result;
  };
  let total = 0n;
  for (let protocol = 0; protocol <= 255; protocol++) {
    const fragments = childAt(node, layout.PROTOCOL, protocol);
    total += (from(childAt(fragments, layout.FRAGMENT, 0), layout.HIGH) * valuesOf(protocol)) / TRANSPORT;
    total += from(childAt(fragments, layout.FRAGMENT, 1), layout.HIGH) / TRANSPORT;
  }
  return total;
}

function levelWidths(family: Family): bigint[] {
  const blocks = [layout.destinationBlock(family), layout.sourceBlock(family), layout.INGRESS, layout.EGRESS];
  return Array.from({ length: layout.LEVELS }, (_, level) => {
    const isUsed = level <= layout.TAG || blocks.some(({ first, words }) => level >= first && level < first + words);
    return isUsed ? BigInt(layout.maximumOf(level) + 1) : 1n;
  });
}

// The diagram does not look at fields a protocol lacks, so it holds every value of them: the packets are that many fewer.
function valuesOf(protocol: number): bigint {
  if (protocol === layout.TCP) return TRANSPORT;
  if (layout.PORT_PROTOCOLS.includes(protocol)) return TRANSPORT / 256n;
  return layout.ICMP_PROTOCOLS.includes(protocol) ? 65536n : 1n;
}
