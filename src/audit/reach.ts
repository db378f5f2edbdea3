/**
 * Finds out which rules packets reach. Each acl is first judged by itself, which decides most rules at once; where acls lead
 * to each other, every packet is then walked through them, so that what a caller lets in counts as well.
 */
import type { CompiledAce } from "../compile/compile-acl.js";
import type { CompiledDevice } from "../compile/compile-device.js";
import { type AceReach, ShadowSearch } from "../compile/find-shadowed-aces.js";
import { walkAcl } from "../compile/walk-acl.js";
import type { Ace } from "../model/acl.js";
import type { Packet } from "../model/flow.js";
import type { Budget } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";
import { type Root, reachableFrom, rootsOf } from "./attachment.js";
import { findCover } from "./find-cover.js";
import { PointReach } from "./point-reach.js";
import { PointWalks } from "./point-walks.js";
import type { PlacedAce, Rule } from "./rules.js";

/**
 * - `live`: packets reach it, as far as the walk knows; the witness is one where the acl by itself gave it;
 * - `shadowed`: no packet does; `by` are the aces that take those which come to its acl, few of them; none where none come;
 * - `repeated`: in an acl whose order has no meaning, other aces with the same action take all its packets;
 * - `unmatchable`: its conditions hold for no packet; - `unattached`: no packet is ever put to its acl;
 * - `undecided`: too complex.
 */
export type RuleReach =
  | { readonly kind: "live"; readonly witness?: Packet }
  | { readonly kind: "shadowed"; readonly by: readonly Ace[]; readonly callers: readonly Ace[] }
  | { readonly kind: "repeated"; readonly by: readonly Ace[] }
  | { readonly kind: "unmatchable" | "unattached" | "undecided" };

/** The packets that come to each ace of a root and may match it, as they are then. */
type Arrivals = ReadonlyMap<Ace, PacketSet>;

/** So many aces are worth a walk of their own packets. */
const MOST_ALONE = 32;

export class ReachSurvey {
  readonly compiled: CompiledDevice;
  readonly roots: readonly Root[];
  readonly points: PointWalks;
  readonly #budget: Budget;
  readonly #rootsByAcl = new Map<string, readonly Root[]>();
  readonly #shadows = new Map<string, ShadowSearch>();
  readonly #own = new Map<Ace, AceReach>();
  readonly #arrivals = new Map<string, Arrivals | undefined>();
  #walkedAlone = 0;
  readonly #reachByRoot = new Map<Root, PointReach>();
  readonly #reach = new Map<Rule, RuleReach>();

  constructor(compiled: CompiledDevice, budget: Budget) {
    this.compiled = compiled;
    this.roots = rootsOf(compiled);
    this.points = new PointWalks(compiled);
    this.#budget = budget;
  }

  reachOf(rule: Rule): RuleReach {
    let reach = this.#reach.get(rule);
    if (reach === undefined) {
      reach = joinReaches(rule.aces.map((placed) => this.#reachOfAce(placed)));
      this.#reach.set(rule, reach);
    }
    return reach;
  }

  /** The roots by which packets can come to an acl. */
  #rootsOf(acl: string): readonly Root[] {
    let roots = this.#rootsByAcl.get(acl);
    if (roots === undefined) {
      roots = this.roots.filter(({ acls }) => acls.has(acl));
      this.#rootsByAcl.set(acl, roots);
    }
    return roots;
  }

  /** A packet that, put to the root, comes to the ace and may match it; undefined where none is found at once. */
  packetReaching(root: Root, placed: PlacedAce): Packet | undefined {
    return this.#findReaching(root, placed)?.();
  }

  #findReaching(root: Root, placed: PlacedAce): (() => Packet) | undefined {
    return this.#reachFrom(root).packetReaching(placed, () => {
      const own = this.#ownReach(placed);
      return own.kind === "live" ? own.witness : undefined;
    });
  }

  /** Some packets that, put to the root, come to the ace and for which other aces do something else than `kind`. */
  contestedPackets(root: Root, placed: PlacedAce, kind: string): Iterable<Packet> {
    return this.#findReaching(root, placed) === undefined ? [] : this.#reachFrom(root).contested(placed, kind);
  }

  /** True iff packets may leave the acls of a root with another state or tag than they came with. */
  mayChangePackets({ acls }: Root): boolean {
    return changesPackets(this.compiled, acls);
  }

  /** The packets that come to an ace from a root and may match it; undefined iff that is too complex. */
  arrivalsAt(root: Root, { ace }: PlacedAce): PacketSet | undefined {
    const arrivals = this.#arrivalsFrom(root);
    return arrivals === undefined ? undefined : (arrivals.get(ace) ?? PacketSet.none);
  }

  #reachOfAce(placed: PlacedAce): RuleReach {
    const { acl, ace } = placed;
    const roots = this.#rootsOf(acl.acl.name);
    const isFlat = roots.some((root) => root.isFlat);
    if (!isFlat && roots.some((root) => this.#findReaching(root, placed) !== undefined)) return { kind: "live" };
    const own = this.#ownReach(placed);
    if (own.kind === "unmatchable") return { kind: "unmatchable" };
    if (roots.length === 0) return { kind: "unattached" };
    if (own.kind === "shadowed")
      return isOverridden(placed, own.by) ? { ...own, callers: [] } : { ...own, kind: "repeated" };
    if (isFlat) return own;
    if (this.#isCutOffWithin(placed)) return this.#cutOff(placed, PacketSet.all, []);
    const arrivals = roots.map((root) => this.#arrivalsNear(root, placed));
    if (arrivals.some((one) => one?.has(ace))) return { kind: "live" };
    if (arrivals.includes(undefined)) return { kind: "undecided" };
    const callers = this.#callersOf(acl.acl.name);
    if (roots.some((root) => root.acl === acl.acl.name)) return this.#cutOff(placed, PacketSet.all, []);
    const entering = (arrivals as Arrivals[]).flatMap((one) => callers.map((ace) => one.get(ace) ?? PacketSet.none));
    return this.#cutOff(placed, PacketSet.unionOf(entering), callers);
  }

  /** True only if no packet would come to the ace even if all came to its acl: the acls it calls take them. */
  #isCutOffWithin({ acl, ace, position }: PlacedAce): boolean {
    if (changesPackets(this.compiled, reachableFrom(this.compiled, acl.acl.name))) return false;
    const { possibly } = acl.aces[position].matches.bounds;
    const arrivals = this.#budget.run<Arrivals | undefined>(
      () => arrivalsOf(this.compiled, acl.acl.name, possibly),
      () => undefined,
    );
    return arrivals !== undefined && !arrivals.has(ace);
  }

  #reachFrom(root: Root): PointReach {
    let reach = this.#reachByRoot.get(root);
    if (reach === undefined) {
      reach = new PointReach(this.points, root, !this.mayChangePackets(root));
      this.#reachByRoot.set(root, reach);
    }
    return reach;
  }

  /** What keeps the packets that enter its acl from an ace that is not shadowed by the aces of that acl alone. */
  #cutOff(placed: PlacedAce, entering: PacketSet, callers: readonly Ace[]): RuleReach {
    const { possibly } = placed.acl.aces[placed.position].matches.bounds;
    const by = this.#budget.run(
      () => findCover(this.compiled, placed, possibly.intersect(entering)),
      () => [],
    );
    return { kind: "shadowed", by, callers };
  }

  #callersOf(name: string): Ace[] {
    return [...this.compiled.acls.values()].flatMap(({ aces }) =>
      aces.flatMap(({ ace }) => (isCallOf(ace, name) ? [ace] : [])),
    );
  }

  /** The reach of an ace within its acl. */
  #ownReach({ acl, ace, position }: PlacedAce): AceReach {
    let own = this.#own.get(ace);
    if (own === undefined) {
      let search = this.#shadows.get(acl.acl.name);
      if (search === undefined) {
        search = new ShadowSearch(this.compiled, acl);
        this.#shadows.set(acl.acl.name, search);
      }
      own = search.reachOf(position, this.#budget);
      this.#own.set(ace, own);
    }
    return own;
  }

  /** Where the packets that an ace possibly matches come to: for few aces that is quicker than to walk all packets. */
  #arrivalsNear(root: Root, { acl, position }: PlacedAce): Arrivals | undefined {
    if (this.#arrivals.has(root.acl) || this.#walkedAlone++ > MOST_ALONE || changesPackets(this.compiled, root.acls))
      return this.#arrivalsFrom(root);
    return this.#budget.run<Arrivals | undefined>(
      () => arrivalsOf(this.compiled, root.acl, acl.aces[position].matches.bounds.possibly),
      () => undefined,
    );
  }

  #arrivalsFrom(root: Root): Arrivals | undefined {
    if (!this.#arrivals.has(root.acl)) {
      const walk = () => arrivalsOf(this.compiled, root.acl, PacketSet.all);
      this.#arrivals.set(
        root.acl,
        this.#budget.run<Arrivals | undefined>(walk, () => undefined),
      );
    }
    return this.#arrivals.get(root.acl);
  }
}

/** Where order has no meaning, only what overrides an ace can keep packets from it. */
function isOverridden({ acl, ace }: PlacedAce, by: readonly Ace[]): boolean {
  const { evaluation } = acl.acl;
  if (evaluation === "first-match" || evaluation === "last-match") return true;
  return by.every(({ action }) => action.kind !== ace.action.kind);
}

function isCallOf({ action }: Ace, name: string): boolean {
  return (action.kind === "jump" || action.kind === "goto") && action.acl === name;
}

/** True iff packets may be changed on their way through some of the acls. */
function changesPackets({ acls }: CompiledDevice, names: ReadonlySet<string>): boolean {
  const isChange = ({ ace }: CompiledAce) => ace.action.kind === "notrack" || ace.action.kind === "tag";
  return [...names].some((name) => acls.get(name)?.aces.some(isChange));
}

function arrivalsOf(compiled: CompiledDevice, acl: string, packets: PacketSet): Arrivals {
  const parts = new Map<Ace, PacketSet[]>();
  const observe = (ace: Ace, arriving: PacketSet) => {
    const known = parts.get(ace);
    if (known === undefined) parts.set(ace, [arriving]);
    else known.push(arriving);
  };
  walkAcl(compiled.acls, acl, compiled.at, packets, { observe });
  return new Map([...parts].map(([ace, sets]) => [ace, PacketSet.unionOf(sets)]));
}

/** A rule is shadowed or unmatchable iff all its aces are, and shadowed rather than unmatchable iff one of them is. */
function joinReaches(reaches: readonly RuleReach[]): RuleReach {
  const live = reaches.find(({ kind }) => kind === "live") ?? reaches.find(({ kind }) => kind === "undecided");
  if (live !== undefined) return live;
  const repeated = reaches.filter((reach) => reach.kind === "repeated");
  if (repeated.length > 0) return { kind: "repeated", by: [...new Set(repeated.flatMap(({ by }) => by))] };
  const shadowed = reaches.filter((reach) => reach.kind === "shadowed");
  if (shadowed.length === 0) return reaches.find(({ kind }) => kind === "unattached") ?? { kind: "unmatchable" };
  return {
    kind: "shadowed",
    by: [...new Set(shadowed.flatMap(({ by }) => by))],
    callers: [...new Set(shadowed.flatMap(({ callers }) => callers))],
  };
}
