/** Finds out whether anything would change without a rule that packets reach. */
import type { CompiledAcl } from "../compile/compile-acl.js";
import { RedundantAces } from "../compile/redundant-aces.js";
import { walkAcl } from "../compile/walk-acl.js";
import type { Packet } from "../model/flow.js";
import { hasPorts, PROTOCOL_NUMBERS } from "../model/service.js";
import type { SourceRef } from "../model/source-ref.js";
import { Budget } from "../sets/budget.js";
import { decodeName } from "../sets/interface-name.js";
import { PacketSet } from "../sets/packet-set.js";
import type { Root } from "./attachment.js";
import type { PointWalks } from "./point-walks.js";
import type { ReachSurvey } from "./reach.js";
import type { Rule } from "./rules.js";

/** What would decide a rule's packets alike if the rule were not there: aces, and perhaps defaults; none named: too many. */
export interface Replacement {
  readonly aces: readonly SourceRef[];
  readonly defaults: readonly SourceRef[];
}

/** Work on the sets of all rules of acls that lead to others. */
const STEPS_OF_WALKS = 1_000_000;
const MOST_CORNERS = 6;

/** Work on finding what replaces one rule: the answer without it holds as well. */
const STEPS_OF_DETAILS = 20_000;

const DECIDING: ReadonlySet<string> = new Set(["accept", "drop", "reject"]);

export class RedundancySearch {
  readonly #survey: ReachSurvey;
  readonly #budget: Budget;
  readonly #points: PointWalks;
  readonly #plain: ReadonlySet<Root>;
  readonly #byAcl = new Map<CompiledAcl, RedundantAces>();
  readonly #budgetOfWalks = new Budget(STEPS_OF_WALKS);
  /** Places of aces that conditions decide about: another ace or the default stands in for them as well. */
  readonly #conditional: ReadonlySet<SourceRef>;

  constructor(survey: ReachSurvey, budget: Budget) {
    this.#survey = survey;
    this.#budget = budget;
    this.#points = survey.points;
    this.#plain = new Set(survey.roots.filter((root) => isPlain(survey, root)));
    const aces = [...survey.compiled.acls.values()].flatMap((acl) => acl.aces.map(({ ace }) => ace));
    this.#conditional = new Set(aces.filter(({ matches }) => matches.unmodeled.length > 0).map(({ at }) => at));
  }

  /**
   * What makes a live rule redundant; undefined iff some packet might fare otherwise without it, `undecided` iff that is too
   * complex. Only rules that decide can be redundant: others are there for what they do besides.
   */
  find(rule: Rule): Replacement | undefined | "undecided" {
    const kind = rule.action?.kind;
    if (kind !== "accept" && kind !== "drop" && kind !== "reject") return undefined;
    const roots = this.#survey.roots.filter(({ acls }) => rule.aces.some(({ acl }) => acls.has(acl.acl.name)));
    let isUndecided = false;
    for (const root of roots) {
      const answer = this.#plain.has(root) ? this.#inFlat(rule, kind) : this.#inWalk(rule, kind, root);
      if (answer === false) return undefined;
      if (answer === undefined) isUndecided = true;
    }
    return isUndecided ? "undecided" : this.#detailsOf(rule, roots);
  }

  #inFlat(rule: Rule, kind: string): boolean | undefined {
    const [placed, ...others] = rule.aces;
    if (placed === undefined || others.length > 0) return false;
    const later = behind(placed.acl, placed.position);
    if (isDecidedByAll(placed.acl, later, kind)) return true;
    const reach = this.#survey.reachOf(rule);
    if (reach.kind === "live" && reach.witness !== undefined) {
      if (!isDecidedAlike(placed.acl, later, kind, reach.witness)) return false;
    }
    return this.#redundantAces(placed.acl).has(placed.position, this.#budget);
  }

  #redundantAces(acl: CompiledAcl): RedundantAces {
    const known = this.#byAcl.get(acl) ?? new RedundantAces(acl);
    this.#byAcl.set(acl, known);
    return known;
  }

  /** Single packets are tried first: for most rules they show at once that they matter. */
  #inWalk(rule: Rule, kind: string, root: Root): boolean | undefined {
    const isAlike = this.#points.without(rule, root, kind);
    for (const placed of rule.aces) {
      const seen = this.#survey.packetReaching(root, placed);
      if (seen !== undefined && !isAlike(seen)) return false;
      for (const packet of this.#survey.contestedPackets(root, placed, kind)) if (!isAlike(packet)) return false;
    }
    const own = new Set(rule.aces.map(({ ace }) => ace));
    const arrivals = rule.aces.map((placed) => this.#survey.arrivalsAt(root, placed));
    if (arrivals.includes(undefined) || this.#budget.isExhausted) return undefined;
    const arriving = PacketSet.unionOf(arrivals as PacketSet[]);
    if (arriving.isEmpty) return true;
    // They are put to the root again, and may have come to it with another state and tag than they have by now.
    const packets = this.#survey.mayChangePackets(root) ? arriving.forget(["states", "tags"]) : arriving;
    for (const corner of cornersOf(packets)) if (packets.contains(corner) && !isAlike(corner)) return false;
    const { compiled } = this.#survey;
    const walk = () => walkAcl(compiled.acls, root.acl, compiled.at, packets, { without: (ace) => own.has(ace) });
    return this.#budgetOfWalks.run<boolean | undefined>(
      () => {
        const { outcomes, mayUntrack, mayTag } = walk();
        return !mayUntrack && !mayTag && outcomes.every(({ outcome }) => outcome.kind === kind);
      },
      () => undefined,
    );
  }

  /** The lines that would decide in its stead, as far as they are found quickly. */
  #detailsOf(rule: Rule, roots: readonly Root[]): Replacement {
    const own = new Set(rule.aces.map(({ ace }) => ace));
    const walk = (): Replacement => {
      const { compiled } = this.#survey;
      const pieces = roots.flatMap((root) =>
        rule.aces.flatMap(({ acl, position, ace }) => {
          const known = root.isFlat ? undefined : this.#survey.arrivalsAt(root, { acl, position, ace });
          const packets = known ?? acl.aces[position].matches.bounds.possibly;
          return walkAcl(compiled.acls, root.acl, compiled.at, packets, { without: (one) => own.has(one) }).outcomes;
        }),
      );
      const alike = pieces.filter(
        ({ outcome, packets, at }) =>
          outcome.kind === rule.action?.kind && !packets.isEmpty && !this.#conditional.has(at),
      );
      return {
        aces: distinct(alike.filter(({ ace }) => ace !== undefined).map(({ at }) => at)),
        defaults: distinct(alike.filter(({ ace }) => ace === undefined).map(({ at }) => at)),
      };
    };
    return new Budget(STEPS_OF_DETAILS).run(walk, () => ({ aces: [], defaults: [] }));
  }
}

/** True iff the root is one acl that only accepts, stops and lets pass: there is a quicker way for those. */
function isPlain({ compiled }: ReachSurvey, { isFlat, acl: name }: Root): boolean {
  const acl = compiled.acls.get(name);
  if (!isFlat || acl === undefined || !DECIDING.has(acl.acl.defaultAction.kind)) return false;
  return acl.aces.every(({ ace }) => DECIDING.has(ace.action.kind) || ace.action.kind === "pass");
}

/** True if no ace behind does anything else with a packet near, nor the default: then it needs no sets to see. */
function isDecidedByAll({ acl, aces }: CompiledAcl, later: readonly number[], kind: string): boolean {
  if (acl.defaultAction.kind !== kind) return false;
  return later.every((position) => isSame(aces[position], kind));
}

function isSame({ ace }: CompiledAcl["aces"][number], kind: string): boolean {
  return ace.action.kind === kind || ace.action.kind === "pass";
}

/** False only if the aces behind may do something else with the packet. */
function isDecidedAlike({ acl, aces }: CompiledAcl, later: readonly number[], kind: string, packet: Packet): boolean {
  for (const position of later) {
    const { bounds } = aces[position].matches;
    if (aces[position].ace.action.kind === "pass" || !bounds.possibly.contains(packet)) continue;
    if (!isSame(aces[position], kind)) return false;
    if (bounds.surely.contains(packet)) return true;
  }
  return acl.defaultAction.kind === kind;
}

/** Positions of the aces behind one that may share packets with it. */
function behind(acl: CompiledAcl, position: number): number[] {
  return [...acl.neighbours(position)].filter((later) => later > position);
}

/** The first packets of the first boxes of a set, found at once; a name that is no text may make one of another set. */
function* cornersOf(packets: PacketSet): Iterable<Packet> {
  let left = MOST_CORNERS;
  for (const box of packets.boxes()) {
    const { family, protocols, fragment = "first-or-whole", states, source, destination } = box;
    const protocol = protocols.first;
    const isWhole = fragment === "first-or-whole";
    const isIcmp = isWhole && (protocol === PROTOCOL_NUMBERS.icmp || protocol === PROTOCOL_NUMBERS.icmpv6);
    const port = (range = { first: 1024 }) => range.first;
    yield {
      ...{ family, protocol, fragment, source: source.first, destination: destination.first },
      ...(isWhole && hasPorts(protocol)
        ? { sourcePort: port(box.sourcePorts), destinationPort: port(box.destinationPorts) }
        : {}),
      ...(isIcmp ? { icmpType: box.icmpTypes?.first ?? 8, icmpCode: box.icmpCodes?.first ?? 0 } : {}),
      ...(isWhole && protocol === PROTOCOL_NUMBERS.tcp ? { tcpFlags: box.tcpFlags?.[0] ?? 2 } : {}),
      state: states?.[0] ?? "new",
      ingressInterface: decodeName(box.ingressInterfaces?.first ?? NAMELESS),
      egressInterface: decodeName(box.egressInterfaces?.first ?? NAMELESS),
    };
    if (--left === 0) return;
  }
}

const NAMELESS = [0, 0, 0, 0];

function distinct(places: readonly SourceRef[]): SourceRef[] {
  return [...new Map(places.map((at) => [`${at.file}:${at.line}:${at.column ?? ""}`, at])).values()];
}
