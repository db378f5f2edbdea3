/** Builds diagrams of one field: from ranges of numbers, addresses, masked addresses and names, over what follows. */
import { type Address, compareAddresses, type MaskedAddress } from "../model/address.js";
import type { PortRange } from "../model/service.js";
import { uniteAll } from "./algebra.js";
import { type Block, maximumOf } from "./layout.js";
import { type Edge, EMPTY, FULL, type Node, nodeOfEdges } from "./node.js";

/** Values in any of the ranges, ascending, disjoint, neighbours joined. */
export function normalizeRanges(ranges: readonly PortRange[]): PortRange[] {
  if (ranges.length < 2) return ranges.slice();
  const result: { first: number; last: number }[] = [];
  for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first)) {
    const end = result.at(-1);
    if (end !== undefined && first <= end.last + 1) end.last = Math.max(end.last, last);
    else result.push({ first, last });
  }
  return result;
}

/** Packets whose value at `level` is in a range and whose rest is in `below`. */
export function nodeOfRanges(level: number, ranges: readonly PortRange[], below: Node): Node {
  if (below === EMPTY) return EMPTY;
  const maximum = maximumOf(level);
  const inside = ranges.filter(({ first, last }) => first <= last && first <= maximum);
  const edges = normalizeRanges(inside).map(({ first, last }) => ({
    first,
    last: Math.min(last, maximum),
    child: below,
  }));
  return nodeOfEdges(level, edges);
}

/** A range of the values of a block of words. */
export interface WordRange {
  readonly first: Address;
  readonly last: Address;
}

/** Packets whose words at `block` are in a range and whose rest is in `below`. */
export function nodeOfWordRanges(block: Block, ranges: readonly WordRange[], below: Node): Node {
  if (below === EMPTY) return EMPTY;
  if (block.words === 1) {
    const single = ranges.map(({ first, last }) => ({ first: first[0], last: last[0] }));
    return nodeOfRanges(block.first, single, below);
  }
  const sorted = [...ranges].sort((a, b) => compareAddresses(a.first, b.first));
  return uniteAll(sorted.map(({ first, last }) => between(block, 0, first, last, below)));
}

function between(block: Block, word: number, first: Address, last: Address, below: Node): Node {
  if (word === block.words) return below;
  const level = block.first + word;
  const low = first[word];
  const high = last[word];
  if (low === high) {
    return nodeOfEdges(level, [{ first: low, last: low, child: between(block, word + 1, first, last, below) }]);
  }
  const lowest = first.map(() => 0);
  const highest = first.map(() => 0xffffffff);
  const edges: Edge[] = [{ first: low, last: low, child: between(block, word + 1, first, highest, below) }];
  if (high - low > 1) edges.push({ first: low + 1, last: high - 1, child: below });
  edges.push({ first: high, last: high, child: between(block, word + 1, lowest, last, below) });
  return nodeOfEdges(level, edges);
}

const MASK_INTERVALS = 1 << 12;

/** True iff the set of a masked address is small enough to be written as intervals. */
export function canExpand(masked: MaskedAddress): boolean {
  return masked.mask.every((mask) => 2 ** holesAbove(mask) <= MASK_INTERVALS);
}

/** Packets whose address at `block` fits a mask (that `canExpand`) and whose rest is in `below`. */
function nodeOfMasked(block: Block, masked: MaskedAddress, below: Node): Node {
  return masked.mask.reduceRight(
    (rest, mask, i) => nodeOfRanges(block.first + i, maskedRanges(masked.value[i], mask), rest),
    below,
  );
}

// Free bits below the lowest fixed bit make the length of each interval; every free bit above doubles their number.
function holesAbove(mask: number): number {
  const lowest = lowestFixedBit(mask);
  let holes = 0;
  for (let bit = lowest; bit < 32; bit++) if (((mask >>> bit) & 1) === 0) holes++;
  return holes;
}

function lowestFixedBit(mask: number): number {
  return mask === 0 ? 32 : 31 - Math.clz32(mask & -mask);
}

function maskedRanges(value: number, mask: number): PortRange[] {
  if ((value & ~mask) !== 0) return [];
  const lowest = lowestFixedBit(mask);
  let starts = [value];
  for (let bit = lowest; bit < 32; bit++) {
    if (((mask >>> bit) & 1) === 0) starts = starts.flatMap((start) => [start, start + 2 ** bit]);
  }
  return starts.map((first) => ({ first, last: first + 2 ** lowest - 1 }));
}

/** Packets whose words at `block` are in any of the alternatives, over a rest that is free. */
export function nodeOfAddresses(block: Block, ranges: readonly WordRange[], masked: readonly MaskedAddress[]): Node {
  return uniteAll([nodeOfWordRanges(block, ranges, FULL), ...masked.map((one) => nodeOfMasked(block, one, FULL))]);
}
