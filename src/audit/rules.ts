/** Turns the aces of a device into rules as their authors wrote them: a rule may stand for several aces of one line. */

import type { CompiledAcl } from "../compile/compile-acl.js";
import type { CompiledDevice } from "../compile/compile-device.js";
import type { Ace } from "../model/acl.js";
import type { SourceRef } from "../model/source-ref.js";

/** An enabled ace at its place. */
export interface PlacedAce {
  readonly ace: Ace;
  readonly acl: CompiledAcl;
  /** Position in the order in which the acl's aces decide. */
  readonly position: number;
}

export interface Rule {
  readonly at: SourceRef;
  readonly name: string;
  /** What all its aces do; undefined where they differ. */
  readonly action: Ace["action"] | undefined;
  /** At least one, in the order of the exports. */
  readonly aces: readonly PlacedAce[];
}

/** More than lines have columns. */
const COLUMNS = 2 ** 24;

/** Every rule that somebody wrote and nobody disabled, in the order of the exports. */
export function rulesOf(compiled: CompiledDevice): Rule[] {
  const rules = new RuleList();
  for (const acl of compiled.acls.values()) {
    acl.aces.forEach(({ ace }, position) => {
      if (!ace.isImplied && !ace.passesBy) rules.add({ ace, acl, position });
    });
  }
  return rules.all.map(ruleOf).sort((a, b) => comparePlaces(a.at, b.at));
}

/** Puts the aces of one rule together. */
class RuleList {
  readonly all: PlacedAce[][] = [];
  readonly #byPlace = new Map<number, PlacedAce[][]>();

  add(placed: PlacedAce): void {
    const { at } = placed.ace;
    const key = at.line * COLUMNS + (at.column ?? 0);
    const near = this.#byPlace.get(key);
    const known = near?.find((rule) => isSameRule(rule[0].ace, placed.ace));
    if (known !== undefined) {
      known.push(placed);
      return;
    }
    const rule = [placed];
    this.all.push(rule);
    if (near === undefined) this.#byPlace.set(key, [rule]);
    else near.push(rule);
  }
}

function isSameRule(a: Ace, b: Ace): boolean {
  return a.name === b.name && (a.at === b.at || placeOf(a.at) === placeOf(b.at));
}

function ruleOf(aces: readonly PlacedAce[]): Rule {
  const [{ ace }] = aces;
  const isUniform = aces.every((other) => other.ace.action.kind === ace.action.kind);
  return { at: ace.at, name: ace.name, action: isUniform ? ace.action : undefined, aces };
}

function placeOf({ file, line, column, structure }: SourceRef): string {
  return `${file}\n${line}:${column ?? ""}:${structure ?? ""}`;
}

/** Negative, zero or positive as `a` stands before, at or after `b`. */
export function comparePlaces(a: SourceRef, b: SourceRef): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || (a.column ?? 0) - (b.column ?? 0);
}

/** The aces without those that stand at the place of an earlier one. */
export function distinctPlaces(aces: readonly Ace[]): Ace[] {
  const byPlace = new Map<string, Ace>();
  for (const ace of aces) {
    const key = placeOf(ace.at);
    if (!byPlace.has(key)) byPlace.set(key, ace);
  }
  return [...byPlace.values()].sort((a, b) => comparePlaces(a.at, b.at));
}
