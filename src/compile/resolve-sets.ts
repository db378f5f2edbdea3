/** Turns lists of operands, with the defined sets they refer to, into packet sets bounded from both sides. */
import type { AddressRange, MaskedAddress } from "../model/address.js";
import type { DefinedSet } from "../model/device.js";
import type { AnyOf, Endpoint, InterfacePattern, Operand, Tuple } from "../model/matches.js";
import type { Service } from "../model/service.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Doubt } from "../model/verdict.js";
import { type Bounds, complementBounds, exactly, intersectBounds, someOf, uniteBounds } from "../sets/bounds.js";
import type { HostSet } from "../sets/host-set.js";
import { canExpand } from "../sets/intervals.js";
import { type PacketFields, PacketSet } from "../sets/packet-set.js";
import { knownAddresses, withinDoubt } from "./name-knowledge.js";
import { asksFor, type CompileOptions, namesAllAskedFor, requestedDoubt } from "./requested-names.js";

export type { CompileOptions };

/** The packets of a condition, and what stands in the way of knowing them exactly. */
export interface Resolved {
  readonly bounds: Bounds;
  readonly doubts: readonly Doubt[];
}

/** The kinds of operand, with what a literal of each is. */
export interface OperandKinds {
  source: Endpoint;
  destination: Endpoint;
  service: Service;
  tuple: Tuple;
  ingressInterface: InterfacePattern;
  egressInterface: InterfacePattern;
}
type Kind = keyof OperandKinds;

const SET_KINDS: Readonly<Record<Kind, DefinedSet["kind"] | undefined>> = {
  source: "prefix",
  destination: "prefix",
  service: "service",
  tuple: "tuple",
  ingressInterface: undefined,
  egressInterface: undefined,
};

const DEEPEST = 200;

/** Resolves the operands of one device; each defined set is compiled once for each side it is used on. */
export class SetResolver {
  readonly #sets = new Map<string, DefinedSet>();
  readonly #resolved = new Map<string, Resolved>();
  readonly #open = new Set<string>();
  readonly #names: ReadonlyMap<string, readonly AddressRange[]>;
  readonly #requested: HostSet | undefined;

  constructor(sets: readonly DefinedSet[], options: CompileOptions) {
    for (const set of sets) this.#sets.set(`${set.kind} ${set.name}`, set);
    this.#names = options.names ?? new Map();
    this.#requested = options.requested;
  }

  /** The packets for which some operand holds, or none of them where the list is negated. */
  anyOf<K extends Kind>(kind: K, { operands, negated }: AnyOf<OperandKinds[K]>, at: SourceRef): Resolved {
    const { bounds, doubts } = this.#operands(kind, operands, at);
    return negated ? { bounds: complementBounds(bounds), doubts } : { bounds, doubts };
  }

  #operands<K extends Kind>(kind: K, operands: readonly Operand<OperandKinds[K]>[], at: SourceRef): Resolved {
    if (namesAllAskedFor(operands, this.#requested)) return sure(PacketSet.all);
    const ranges: PlainEndpoint[] = [];
    const parts: Resolved[] = [];
    for (const operand of operands) {
      if ("setRef" in operand) parts.push(this.#set(kind, operand.setRef, at));
      else if ("unresolved" in operand) parts.push(doubtful(operand.unresolved, at));
      else if (isPlainEndpoint(kind, operand.literal)) ranges.push(operand.literal);
      else parts.push(this.#literal(kind, operand.literal, at));
    }
    if (ranges.length > 0) parts.push(sure(PacketSet.fromFields(sideFields(kind, ranges))));
    return parts.length === 1 ? parts[0] : unite(parts);
  }

  #literal<K extends Kind>(kind: K, literal: OperandKinds[K], at: SourceRef): Resolved {
    switch (kind) {
      case "service":
        return sure(serviceSet(literal as Service));
      case "tuple":
        return this.#tuple(literal as Tuple, at);
      case "ingressInterface":
        return sure(PacketSet.fromFields({ ingressInterfaces: [literal as InterfacePattern] }));
      case "egressInterface":
        return sure(PacketSet.fromFields({ egressInterfaces: [literal as InterfacePattern] }));
      default:
        return this.#endpoint(kind, literal as Endpoint, at);
    }
  }

  /** A name, or a mask too scattered for intervals. */
  #endpoint(kind: Kind, endpoint: Endpoint, at: SourceRef): Resolved {
    if ("fqdn" in endpoint) {
      const known = this.#names.get(endpoint.fqdn.toLowerCase());
      if (known === undefined) return doubtful(`the addresses of \`${endpoint.fqdn}\` are not known`, at);
      const packets = PacketSet.fromFields(sideFields(kind, known));
      if ("exactly" in knownAddresses(known)) return sure(packets);
      return { bounds: someOf(packets), doubts: [{ condition: withinDoubt(endpoint.fqdn), at }] };
    }
    if ("requested" in endpoint) return this.#requestedName(endpoint.requested, at);
    if ("first" in endpoint || canExpand(endpoint)) return sure(PacketSet.fromFields(sideFields(kind, [endpoint])));
    const condition = "a mask too scattered to be followed exactly";
    return { bounds: someOf(PacketSet.fromFields({ family: endpoint.family })), doubts: [{ condition, at }] };
  }

  #requestedName(pattern: string, at: SourceRef): Resolved {
    const answer = asksFor(pattern, this.#requested);
    if (answer === "unknown") return doubtful(requestedDoubt(pattern), at);
    return sure(answer === "yes" ? PacketSet.all : PacketSet.none);
  }

  #tuple(tuple: Tuple, at: SourceRef): Resolved {
    const { source, destination, service, ingressInterface, egressInterface } = tuple;
    const parts = [
      ...(source === undefined ? [] : [this.#endpoint("source", source, at)]),
      ...(destination === undefined ? [] : [this.#endpoint("destination", destination, at)]),
      ...(service === undefined ? [] : [sure(serviceSet(service))]),
      ...(ingressInterface === undefined ? [] : [this.#literal("ingressInterface", ingressInterface, at)]),
      ...(egressInterface === undefined ? [] : [this.#literal("egressInterface", egressInterface, at)]),
    ];
    return conjunction(parts);
  }

  #set(kind: Kind, name: string, at: SourceRef): Resolved {
    const set = this.#sets.get(`${SET_KINDS[kind]} ${name}`);
    if (set === undefined) return doubtful(`the set \`${name}\` is not defined`, at);
    const key = `${kind} ${name}`;
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    if (this.#open.has(key)) return doubtful(`the set \`${name}\` contains itself`, set.at);
    if (this.#open.size === DEEPEST) return doubtful(`the set \`${name}\` is nested too deeply`, set.at);
    this.#open.add(key);
    const resolved = this.#operands(kind, set.members as readonly Operand<OperandKinds[Kind]>[], set.at);
    this.#open.delete(key);
    this.#resolved.set(key, resolved);
    return resolved;
  }
}

/** The packets of a service. */
function serviceSet(service: Service): PacketSet {
  const { protocol, tcpFlags, ...lists } = service;
  return PacketSet.fromFields({
    protocols: [{ first: protocol, last: protocol }],
    ...lists,
    ...(tcpFlags === undefined ? {} : { tcpFlags: [tcpFlags] }),
  });
}

/** Packets of which nothing is doubtful. */
export function sure(set: PacketSet): Resolved {
  return { bounds: exactly(set), doubts: [] };
}

/** The packets for which every part holds. */
export function conjunction(parts: readonly Resolved[]): Resolved {
  return parts.reduce(
    (all, part) => ({
      bounds: intersectBounds(all.bounds, part.bounds),
      doubts: part.doubts.length === 0 ? all.doubts : [...all.doubts, ...part.doubts],
    }),
    sure(PacketSet.all),
  );
}

function unite(parts: readonly Resolved[]): Resolved {
  return {
    bounds: uniteBounds(parts.map((part) => part.bounds)),
    doubts: parts.flatMap((part) => part.doubts),
  };
}

function doubtful(condition: string, at: SourceRef): Resolved {
  return { bounds: someOf(PacketSet.all), doubts: [{ condition, at }] };
}

type PlainEndpoint = AddressRange | MaskedAddress;

/** True iff the literal is an address operand that one set of intervals holds exactly. */
function isPlainEndpoint(kind: Kind, literal: OperandKinds[Kind]): literal is PlainEndpoint {
  if (kind !== "source" && kind !== "destination") return false;
  return "first" in literal || ("mask" in literal && canExpand(literal));
}

function sideFields(kind: Kind, ranges: readonly PlainEndpoint[]): PacketFields {
  return kind === "source" ? { sources: ranges } : { destinations: ranges };
}
