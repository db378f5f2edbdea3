/** Packets as points of a diagram and back. */
import type { Address, Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import { CONNECTION_STATES } from "../model/matches.js";
import { hasPorts } from "../model/service.js";
import { chargeWork } from "./budget.js";
import { decodeName, encodeName } from "./interface-name.js";
import * as layout from "./layout.js";
import { childAt, EMPTY, edgesAt, FULL, type Node } from "./node.js";

/** The value of a packet at each level; fields it does not have are 0, and no diagram looks at them. */
export function pointOf(packet: Packet): number[] {
  const point = new Array<number>(layout.LEVELS).fill(0);
  point[layout.PROTOCOL] = packet.protocol;
  point[layout.FRAGMENT] = packet.fragment === "later" ? 1 : 0;
  point[layout.HIGH] = packet.destinationPort ?? (packet.icmpType ?? 0) * layout.ICMP_SCALE;
  point[layout.LOW] = packet.sourcePort ?? (packet.icmpCode ?? 0) * layout.ICMP_SCALE;
  point[layout.FLAGS] = layout.flagValue(packet.tcpFlags ?? 0);
  point[layout.STATE] = CONNECTION_STATES.indexOf(packet.state);
  point[layout.TAG] = packet.tag ?? 0;
  put(point, layout.destinationBlock(packet.family), packet.destination);
  put(point, layout.sourceBlock(packet.family), packet.source);
  put(point, layout.INGRESS, encodeName(packet.ingressInterface));
  put(point, layout.EGRESS, encodeName(packet.egressInterface));
  return point;
}

function put(point: number[], block: layout.Block, words: Address): void {
  words.forEach((word, i) => {
    point[block.first + i] = word;
  });
}

/** The packet at a point. */
export function packetAt(point: readonly number[], family: Family): Packet {
  const protocol = point[layout.PROTOCOL];
  const isLater = point[layout.FRAGMENT] === 1;
  const packet: Packet = {
    family,
    source: wordsAt(point, layout.sourceBlock(family)),
    destination: wordsAt(point, layout.destinationBlock(family)),
    protocol,
    state: CONNECTION_STATES[point[layout.STATE]],
    ...(point[layout.TAG] === 0 ? {} : { tag: point[layout.TAG] }),
    ingressInterface: decodeName(wordsAt(point, layout.INGRESS)),
    egressInterface: decodeName(wordsAt(point, layout.EGRESS)),
    fragment: isLater ? "later" : "first-or-whole",
  };
  return isLater ? packet : Object.assign(packet, transportAt(point, protocol));
}

function transportAt(point: readonly number[], protocol: number): Partial<Packet> {
  const high = point[layout.HIGH];
  const low = point[layout.LOW];
  if (layout.ICMP_PROTOCOLS.includes(protocol)) {
    return { icmpType: Math.floor(high / layout.ICMP_SCALE), icmpCode: Math.floor(low / layout.ICMP_SCALE) };
  }
  if (!hasPorts(protocol)) return {};
  const ports = { sourcePort: low, destinationPort: high };
  return protocol === layout.TCP ? { ...ports, tcpFlags: layout.flagByte(point[layout.FLAGS]) } : ports;
}

function wordsAt(point: readonly number[], block: layout.Block): number[] {
  return point.slice(block.first, block.first + block.words);
}

/** True iff the diagram holds the point. */
export function holdsPoint(node: Node, point: readonly number[]): boolean {
  let at = node;
  while (at.level < layout.LEVELS) at = childAt(at, at.level, point[at.level]);
  return at === FULL;
}

/** True iff few of the level's values stand for something: parts of names, and tags, which most packets lack. */
export function isSparse(level: number): boolean {
  return level >= layout.INGRESS.first || level === layout.TAG;
}

/** Picks a value of each edge; levels that do not matter have one edge. */
export type Pick = (level: number, first: number, last: number) => number;

/** A point of a diagram that is not empty: at each level `choose` picks among the edges and `pick` within the edge. */
export function findPoint(node: Node, choose: (edges: number) => number, pick: Pick): number[] {
  const point: number[] = [];
  let at = node;
  for (let level = 0; level < layout.LEVELS; level++) {
    const open = edgesAt(at, level).filter((edge) => edge.child !== EMPTY);
    const edge = open[choose(open.length)];
    point.push(pick(level, edge.first, edge.last));
    at = edge.child;
  }
  return point;
}

/** The least point, level by level, that two diagrams have in common; undefined iff they share none. */
export function leastCommonPoint(a: Node, b: Node): number[] | undefined {
  const search = new CommonPointSearch();
  return search.descend(a, b) ? search.point : undefined;
}

class CommonPointSearch {
  readonly point = new Array<number>(layout.LEVELS).fill(0);
  /** Pairs that were found to share nothing, so that none is searched twice. */
  #dead: Map<Node, Set<Node>> | undefined;

  descend(a: Node, b: Node): boolean {
    if (a === EMPTY || b === EMPTY || this.#dead?.get(a)?.has(b)) return false;
    const level = Math.min(a.level, b.level);
    if (level === layout.LEVELS) return true;
    chargeWork(1);
    const maximum = layout.maximumOf(level);
    const isInA = a.level === level;
    const isInB = b.level === level;
    for (let i = 0, j = 0, first = 0; ; ) {
      if (this.descend(isInA ? a.children[i] : a, isInB ? b.children[j] : b)) {
        this.point[level] = first;
        return true;
      }
      const boundA = isInA ? a.bounds[i] : maximum;
      const boundB = isInB ? b.bounds[j] : maximum;
      const bound = Math.min(boundA, boundB);
      if (bound === maximum) break;
      if (boundA === bound) i++;
      if (boundB === bound) j++;
      first = bound + 1;
    }
    this.#recordDead(a, b);
    return false;
  }

  #recordDead(a: Node, b: Node): void {
    this.#dead ??= new Map();
    const known = this.#dead.get(a);
    if (known === undefined) this.#dead.set(a, new Set([b]));
    else known.add(b);
  }
}
