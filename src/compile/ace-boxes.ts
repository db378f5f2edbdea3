/** The packets of an ace as boxes over the levels of the diagrams. */
import type { Family } from "../model/address.js";
import type { AnyOf, Endpoint, Matches } from "../model/matches.js";
import { hasPorts } from "../model/service.js";
import { FRAGMENT, ICMP_PROTOCOLS } from "../sets/layout.js";
import type { CompiledAce } from "./compile-acl.js";

/** Boxes of what an ace surely and possibly matches; undefined where they are too many to be worked with. */
export interface AceBoxes {
  readonly surely: readonly Uint32Array[] | undefined;
  readonly possibly: readonly Uint32Array[] | undefined;
}

const NONE: AceBoxes = { surely: [], possibly: [] };
const MOST_BOXES = 512;

/** The boxes of an ace in one family. Most aces are one box, which is found without building a packet set. */
export function boxesOfAce(compiled: CompiledAce, family: Family): AceBoxes {
  const { matches } = compiled.ace;
  if (isOneBox(matches)) {
    const box = compiled.hull(family);
    if (box === undefined) return NONE;
    if (namesTransport(matches)) box[2 * FRAGMENT + 1] = 0;
    const boxes = [box];
    return { surely: matches.unmodeled.length > 0 ? [] : boxes, possibly: boxes };
  }
  const { surely, possibly } = compiled.matches.bounds;
  const boxes = possibly.levelBoxes(family, MOST_BOXES);
  return { possibly: boxes, surely: surely === possibly ? boxes : surely.levelBoxes(family, MOST_BOXES) };
}

/** True iff the hull of the ace holds no other packets than the ace's: every condition is one interval. */
function isOneBox(matches: Matches): boolean {
  const { source, destination, service, tuples, ingressInterface, egressInterface, states, fragment } = matches;
  if (tuples !== undefined || states !== undefined || fragment !== undefined) return false;
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
