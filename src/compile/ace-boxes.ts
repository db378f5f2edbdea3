/** The packets of an ace as boxes over the levels of the diagrams. */
import type { Family } from "../model/address.js";
import type { AnyOf, Endpoint, Matches } from "../model/matches.js";
import { hasPorts } from "../model/service.js";
import { FRAGMENT, ICMP_PROTOCOLS } from "../sets/layout.js";
import type { CompiledAce } from "./compile-acl.js";
import { LevelTable, WHOLE_BOX } from "./level-table.js";

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

/** The boxes of the aces of one family, added one ace after another. Most aces are one box, found without a packet set. */
export class AceBoxTable {
  readonly boxes = new LevelTable();
  readonly #hull = WHOLE_BOX.slice();

  constructor(readonly family: Family) {}

  /** The boxes of one more ace. */
  add(compiled: CompiledAce): AceBoxes {
    const { matches } = compiled.ace;
    if (matches.family !== undefined && matches.family !== this.family) return NONE;
    if (!isOneBox(matches)) return this.#addSets(compiled);
    if (!compiled.hull(this.family, this.#hull)) return NONE;
    if (namesTransport(matches)) this.#hull[2 * FRAGMENT + 1] = 0;
    this.boxes.add(this.#hull);
    const span = { from: this.boxes.count - 1, to: this.boxes.count };
    return { surely: matches.unmodeled.length > 0 ? NO_SPAN : span, possibly: span };
  }

  #addSets(compiled: CompiledAce): AceBoxes {
    const { surely, possibly } = compiled.matches.bounds;
    const span = this.#addAll(possibly.levelBoxes(this.family, MOST_BOXES));
    if (surely === possibly) return { surely: span, possibly: span };
    return { surely: this.#addAll(surely.levelBoxes(this.family, MOST_BOXES)), possibly: span };
  }

  #addAll(boxes: readonly Uint32Array[] | undefined): Span | undefined {
    if (boxes === undefined) return undefined;
    const from = this.boxes.count;
    for (const box of boxes) this.boxes.add(box);
    return { from, to: this.boxes.count };
  }
}

/** True iff the hull of the ace holds no other packets than the ace's: every condition is one interval. */
function isOneBox(matches: Matches): boolean {
  const { source, destination, service, tuples, ingressInterface, egressInterface, states, tags, fragment } = matches;
  if (tuples !== undefined || states !== undefined || tags !== undefined || fragment !== undefined) return false;
  if (!isOneLiteral(ingressInterface) || !isOneLiteral(egressInterface)) return false;
  if (!isOneLiteral(source, isOneInterval) || !isOneLiteral(destination, isOneInterval)) return false;
  return isOneLiteral(service, (literal) => {
    const { protocol, sourcePorts, destinationPorts, icmpTypes, icmpCodes, tcpFlags } = literal;
    if ((sourcePorts ?? destinationPorts) !== undefined && !hasPorts(protocol)) return false;
    if ((icmpTypes ?? icmpCodes) !== undefined && !ICMP_PROTOCOLS.includes(protocol)) return false;
    const lists = [sourcePorts, destinationPorts, icmpTypes, icmpCodes];
    return tcpFlags === undefined && lists.every((list) => list === undefined || list.length === 1);
  });
}

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
  const differs = first.findIndex((word, i) => word !== last[i]);
  return differs < 0 || first.every((word, i) => i <= differs || (word === 0 && last[i] === 0xffffffff));
}

function namesTransport({ service }: Matches): boolean {
  return (service ?? []).some(({ operands }) =>
    operands.some((operand) => "literal" in operand && Object.keys(operand.literal).length > 1),
  );
}
