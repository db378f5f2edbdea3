/** Turns the packets of a diagram into their replies. */
import type { Family } from "../model/address.js";
import { intersect, uniteAll } from "./algebra.js";
import { nodeOfRanges } from "./intervals.js";
import * as layout from "./layout.js";
import { FULL, type Node } from "./node.js";
import { permuteLevel, swapBlocks } from "./project.js";

/** Source and destination addresses, and the interfaces, exchanged. */
export function mirrorAddresses(node: Node, family: Family): Node {
  const swapped = swapBlocks(node, layout.destinationBlock(family), layout.sourceBlock(family));
  return swapBlocks(swapped, layout.INGRESS, layout.EGRESS);
}

/** Source and destination ports exchanged; for packets other than ICMP. */
export function mirrorPorts(node: Node): Node {
  return swapBlocks(node, { first: layout.HIGH, words: 1 }, { first: layout.LOW, words: 1 });
}

/** Types of a request and of its reply by protocol: echo, timestamp, information and address mask; echo of ICMPv6. */
const REPLIES = new Map([
  [
    1,
    [
      [8, 0],
      [13, 14],
      [15, 16],
      [17, 18],
    ],
  ],
  [58, [[128, 129]]],
]);

/** Requests turned into their replies and replies into requests; other types stay. For packets of icmp and icmpv6. */
export function mirrorIcmp(node: Node): Node {
  return uniteAll(
    [...REPLIES].map(([protocol, pairs]) => {
      const own = nodeOfRanges(layout.PROTOCOL, [{ first: protocol, last: protocol }], FULL);
      return permuteLevel(intersect(node, own), layout.HIGH, movesOf(pairs));
    }),
  );
}

function movesOf(pairs: readonly (readonly number[])[]) {
  const scale = layout.ICMP_SCALE;
  return pairs
    .flatMap(([a, b]) => [
      [a, b],
      [b, a],
    ])
    .sort((a, b) => a[0] - b[0])
    .map(([from, to]) => ({ from: { first: from * scale, last: from * scale + scale - 1 }, to: to * scale }));
}
