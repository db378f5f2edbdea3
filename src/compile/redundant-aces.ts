/**
 * Which aces could be taken from an acl without changing what becomes of any packet, box by box: an ace matters iff some
 * packet of it that no ace before decides would come to a later ace, or the default, that does something else. Each pair of
 * an ace and a later one is a small question of its own, so that no set of what aces leave over is ever built.
 */
import type { Ace, Action } from "../model/acl.js";
import type { Family } from "../model/address.js";
import type { Budget } from "../sets/budget.js";
import type { CompiledAcl } from "./compile-acl.js";
import { isRedundant } from "./effective-aces.js";
import { FamilySearch } from "./family-search.js";

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

/** For an acl whose aces and default only accept, drop, reject or let pass. */
export class RedundantAces {
  readonly #acl: CompiledAcl;
  readonly #searches: readonly FamilySearch[];
  /** False iff the boxes of an ace are too many. */
  readonly #isBoxed: boolean;

  constructor(acl: CompiledAcl) {
    this.#acl = acl;
    const isDeciding = (i: number) => acl.aces[i].ace.action.kind !== "pass";
    this.#searches = FAMILIES.map((family) => new FamilySearch(acl.aces, isDeciding, family));
    this.#isBoxed = this.#searches.every(({ boxes }) => boxes.every(({ surely, possibly }) => surely && possibly));
  }

  /** True iff removing the ace at a position surely changes no packet's outcome; undefined iff that is too complex. */
  has(position: number, budget: Budget): boolean | undefined {
    if (!this.#isBoxed) return isRedundant(this.#acl, position, budget);
    const { kind } = this.#acl.aces[position].ace.action;
    const contrary = [...this.#acl.neighbours(position)].filter((later) => {
      return later > position && isContrary(this.#acl.aces[later].ace, kind);
    });
    const ends = this.#acl.acl.defaultAction.kind === kind ? contrary : [...contrary, undefined];
    const isOpen = (end: number | undefined) =>
      this.#searches.some((search) => search.isOpenWithout(position, end, budget));
    return budget.run<boolean | undefined>(
      () => !ends.some(isOpen),
      () => undefined,
    );
  }
}

function isContrary({ action }: Ace, kind: Action["kind"]): boolean {
  return action.kind !== kind && action.kind !== "pass";
}
