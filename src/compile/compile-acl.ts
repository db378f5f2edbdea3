/** An acl made ready to be asked which of its aces can concern a packet set. */
import type { Ace, Acl } from "../model/acl.js";
import type { Family } from "../model/address.js";
import type { AnyOf } from "../model/matches.js";
import type { Bounds } from "../sets/bounds.js";
import { WHOLE_BOX } from "../sets/level-boxes.js";
import type { PacketSet } from "../sets/packet-set.js";
import { type Hull, hullOfAce } from "./ace-hull.js";
import { compileMatches } from "./compile-matches.js";
import { FamilyIndex } from "./family-index.js";
import type { OperandKinds, Resolved, SetResolver } from "./resolve-sets.js";

/** An ace whose packet sets are built when first asked for. */
export class CompiledAce {
  #resolved: Resolved | undefined;
  readonly #resolver: SetResolver;

  constructor(
    readonly ace: Ace,
    resolver: SetResolver,
  ) {
    this.#resolver = resolver;
  }

  /** The packets it surely and possibly matches. */
  get matches(): Resolved {
    this.#resolved ??= compileMatches(this.ace, this.#resolver);
    return this.#resolved;
  }

  /** True iff nothing about its matches is in doubt; what is plain is not turned into packet sets to know. */
  get isExact(): boolean {
    const { source, destination, service, ingressInterface, egressInterface, tuples, unmodeled } = this.ace.matches;
    const areCertain = <K extends keyof OperandKinds>(
      kind: K,
      lists: readonly AnyOf<OperandKinds[K]>[] = [],
    ): boolean =>
      lists.every(
        (list) => asksForGiven(kind, list) || this.#resolver.anyOf(kind, list, this.ace.at).doubts.length === 0,
      );
    return (
      unmodeled.length === 0 &&
      areCertain("source", source) &&
      areCertain("destination", destination) &&
      areCertain("service", service) &&
      areCertain("ingressInterface", ingressInterface) &&
      areCertain("egressInterface", egressInterface) &&
      areCertain("tuple", tuples)
    );
  }

  /** The packets for which one of its conditions holds; aces that name the same group share them. */
  boundsOf<K extends keyof OperandKinds>(kind: K, list: AnyOf<OperandKinds[K]>): Bounds {
    return this.#resolver.anyOf(kind, list, this.ace.at).bounds;
  }

  /** Makes `hull` a box around the packets of a family that it possibly matches; false where there plainly are none. */
  hull(family: Family, hull: Hull): boolean {
    return hullOfAce(this.ace, family, this.#resolver, hull);
  }
}

/** True iff a condition asks for values that are given here and cannot be in doubt. */
function asksForGiven<K extends keyof OperandKinds>(kind: K, { operands }: AnyOf<OperandKinds[K]>): boolean {
  const isGiven = SURE_IF_GIVEN.has(kind);
  return operands.every((operand) => "literal" in operand && (isGiven || "first" in (operand.literal as object)));
}

/** Conditions of which every value is known as such; addresses may have names, or masks that are not followed. */
const SURE_IF_GIVEN: ReadonlySet<keyof OperandKinds> = new Set(["service", "ingressInterface", "egressInterface"]);

// Below this number of aces asking each is as quick as asking an index.
const INDEXED = 32;

export class CompiledAcl {
  /** Enabled aces in the order in which the acl's evaluation asks them, the first that matches deciding. */
  readonly aces: readonly CompiledAce[];
  #isExact: boolean | undefined;
  readonly #indexes = new Map<Family, FamilyIndex>();

  constructor(
    readonly acl: Acl,
    resolver: SetResolver,
  ) {
    const enabled = acl.aces.filter((ace) => ace.enabled);
    this.aces = inDecidingOrder(enabled, acl.evaluation).map((ace) => new CompiledAce(ace, resolver));
  }

  /** True iff no ace is in doubt and no action unknown. */
  get isExact(): boolean {
    this.#isExact ??=
      this.acl.defaultAction.kind !== "unknown" &&
      this.aces.every((one) => one.ace.action.kind !== "unknown" && one.isExact);
    return this.#isExact;
  }

  /** Positions of the aces that can match a packet of the set whatever its state, ascending; perhaps some that cannot. */
  candidates(set: PacketSet): Iterable<number> {
    return this.#meeting((family) => set.hull(family));
  }

  /** The same for the packets that the ace at a position possibly matches, without building their set. */
  neighbours(position: number): Iterable<number> {
    const hull = WHOLE_BOX.slice();
    return this.#meeting((family) => (this.aces[position].hull(family, hull) ? hull : undefined));
  }

  #meeting(hullOf: (family: Family) => Hull | undefined): Iterable<number> {
    if (this.aces.length < INDEXED) return this.aces.keys();
    const found = new Set<number>();
    for (const family of ["ipv4", "ipv6"] as const) {
      const hull = hullOf(family);
      if (hull !== undefined) this.#index(family).forEachMeeting(hull, (position) => found.add(position));
    }
    return Int32Array.from(found).sort();
  }

  #index(family: Family): FamilyIndex {
    let index = this.#indexes.get(family);
    if (index === undefined) {
      index = new FamilyIndex(this.aces.length, (i, hull) => this.aces[i].hull(family, hull));
      this.#indexes.set(family, index);
    }
    return index;
  }
}

/**
 * The order in which the first matching ace decides. Where order has no meaning (any-accept, drop-overrides) aces that
 * cannot decide are left out and those that override come first, an `unknown` action between drops and accepts.
 */
export function inDecidingOrder(aces: readonly Ace[], evaluation: Acl["evaluation"]): readonly Ace[] {
  const isDrop = ({ action }: Ace) => action.kind === "drop" || action.kind === "reject";
  switch (evaluation) {
    case "first-match":
      return aces;
    case "last-match":
      return [...aces].reverse();
    case "any-accept":
      return aces.filter((ace) => !isDrop(ace));
    case "drop-overrides": {
      const isUnknown = ({ action }: Ace) => action.kind === "unknown";
      const rest = aces.filter((ace) => !isDrop(ace) && !isUnknown(ace));
      return [...aces.filter(isDrop), ...aces.filter(isUnknown), ...rest];
    }
  }
}
