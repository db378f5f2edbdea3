/** What an ace matches as a product of ranges over the levels of the diagrams, found without packet sets. */
import type { Family } from "../model/address.js";
import type { AnyOf, Endpoint, Matches } from "../model/matches.js";
import { hasPorts, type PortRange, type Service } from "../model/service.js";
import { isExact } from "../sets/bounds.js";
import { flagRanges, fragmentRange, stateRanges, tagRanges } from "../sets/fields.js";
import { normalizeRanges } from "../sets/intervals.js";
import { FLAGS, FRAGMENT, HIGH, ICMP_PROTOCOLS, LOW, maximumOf, STATE, TAG, TCP } from "../sets/layout.js";
import type { PacketSet } from "../sets/packet-set.js";
import type { CompiledAce } from "./compile-acl.js";

/** A level whose value has to be in one of some disjoint ranges. */
export interface Choice {
  readonly level: number;
  readonly ranges: readonly PortRange[];
}

/**
 * Makes `hull` a box around what an ace possibly matches of a family, and answers what has to be chosen within it, so that
 * all choices hold the ace's packets and no others: of no level where each condition is one interval. `nothing` where the ace
 * matches none of the family; undefined where it takes a packet set to tell.
 */
export function productOfAce(
  compiled: CompiledAce,
  family: Family,
  hull: Uint32Array,
): readonly Choice[] | "nothing" | undefined {
  const { matches } = compiled.ace;
  if (matches.family !== undefined && matches.family !== family) return "nothing";
  if (!compiled.hull(family, hull)) return "nothing";
  const choices = choicesOf(compiled, family);
  if (choices === undefined) return undefined;
  if (namesTransport(matches)) hull[2 * FRAGMENT + 1] = 0;
  return choices;
}

/** What has to be chosen; undefined where the conditions do not tell. */
function choicesOf(compiled: CompiledAce, family: Family): readonly Choice[] | undefined {
  const { source, destination, service, tuples, ingressInterface, egressInterface, states, tags, fragment } =
    compiled.ace.matches;
  if (tuples !== undefined) return undefined;
  if (ingressInterface !== undefined && onlyLiteral(ingressInterface) === undefined) return undefined;
  if (egressInterface !== undefined && onlyLiteral(egressInterface) === undefined) return undefined;
  const only = service && onlyLiteral(service);
  if (service !== undefined && (only === undefined || !hasItsFields(only))) return undefined;
  const choices: Choice[] = only === undefined ? [] : choicesOfService(only);
  if (states !== undefined) choices.push({ level: STATE, ranges: stateRanges(states) });
  if (tags !== undefined) choices.push({ level: TAG, ranges: tagRanges(tags) });
  if (fragment !== undefined) choices.push({ level: FRAGMENT, ranges: [fragmentRange(fragment)] });
  const addresses = [
    choicesOfAddresses(compiled, family, "destination", destination),
    choicesOfAddresses(compiled, family, "source", source),
  ];
  return addresses.includes(undefined) ? undefined : choices.concat(...(addresses as Choice[][]));
}

/** What conditions on addresses leave to be chosen; undefined where they do not tell. */
function choicesOfAddresses(
  compiled: CompiledAce,
  family: Family,
  kind: "source" | "destination",
  lists: readonly AnyOf<Endpoint>[] | undefined,
): readonly Choice[] | undefined {
  if (lists === undefined || isOneInterval(onlyLiteral(lists))) return [];
  if (lists.length > 1) return undefined;
  const bounds = compiled.boundsOf(kind, lists[0]);
  return isExact(bounds) ? choicesOfSet(bounds.possibly, family) : undefined;
}

const KNOWN: Readonly<Record<Family, WeakMap<PacketSet, readonly Choice[] | undefined>>> = {
  ipv4: new WeakMap(),
  ipv6: new WeakMap(),
};

/** The levels that a set tests, if its packets of a family are one product. */
function choicesOfSet(packets: PacketSet, family: Family): readonly Choice[] | undefined {
  if (!KNOWN[family].has(packets)) {
    const product = packets.levelProducts(family, 1)?.[0];
    KNOWN[family].set(packets, product?.flatMap(choiceOfRanges));
  }
  return KNOWN[family].get(packets);
}

function choiceOfRanges(numbers: readonly number[], level: number): Choice[] {
  if (numbers.length === 2 && numbers[0] === 0 && numbers[1] === maximumOf(level)) return [];
  return [{ level, ranges: numbers.flatMap((first, k) => (k % 2 === 0 ? [{ first, last: numbers[k + 1] }] : [])) }];
}

/** The fields of one service that may hold in more than one range. */
function choicesOfService({ sourcePorts, destinationPorts, tcpFlags }: Service): Choice[] {
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

/** The value that lists of one value ask for; undefined where they ask for something else. */
function onlyLiteral<T>(lists: readonly AnyOf<T>[]): T | undefined {
  if (lists.length !== 1 || lists[0].negated || lists[0].operands.length !== 1) return undefined;
  const operand = lists[0].operands[0];
  return "literal" in operand ? operand.literal : undefined;
}

/** An IPv4 range is one; one of IPv6 iff it is free below the first word in which its ends differ. */
function isOneInterval(endpoint: Endpoint | undefined): boolean {
  if (endpoint === undefined || !("first" in endpoint)) return false;
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
