/**
 * Finds out which rules packets reach. Each acl is first judged by itself, which decides most rules at once; where acls lead
 * to each other, every packet is then walked through them, so that what a caller lets in counts as well.
 */
import type { CompiledDevice } from "../compile/compile-device.js";
import { type AceReach, findShadowedAces } from "../compile/find-shadowed-aces.js";
import { walkAcl } from "../compile/walk-acl.js";
import type { Ace } from "../model/acl.js";
import type { Packet } from "../model/flow.js";
import type { Budget } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";
import { type Root, rootsOf } from "./attachment.js";
import { findCover } from "./find-cover.js";
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

export class ReachSurvey {
  readonly compiled: CompiledDevice;
  readonly roots: readonly Root[];
  readonly #budget: Budget;
  readonly #rootsByAcl = new Map<string, readonly Root[]>();
  readonly #own = new Map<string, ReadonlyMap<Ace, AceReach>>();
  readonly #arrivals = new Map<string, Arrivals | undefined>();
  readonly #reach = new Map<Rule, RuleReach>();

  constructor(compiled: CompiledDevice, budget: Budget) {
    this.compiled = compiled;
    this.roots = rootsOf(compiled);
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

  /** The packets that come to an ace from a root and may match it; undefined iff that is too complex. */
  arrivalsAt(root: Root, { ace }: PlacedAce): PacketSet | undefined {
    const arrivals = this.#arrivalsFrom(root);
    return arrivals === undefined ? undefined : (arrivals.get(ace) ?? PacketSet.none);
  }

  #reachOfAce(placed: PlacedAce): RuleReach {
    const { acl, ace } = placed;
    const roots = this.#rootsOf(acl.acl.name);
    const own = this.#ownReach(acl.acl.name).get(ace);
    if (own === undefined || own.kind === "unmatchable") return { kind: "unmatchable" };
    if (roots.length === 0) return { kind: "unattached" };
    if (own.kind === "shadowed")
      return isOverridden(placed, own.by) ? { ...own, callers: [] } : { ...own, kind: "repeated" };
    if (roots.some(({ isFlat }) => isFlat)) return own;
    const arrivals = roots.map((root) => this.arrivalsAt(root, placed));
    if (arrivals.some((set) => set !== undefined && !set.isEmpty)) return { kind: "live" };
    if (arrivals.includes(undefined)) return { kind: "undecided" };
    return this.#cutOff(placed, roots);
  }

  /** What keeps every packet from an ace that is not shadowed within its own acl. */
  #cutOff(placed: PlacedAce, roots: readonly Root[]): RuleReach {
    const { acl } = placed;
    const callers = this.#callersOf(acl.acl.name);
    const isRoot = roots.some((root) => root.acl === acl.acl.name);
    const matching = acl.aces[placed.position].matches.bounds.possibly;
    const entering = isRoot
      ? PacketSet.all
      : PacketSet.unionOf(
          roots.flatMap((root) => callers.map((one) => this.#arrivalsFrom(root)?.get(one) ?? PacketSet.none)),
        );
    const by = this.#budget.run(
      () => findCover(this.compiled, placed, matching.intersect(entering)),
      () => [],
    );
    return { kind: "shadowed", by, callers: isRoot ? [] : callers };
  }

  #callersOf(name: string): Ace[] {
    return [...this.compiled.acls.values()].flatMap(({ aces }) =>
      aces.flatMap(({ ace }) => (isCallOf(ace, name) ? [ace] : [])),
    );
  }

  #ownReach(name: string): ReadonlyMap<Ace, AceReach> {
    let own = this.#own.get(name);
    if (own === undefined) {
      const acl = this.compiled.acls.get(name);
      const judged = acl === undefined ? [] : findShadowedAces(this.compiled, acl, this.#budget);
      own = new Map(judged.map((reach) => [reach.ace, reach]));
      this.#own.set(name, own);
    }
    return own;
  }

  #arrivalsFrom(root: Root): Arrivals | undefined {
    if (!this.#arrivals.has(root.acl)) {
      const walk = () => arrivalsOf(this.compiled, root);
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

function arrivalsOf(compiled: CompiledDevice, root: Root): Arrivals {
  const parts = new Map<Ace, PacketSet[]>();
  const observe = (ace: Ace, packets: PacketSet) => {
    const known = parts.get(ace);
    if (known === undefined) parts.set(ace, [packets]);
    else known.push(packets);
  };
  walkAcl(compiled.acls, root.acl, compiled.at, PacketSet.all, { observe });
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
