/** Turns what an ace matches into the packets it surely and possibly matches. */
import type { Ace } from "../model/acl.js";
import type { AnyOf, Matches } from "../model/matches.js";
import { someOf } from "../sets/bounds.js";
import { type PacketFields, PacketSet } from "../sets/packet-set.js";
import { conjunction, type OperandKinds, type Resolved, type SetResolver, sure } from "./resolve-sets.js";

/** The packets an ace matches: surely ⊆ what the device matches ⊆ possibly, with the doubts that lie between. */
export function compileMatches({ matches, at }: Pick<Ace, "matches" | "at">, resolver: SetResolver): Resolved {
  const { simple, complex } = splitConditions(matches);
  const parts = [sure(PacketSet.fromFields(simple))];
  for (const [kind, list] of complex) parts.push(resolver.anyOf(kind, list, at));
  const fields = conjunction(parts);
  if (matches.unmodeled.length === 0) return fields;
  const conditions = matches.unmodeled.map((condition) => ({ condition, at }));
  return { bounds: someOf(fields.bounds.possibly), doubts: [...fields.doubts, ...conditions] };
}

type Condition = { [K in keyof OperandKinds]: readonly [K, AnyOf<OperandKinds[K]>] }[keyof OperandKinds];

/** Most aces ask each field once and literally: those conditions make one set at once, the others are intersected with it. */
function splitConditions(matches: Matches): { simple: PacketFields; complex: readonly Condition[] } {
  const complex: Condition[] = [];
  const sources = takeLiterals("source", matches.source, complex);
  const destinations = takeLiterals("destination", matches.destination, complex);
  const services = takeLiterals("service", matches.service, complex);
  const ingressInterfaces = takeLiterals("ingressInterface", matches.ingressInterface, complex);
  const egressInterfaces = takeLiterals("egressInterface", matches.egressInterface, complex);
  for (const list of matches.tuples ?? []) complex.push(["tuple", list]);
  const simple: PacketFields = {
    ...(matches.family === undefined ? {} : { family: matches.family }),
    ...(matches.states === undefined ? {} : { states: matches.states }),
    ...(matches.tags === undefined ? {} : { tags: matches.tags }),
    ...(matches.fragment === undefined ? {} : { fragment: matches.fragment }),
    ...(sources === undefined ? {} : { sources: sources as NonNullable<PacketFields["sources"]> }),
    ...(destinations === undefined ? {} : { destinations: destinations as NonNullable<PacketFields["sources"]> }),
    ...(services === undefined ? {} : serviceFields(services[0])),
    ...(ingressInterfaces === undefined ? {} : { ingressInterfaces }),
    ...(egressInterfaces === undefined ? {} : { egressInterfaces }),
  };
  return { simple, complex };
}

/** The literals of the one plain list that a field has, if it has one; every other list of the field goes to `complex`. */
function takeLiterals<K extends keyof OperandKinds>(
  kind: K,
  lists: readonly AnyOf<OperandKinds[K]>[] | undefined,
  complex: Condition[],
): readonly OperandKinds[K][] | undefined {
  if (lists === undefined) return undefined;
  const plain = lists.findIndex((list) => isPlain(kind, list));
  lists.forEach((list, i) => {
    if (i !== plain) complex.push([kind, list] as unknown as Condition);
  });
  if (plain < 0) return undefined;
  return lists[plain].operands.map((operand) => (operand as { literal: OperandKinds[K] }).literal);
}

function isPlain<K extends keyof OperandKinds>(kind: K, { operands, negated }: AnyOf<OperandKinds[K]>): boolean {
  if (negated || (kind === "service" && operands.length !== 1)) return false;
  return operands.every((operand) => {
    if (!("literal" in operand)) return false;
    return (kind !== "source" && kind !== "destination") || "first" in (operand.literal as object);
  });
}

/** The fields of the packets of one service. */
export function serviceFields({ protocol, tcpFlags, ...lists }: OperandKinds["service"]): PacketFields {
  return {
    protocols: [{ first: protocol, last: protocol }],
    ...lists,
    ...(tcpFlags === undefined ? {} : { tcpFlags: [tcpFlags] }),
  };
}
