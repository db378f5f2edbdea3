/** Asks of one packet whether an ace's matches hold for it: straight over the model, in three-valued logic, without sets. */
import { type AddressRange, isSubrange, type MaskedAddress, rangesOverlap } from "../model/address.js";
import type { DefinedSet } from "../model/device.js";
import type { AnyOf, Endpoint, InterfacePattern, Matches, Operand, Tuple } from "../model/matches.js";
import { hasPorts, type PortRange, type Service } from "../model/service.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Doubt } from "../model/verdict.js";
import { isPoint, type Traveller } from "./evaluate-packet.js";
import { knownAddresses, type Truth as NameTruth, withinDoubt } from "./name-knowledge.js";
import { asksFor, type CompileOptions, namesAllAskedFor, requestedDoubt } from "./requested-names.js";

export type Truth = "yes" | "no" | "maybe";

/** Answers for one packet; whoever answers `maybe` says why in `because`. */
export type Test = (traveller: Traveller, because: Doubt[]) => Truth;

/** The operands of a kind: where their defined sets are, and what a literal means. */
interface OperandReader<T> {
  readonly kind: string;
  readonly sets: DefinedSet["kind"] | undefined;
  readonly literal: (value: T, at: SourceRef) => Test;
}

/** Turns matches into tests; each defined set is read once for each side it is used on. */
export class MatchReader {
  readonly #sets: ReadonlyMap<string, DefinedSet>;
  readonly #names: ReadonlyMap<string, readonly AddressRange[]>;
  readonly #requested: CompileOptions["requested"];
  readonly #read = new Map<string, Test>();
  readonly #open = new Set<string>();

  constructor(sets: readonly DefinedSet[], { names, requested }: CompileOptions) {
    this.#sets = new Map(sets.map((set) => [`${set.kind} ${set.name}`, set]));
    this.#names = names ?? new Map();
    this.#requested = requested;
  }

  /** The test of a whole ace. */
  testOf(matches: Matches, at: SourceRef): Test {
    const tests: Test[] = [];
    const { family, states, tags, fragment } = matches;
    if (family !== undefined) tests.push(({ packet }) => truth(packet.family === family));
    if (fragment !== undefined) tests.push(({ packet }) => truth(packet.fragment === fragment));
    if (states !== undefined) tests.push(({ state }) => truth(states.includes(state)));
    if (tags !== undefined) tests.push(({ tag }) => truth(tags.includes(tag)));
    const add = <T>(reader: OperandReader<T>, lists: readonly AnyOf<T>[] | undefined) => {
      for (const list of lists ?? []) tests.push(this.#anyOf(list, at, reader));
    };
    add({ kind: "ingress", sets: undefined, literal: isIngress }, matches.ingressInterface);
    add({ kind: "egress", sets: undefined, literal: isEgress }, matches.egressInterface);
    add({ kind: "service", sets: "service", literal: serviceTest }, matches.service);
    add({ kind: "source", sets: "prefix", literal: this.#endpoint("source") }, matches.source);
    add({ kind: "destination", sets: "prefix", literal: this.#endpoint("destination") }, matches.destination);
    add({ kind: "tuple", sets: "tuple", literal: (tuple, where) => this.#tuple(tuple, where) }, matches.tuples);
    for (const condition of matches.unmodeled) tests.push(always({ condition, at }));
    return allOf(tests);
  }

  #anyOf<T>({ operands, negated }: AnyOf<T>, at: SourceRef, reader: OperandReader<T>): Test {
    const test = namesAllAskedFor(operands, this.#requested)
      ? () => "yes" as const
      : someOf(operands.map((operand) => this.#operand(operand, at, reader)));
    return negated ? (traveller, because) => not(test(traveller, because)) : test;
  }

  #operand<T>(operand: Operand<T>, at: SourceRef, reader: OperandReader<T>): Test {
    if ("literal" in operand) return reader.literal(operand.literal, at);
    if ("unresolved" in operand) return always({ condition: operand.unresolved, at });
    const name = operand.setRef;
    const key = `${reader.kind} ${name}`;
    const known = this.#read.get(key);
    if (known !== undefined) return known;
    const set = reader.sets === undefined ? undefined : this.#sets.get(`${reader.sets} ${name}`);
    if (set === undefined) return always({ condition: `the set \`${name}\` is not defined`, at });
    if (this.#open.has(key)) return always({ condition: `the set \`${name}\` contains itself`, at: set.at });
    if (this.#open.size === DEEPEST)
      return always({ condition: `the set \`${name}\` is nested too deeply`, at: set.at });
    this.#open.add(key);
    const members = set.members as readonly Operand<T>[];
    const test = someOf(members.map((member) => this.#operand(member, set.at, reader)));
    this.#open.delete(key);
    this.#read.set(key, test);
    return test;
  }

  #endpoint(side: "source" | "destination"): (endpoint: Endpoint, at: SourceRef) => Test {
    return (endpoint, at) => {
      if ("first" in endpoint) return (traveller, because) => isWithin(traveller, side, endpoint, because);
      if ("mask" in endpoint) return (traveller, because) => fitsMask(traveller, side, endpoint, because);
      if ("requested" in endpoint) return requestedTest(asksFor(endpoint.requested, this.#requested), endpoint, at);
      const known = this.#names.get(endpoint.fqdn.toLowerCase());
      if (known === undefined) return always({ condition: `the addresses of \`${endpoint.fqdn}\` are not known`, at });
      const test = someOf(known.map((range) => (traveller, because) => isWithin(traveller, side, range, because)));
      if ("exactly" in knownAddresses(known)) return test;
      return allOf([test, always({ condition: withinDoubt(endpoint.fqdn), at })]);
    };
  }

  #tuple(tuple: Tuple, at: SourceRef): Test {
    const { source, destination, service, ingressInterface, egressInterface } = tuple;
    return allOf([
      ...(source === undefined ? [] : [this.#endpoint("source")(source, at)]),
      ...(destination === undefined ? [] : [this.#endpoint("destination")(destination, at)]),
      ...(service === undefined ? [] : [serviceTest(service)]),
      ...(ingressInterface === undefined ? [] : [isIngress(ingressInterface)]),
      ...(egressInterface === undefined ? [] : [isEgress(egressInterface)]),
    ]);
  }
}

const DEEPEST = 200;

function requestedTest(answer: NameTruth, { requested }: { readonly requested: string }, at: SourceRef): Test {
  if (answer === "unknown") return always({ condition: requestedDoubt(requested), at });
  return () => answer;
}

function truth(holds: boolean): Truth {
  return holds ? "yes" : "no";
}

function not(value: Truth): Truth {
  return value === "maybe" ? value : truth(value === "no");
}

function always(doubt: Doubt): Test {
  return (_, because) => {
    because.push(doubt);
    return "maybe";
  };
}

function allOf(tests: readonly Test[]): Test {
  return (traveller, because) => {
    let result: Truth = "yes";
    for (const test of tests) {
      const answer = test(traveller, because);
      if (answer === "no") return answer;
      if (answer === "maybe") result = answer;
    }
    return result;
  };
}

function someOf(tests: readonly Test[]): Test {
  if (tests.length === 1) return tests[0];
  return (traveller, because) => {
    let result: Truth = "no";
    for (const test of tests) {
      const answer = test(traveller, because);
      if (answer === "yes") return answer;
      if (answer === "maybe") result = answer;
    }
    return result;
  };
}

function isWithin(traveller: Traveller, side: "source" | "destination", range: AddressRange, because: Doubt[]): Truth {
  const values = traveller[side];
  if (values.length === 1) {
    const [value] = values;
    if (!rangesOverlap(value, range)) return "no";
    if (isSubrange(value, range)) return "yes";
  } else if (values.every((value) => isSubrange(value, range))) return "yes";
  else if (!values.some((value) => rangesOverlap(value, range))) return "no";
  because.push(...traveller.choices);
  return "maybe";
}

function fitsMask(
  traveller: Traveller,
  side: "source" | "destination",
  masked: MaskedAddress,
  because: Doubt[],
): Truth {
  const values = traveller[side];
  if (values[0].family !== masked.family) return "no";
  if (values.length === 1 && isPoint(values[0])) {
    const words = values[0].first;
    return truth(words.every((word, i) => (word & masked.mask[i]) >>> 0 === masked.value[i]));
  }
  because.push(...traveller.choices);
  return "maybe";
}

function serviceTest(service: Service): Test {
  const { protocol, sourcePorts, destinationPorts, icmpTypes, icmpCodes, tcpFlags } = service;
  return (traveller, because) => {
    const { packet } = traveller;
    if (packet.protocol !== protocol) return "no";
    const isWhole = packet.fragment === "first-or-whole";
    const needsPorts = sourcePorts !== undefined || destinationPorts !== undefined;
    if (needsPorts && !(isWhole && hasPorts(protocol))) return "no";
    if (!holdsValue(icmpTypes, packet.icmpType) || !holdsValue(icmpCodes, packet.icmpCode)) return "no";
    if (tcpFlags !== undefined) {
      if (packet.tcpFlags === undefined || (packet.tcpFlags & tcpFlags.mask) !== tcpFlags.value) return "no";
    }
    const source = holdsPort(sourcePorts, traveller.sourcePort);
    const destination = holdsPort(destinationPorts, traveller.destinationPort);
    if (source === "no" || destination === "no") return "no";
    if (source === "yes" && destination === "yes") return "yes";
    because.push(...traveller.choices);
    return "maybe";
  };
}

function holdsValue(ranges: readonly PortRange[] | undefined, value: number | undefined): boolean {
  if (ranges === undefined) return true;
  return value !== undefined && ranges.some(({ first, last }) => first <= value && value <= last);
}

function holdsPort(ranges: readonly PortRange[] | undefined, value: PortRange | undefined): Truth {
  if (ranges === undefined) return "yes";
  if (value === undefined) return "no";
  if (ranges.some(({ first, last }) => first <= value.first && value.last <= last)) return "yes";
  return ranges.some(({ first, last }) => first <= value.last && value.first <= last) ? "maybe" : "no";
}

function isIngress(pattern: InterfacePattern): Test {
  return ({ packet }) => truth(isNamed(packet.ingressInterface, pattern));
}

function isEgress(pattern: InterfacePattern): Test {
  return ({ packet, isRerouted, choices }, because) => {
    if (isRerouted !== true) return truth(isNamed(packet.egressInterface, pattern));
    because.push(...choices);
    return "maybe";
  };
}

function isNamed(name: string, pattern: InterfacePattern): boolean {
  return "name" in pattern ? pattern.name === name : name.startsWith(pattern.prefix);
}
