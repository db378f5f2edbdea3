/**
 * A box around all packets an ace can match, found without building its packet sets. Loops count instead of iterating: this
 * runs for every ace, in most runs before it is compiled (docs/decisions/0015-short-runs.md).
 */

import type { Ace } from "../model/acl.js";
import { type AddressRange, ALL_ADDRESSES, type Family } from "../model/address.js";
import {
  type AnyOf,
  type Endpoint,
  type InterfacePattern,
  isNamedEndpoint,
  type NamedEndpoint,
} from "../model/matches.js";
import type { Service } from "../model/service.js";
import type { SourceRef } from "../model/source-ref.js";
import { encodeName, prefixInterval } from "../sets/interface-name.js";
import {
  type Block,
  destinationBlock,
  EGRESS,
  HIGH,
  ICMP_SCALE,
  INGRESS,
  LEVELS,
  LOW,
  PROTOCOL,
  sourceBlock,
} from "../sets/layout.js";
import { WHOLE_BOX } from "../sets/level-boxes.js";
import type { OperandKinds, SetResolver } from "./resolve-sets.js";

/** `[first, last]` for every level of a diagram. */
export type Hull = Uint32Array;

/** The fields of matches that bound a hull. */
const FIELDS = ["source", "destination", "service", "ingressInterface", "egressInterface"] as const;

/**
 * Makes `hull` a box that holds every packet of the family that the ace possibly matches; false, and `hull` is anything,
 * where it plainly matches none.
 */
export function hullOfAce({ matches, at }: Ace, family: Family, resolver: SetResolver, hull: Hull): boolean {
  if (matches.family !== undefined && matches.family !== family) return false;
  hull.set(WHOLE_BOX);
  for (let k = 0; k < FIELDS.length; k++) {
    const field = FIELDS[k];
    const lists: readonly AnyOf<OperandKinds[typeof field]>[] | undefined = matches[field];
    for (let i = 0; lists !== undefined && i < lists.length; i++) {
      const list = lists[i];
      const isOpen = isLiteral(list)
        ? narrowField(hull, field, list, family)
        : narrowResolved(hull, field, list, family, resolver, at);
      if (!isOpen) return false;
    }
  }
  return true;
}

type LiteralsOf<T> = readonly { readonly literal: T }[];

/** One of these values has to hold. */
interface Literals<T> extends AnyOf<T> {
  readonly operands: LiteralsOf<T>;
}

function isLiteral<T>(list: AnyOf<T>): list is Literals<T> {
  if (list.negated) return false;
  for (let i = 0; i < list.operands.length; i++) if (!("literal" in list.operands[i])) return false;
  return true;
}

function narrowResolved<K extends keyof OperandKinds>(
  hull: Hull,
  kind: K,
  list: AnyOf<OperandKinds[K]>,
  family: Family,
  resolver: SetResolver,
  at: SourceRef,
): boolean {
  if (list.negated || list.operands.some((operand) => "unresolved" in operand)) return true;
  const found = resolver.anyOf(kind, list, at).bounds.possibly.hull(family);
  return found !== undefined && intersectHulls(hull, found);
}

function narrowField<K extends keyof OperandKinds>(
  hull: Hull,
  kind: K,
  { operands }: Literals<OperandKinds[K]>,
  family: Family,
): boolean {
  switch (kind) {
    case "source":
      return narrowAddress(hull, sourceBlock(family), operands as LiteralsOf<Endpoint>, family);
    case "destination":
      return narrowAddress(hull, destinationBlock(family), operands as LiteralsOf<Endpoint>, family);
    case "service":
      return narrowService(hull, operands as LiteralsOf<Service>);
    case "ingressInterface":
      return narrowNames(hull, INGRESS, operands as LiteralsOf<InterfacePattern>);
    case "egressInterface":
      return narrowNames(hull, EGRESS, operands as LiteralsOf<InterfacePattern>);
    default:
      return true;
  }
}

function intersectHulls(hull: Hull, other: Hull): boolean {
  for (let level = 0; level < LEVELS; level++) {
    if (!narrowLevel(hull, level, other[2 * level], other[2 * level + 1])) return false;
  }
  return true;
}

function narrowLevel(hull: Hull, level: number, first: number, last: number): boolean {
  hull[2 * level] = Math.max(hull[2 * level], first);
  hull[2 * level + 1] = Math.min(hull[2 * level + 1], last);
  return hull[2 * level] <= hull[2 * level + 1];
}

function narrowAddress(hull: Hull, block: Block, operands: LiteralsOf<Endpoint>, family: Family): boolean {
  const spans: Pick<AddressRange, "first" | "last">[] = [];
  for (let i = 0; i < operands.length; i++) {
    const { literal } = operands[i];
    if (isNamedEndpoint(literal)) return true;
    if (literal.family === family) spans.push(spanOf(literal));
  }
  return narrowWords(hull, block, spans);
}

/** Least and greatest address of a range or masked address. */
function spanOf(endpoint: Exclude<Endpoint, NamedEndpoint>): Pick<AddressRange, "first" | "last"> {
  if ("first" in endpoint) return endpoint;
  const everything = ALL_ADDRESSES[endpoint.family].last;
  return {
    first: endpoint.value,
    last: everything.map((word, i) => (word & (endpoint.value[i] | ~endpoint.mask[i])) >>> 0),
  };
}

function narrowNames(hull: Hull, block: Block, operands: LiteralsOf<InterfacePattern>): boolean {
  const spans = operands.map(({ literal }) => {
    if ("name" in literal) {
      const name = encodeName(literal.name);
      return { first: name, last: name };
    }
    const [first, last] = prefixInterval(literal.prefix);
    return { first, last };
  });
  return narrowWords(hull, block, spans);
}

/** Words are bounded one by one, each only below words that are the same in every address. */
function narrowWords(hull: Hull, block: Block, spans: readonly Pick<AddressRange, "first" | "last">[]): boolean {
  if (spans.length === 0) return false;
  for (let word = 0; word < block.words; word++) {
    let first = spans[0].first[word];
    let last = spans[0].last[word];
    for (let i = 1; i < spans.length; i++) {
      first = Math.min(first, spans[i].first[word]);
      last = Math.max(last, spans[i].last[word]);
    }
    if (!narrowLevel(hull, block.first + word, first, last)) return false;
    if (first !== last) return true;
  }
  return true;
}

function narrowService(hull: Hull, services: LiteralsOf<Service>): boolean {
  let first = 255;
  let last = 0;
  for (let i = 0; i < services.length; i++) {
    const { protocol } = services[i].literal;
    first = Math.min(first, protocol);
    last = Math.max(last, protocol);
  }
  return (
    narrowLevel(hull, PROTOCOL, first, last) &&
    narrowPorts(hull, HIGH, services, "destinationPorts", "icmpTypes") &&
    narrowPorts(hull, LOW, services, "sourcePorts", "icmpCodes")
  );
}

function narrowPorts(
  hull: Hull,
  level: number,
  services: LiteralsOf<Service>,
  ports: "destinationPorts" | "sourcePorts",
  icmp: "icmpTypes" | "icmpCodes",
): boolean {
  let first = 65536;
  let last = -1;
  for (let i = 0; i < services.length; i++) {
    const service = services[i].literal;
    const scale = service[ports] === undefined ? ICMP_SCALE : 1;
    const ranges = service[ports] ?? service[icmp];
    if (ranges === undefined) return true;
    for (let k = 0; k < ranges.length; k++) {
      first = Math.min(first, ranges[k].first * scale);
      last = Math.max(last, ranges[k].last * scale + scale - 1);
    }
  }
  return first <= last && narrowLevel(hull, level, Math.min(first, 65535), Math.min(last, 65535));
}
