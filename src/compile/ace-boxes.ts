/** The packets of an ace as boxes over the levels of the diagrams. */
import type { Family } from "../model/address.js";
import type { Packet } from "../model/flow.js";
import type { AnyOf, Endpoint, Matches } from "../model/matches.js";
import { hasPorts, type PortRange, type Service } from "../model/service.js";
import { witnessOfBoxes } from "../sets/box-witness.js";
import { flagRanges, fragmentRange, stateRanges, tagRanges } from "../sets/fields.js";
import { normalizeRanges } from "../sets/intervals.js";
import { FLAGS, FRAGMENT, HIGH, ICMP_PROTOCOLS, LOW, STATE, TAG, TCP } from "../sets/layout.js";
import type { CompiledAce } from "./compile-acl.js";
import { type LevelBounds, LevelTable, narrowBox, WHOLE_BOX } from "./level-table.js";

/** Boxes in a table: from one on, up to but not including another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Boxes of what an ace surely and possibly matches; undefined where they are too many to be worked with. */
export interface AceBoxes {
  readonly surely: Span | undefined;
  readonly possibly: Span | undefined;
}

const NO_SPAN: Span = { from: 0, to: 0 };
const NONE: AceBoxes = { surely: NO_SPAN, possibly: NO_SPAN };
const MOST_BOXES = 512;
const FEW_BOXES = 32;

/** The boxes of the aces of one family, added one ace after another. Those of most aces are found without a packet set. */
export class AceBoxTable {
  readonly boxes = new LevelTable();
  readonly #hull = WHOLE_BOX.slice();

  constructor(readonly family: Family) {}

  /** The boxes of one more ace, of its packets within bounds. */
  add(compiled: CompiledAce, within: readonly LevelBounds[] = []): AceBoxes {
    const { matches } = compiled.ace;
    if (matches.family !== undefined && matches.family !== this.family) return NONE;
    const choices = choicesOf(matches);
    if (choices === undefined) return this.#addSets(compiled, within);
    if (!compiled.hull(this.family, this.#hull)) return NONE;
    if (namesTransport(matches)) this.#hull[2 * FRAGMENT + 1] = 0;
    if (!narrowBox(this.#hull, within)) return NONE;
    const from = this.boxes.count;
    this.#addChosen(choices, 0);
    const span = { from, to: this.boxes.count };
    return { surely: matches.unmodeled.length > 0 ? NO_SPAN : span, possibly: span };
  }

  /** Adds what the hull has in one range of each choice from `next` on, for every way to choose. */
  #addChosen(choices: readonly Choice[], next: number): void {
    const hull = this.#hull;
    if (next === choices.length) {
      this.boxes.add(hull);
      return;
    }
    const { level, ranges } = choices[next];
    const first = hull[2 * level];
    const last = hull[2 * level + 1];
    for (const range of ranges) {
      hull[2 * level] = Math.max(first, range.first);
      hull[2 * level + 1] = Math.min(last, range.last);
      if (hull[2 * level] <= hull[2 * level + 1]) this.#addChosen(choices, next + 1);
    }
    hull[2 * level] = first;
    hull[2 * level + 1] = last;
  }

  /** One box around what the ace possibly matches within bounds, or none. */
  addHull(compiled: CompiledAce, within: readonly LevelBounds[]): Span {
    const from = this.boxes.count;
    if (compiled.hull(this.family, this.#hull) && narrowBox(this.#hull, within)) this.boxes.add(this.#hull);
    return { from, to: this.boxes.count };
  }

  #addSets(compiled: CompiledAce, within: readonly LevelBounds[]): AceBoxes {
    const { surely, possibly } = compiled.matches.bounds;
    const span = this.#addAll(possibly.levelBoxes(this.family, MOST_BOXES), within);
    if (surely === possibly) return { surely: span, possibly: span };
    return { surely: this.#addAll(surely.levelBoxes(this.family, MOST_BOXES), within), possibly: span };
  }

  #addAll(boxes: readonly Uint32Array[] | undefined, within: readonly LevelBounds[]): Span | undefined {
    if (boxes === undefined) return undefined;
    const from = this.boxes.count;
    for (const box of boxes) if (narrowBox(box, within)) this.boxes.add(box);
    return { from, to: this.boxes.count };
  }
}

/** The witness of what an ace possibly matches, found without its packet set; undefined where that takes many boxes. */
export function witnessOfAce(compiled: CompiledAce): Packet | undefined {
  const { family } = compiled.ace.matches;
  if (family === undefined) return undefined;
  const table = new AceBoxTable(family);
  const { possibly } = table.add(compiled);
  if (possibly === undefined || possibly.to - possibly.from > FEW_BOXES) return undefined;
  const boxes = Array.from({ length: possibly.to - possibly.from }, (_, i) => table.boxes.box(possibly.from + i));
  return witnessOfBoxes(boxes, family);
}

/** A level whose value has to be in one of some disjoint ranges. */
interface Choice {
  readonly level: number;
  readonly ranges: readonly PortRange[];
}

/**
 * What has to be chosen within the hull of an ace, so that the boxes of all choices hold its packets and no others: nothing
 * where each condition is one interval. Undefined where that cannot be said, or takes too many boxes.
 */
function choicesOf(matches: Matches): readonly Choice[] | undefined {
  const { source, destination, service, tuples, ingressInterface, egressInterface, states, tags, fragment } = matches;
  if (tuples !== undefined || !isOneLiteral(ingressInterface) || !isOneLiteral(egressInterface)) return undefined;
  if (!isOneLiteral(source, isOneInterval) || !isOneLiteral(destination, isOneInterval)) return undefined;
  if (!isOneLiteral(service, hasItsFields)) return undefined;
  const choices: Choice[] = service === undefined ? [] : choicesOfService(service);
  if (states !== undefined) choices.push({ level: STATE, ranges: stateRanges(states) });
  if (tags !== undefined) choices.push({ level: TAG, ranges: tagRanges(tags) });
  if (fragment !== undefined) choices.push({ level: FRAGMENT, ranges: [fragmentRange(fragment)] });
  return choices.reduce((count, { ranges }) => count * ranges.length, 1) > MOST_BOXES ? undefined : choices;
}

/** The fields of one service that may hold in more than one range. */
function choicesOfService([{ operands }]: readonly AnyOf<Service>[]): Choice[] {
  const { sourcePorts, destinationPorts, tcpFlags } = (operands[0] as { readonly literal: Service }).literal;
  const choices: Choice[] = [];
  if (sourcePorts !== undefined && sourcePorts.length > 1)
    choices.push({ level: LOW, ranges: normalizeRanges(sourcePorts) });
  if (destinationPorts !== undefined && destinationPorts.length > 1)
    choices.push({ level: HIGH, ranges: normalizeRanges(destinationPorts) });
  if (tcpFlags !== undefined) choices.push({ level: FLAGS, ranges: flagRanges(tcpFlags) });
  return choices;
}

/** True iff its protocol has the fields that are asked for, and a type and a code of ICMP are single intervals. */
function hasItsFields({ protocol, sourcePorts, destinationPorts, icmpTypes, icmpCodes, tcpFlags }: Service): boolean {
  if ((sourcePorts ?? destinationPorts) !== undefined && !hasPorts(protocol)) return false;
  if ((icmpTypes ?? icmpCodes) !== undefined && !ICMP_PROTOCOLS.includes(protocol)) return false;
  if (tcpFlags !== undefined && protocol !== TCP) return false;
  return (icmpTypes ?? ANY).length === 1 && (icmpCodes ?? ANY).length === 1;
}

const ANY: readonly PortRange[] = [{ first: 0, last: 255 }];

function isOneLiteral<T>(
  lists: readonly AnyOf<T>[] | undefined,
  isSimple: (literal: T) => boolean = () => true,
): boolean {
  if (lists === undefined) return true;
  if (lists.length !== 1 || lists[0].negated || lists[0].operands.length !== 1) return false;
  const [operand] = lists[0].operands;
  return "literal" in operand && isSimple(operand.literal);
}

/** An IPv4 range is one; one of IPv6 iff it is free below the first word in which its ends differ. */
function isOneInterval(endpoint: Endpoint): boolean {
  if (!("first" in endpoint)) return false;
  const { first, last } = endpoint;
  if (first.length === 1) return true;
  const differs = first.findIndex((word, i) => word !== last[i]);
  return differs < 0 || first.every((word, i) => i <= differs || (word === 0 && last[i] === 0xffffffff));
}

function namesTransport({ service }: Matches): boolean {
  return (service ?? []).some(({ operands }) =>
    operands.some((operand) => "literal" in operand && Object.keys(operand.literal).length > 1),
  );
}
