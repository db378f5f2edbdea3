/** Walks one packet through an acl and the acls it jumps to, following every way that an unknown condition may take. */
import type { Ace, Acl } from "../model/acl.js";
import type { Translation } from "../model/nat.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Disposition, Doubt } from "../model/verdict.js";
import { inDecidingOrder } from "./compile-acl.js";
import type { MatchReader, Test, Truth } from "./evaluate-match.js";
import type { Traveller } from "./evaluate-packet.js";

/** One way the walk may end. */
export interface Ending {
  readonly traveller: Traveller;
  readonly outcome: { readonly kind: Disposition } | { readonly kind: "translate"; readonly translation: Translation };
  readonly acl: string;
  readonly ace?: string;
  /** The acl is not about this packet. */
  readonly passesBy?: true;
  readonly at: SourceRef;
  readonly doubts: readonly Doubt[];
}

export interface PreparedAce {
  readonly ace: Ace;
  readonly test: Test;
}

/** An acl with its aces in the order in which they decide. */
export interface PreparedAcl {
  readonly acl: Acl;
  /** The aces to ask about a packet: all of them, or at least those that may match it. */
  readonly acesFor: (traveller: Traveller) => Iterable<PreparedAce>;
}

/** Chooses the aces to ask. */
export type AceChooser = (aces: readonly PreparedAce[]) => PreparedAcl["acesFor"];

/** Asks every ace about every packet. */
export const askAll: AceChooser = (aces) => () => aces;

/** The aces are made ready when the first packet comes to the acl: to most acls of a large export few packets ever do. */
export function prepareAcl(acl: Acl, reader: MatchReader, choose: AceChooser): PreparedAcl {
  let acesFor: PreparedAcl["acesFor"] | undefined;
  const prepare = () => {
    const enabled = acl.aces.filter((ace) => ace.enabled);
    const ordered = inDecidingOrder(enabled, acl.evaluation);
    return choose(ordered.map((ace) => ({ ace, test: reader.testOf(ace.matches, ace.at) })));
  };
  return {
    acl,
    acesFor: (traveller) => {
      acesFor ??= prepare();
      return acesFor(traveller);
    },
  };
}

const DEEPEST = 256;
const MOST_ACES = 1_000_000;

interface Answer {
  readonly answer: Truth;
  readonly one: Traveller;
  readonly because: readonly Doubt[];
}

/** The packet in each of the states and with each of the tags that it may have now. */
type Travellers = ReadonlyMap<string, Traveller>;

function alone(traveller: Traveller): Travellers {
  return new Map([[keyOf(traveller), traveller]]);
}

function keyOf({ state, tag }: Traveller): string {
  return tag === 0 ? state : `${state} ${tag}`;
}

/** All endings of the walk of one packet; nothing but its state and its tag changes on the way. */
export class AclEvaluation {
  readonly endings: Ending[] = [];
  readonly #acls: ReadonlyMap<string, PreparedAcl>;
  readonly #observe: ((ace: Ace) => void) | undefined;
  readonly #open: string[] = [];
  #asked = 0;

  /** `observe` is told of every ace that the packet comes to and may match. */
  constructor(acls: ReadonlyMap<string, PreparedAcl>, observe?: (ace: Ace) => void) {
    this.#acls = acls;
    this.#observe = observe;
  }

  /** Walks the packet through the acl of a stage. */
  run(name: string, at: SourceRef, traveller: Traveller): readonly Ending[] {
    const prepared = this.#acls.get(name);
    if (prepared === undefined) {
      this.#either(traveller, name, at, [{ condition: `the acl \`${name}\` is not defined`, at }]);
      return this.endings;
    }
    const { returned, rest } = this.#walk(prepared, traveller, []);
    for (const [, end] of new Map([...returned, ...rest])) {
      for (const [, left] of this.#default(prepared.acl, end, [])) {
        this.endings.push({ traveller: left, outcome: { kind: "accept" }, acl: name, at: prepared.acl.at, doubts: [] });
      }
    }
    return this.endings;
  }

  #walk({ acl, acesFor }: PreparedAcl, traveller: Traveller, doubts: readonly Doubt[]) {
    const isOrdered = acl.evaluation === "first-match";
    const returned = new Map<string, Traveller>();
    let rest = alone(traveller);
    this.#open.push(acl.name);
    for (const { ace, test } of acesFor(traveller)) {
      if (rest.size === 0) break;
      const answers = this.#ask(test, rest);
      if (answers.length === 0) continue;
      this.#observe?.(ace);
      const next = new Map(rest);
      for (const { answer, one } of answers) if (answer === "yes") next.delete(keyOf(one));
      for (const { one, because } of answers) {
        const left = this.#act(acl, ace, one, because.length === 0 ? doubts : [...doubts, ...because]);
        const isLeft = isOrdered && (ace.action.kind === "goto" || ace.action.kind === "return");
        for (const [key, value] of left) (isLeft ? returned : next).set(key, value);
      }
      rest = next;
    }
    this.#open.pop();
    return { returned, rest };
  }

  /** Who matches, surely or perhaps; for most aces nobody does. */
  #ask(test: Test, rest: Travellers): Answer[] {
    const answers: Answer[] = [];
    for (const one of rest.values()) {
      this.#asked++;
      const because: Doubt[] = [];
      const answer = test(one, because);
      if (answer !== "no") answers.push({ answer, one, because: answer === "yes" ? [] : because });
    }
    return answers;
  }

  /** What is still under way after an ace that matches: in its acl, or for `goto` and `return` in the caller. */
  #act({ name, evaluation }: Acl, ace: Ace, traveller: Traveller, doubts: readonly Doubt[]): Travellers {
    const { action, at } = ace;
    const passing = ace.passesBy === undefined ? {} : { passesBy: ace.passesBy };
    const end = (outcome: Ending["outcome"], because = doubts) =>
      this.endings.push({ traveller, outcome, acl: name, ace: ace.name, ...passing, at, doubts: because });
    const same = alone(traveller);
    switch (action.kind) {
      case "accept":
      case "drop":
      case "reject":
        end({ kind: action.kind });
        return new Map();
      case "translate":
        end(action);
        return new Map();
      case "notrack":
        return alone({ ...traveller, state: "untracked" });
      case "tag":
        return alone({ ...traveller, tag: action.becomes[traveller.tag] ?? traveller.tag });
      case "jump":
      case "goto":
        return this.#call(action.acl, at, traveller, doubts);
      case "unknown": {
        const because = [...doubts, { condition: action.text, at }];
        end({ kind: "accept" }, because);
        if (evaluation !== "any-accept") end({ kind: "drop" }, because);
        return same;
      }
      default:
        return same;
    }
  }

  #call(name: string, at: SourceRef, traveller: Traveller, doubts: readonly Doubt[]): Travellers {
    const prepared = this.#acls.get(name);
    const problem = this.#problemOf(name, prepared);
    if (prepared === undefined || problem !== undefined) {
      this.#either(traveller, name, at, [...doubts, { condition: problem as string, at }]);
      return alone(traveller);
    }
    const { returned, rest } = this.#walk(prepared, traveller, doubts);
    const back = new Map(returned);
    for (const [, one] of rest) for (const [key, left] of this.#default(prepared.acl, one, doubts)) back.set(key, left);
    return back;
  }

  #problemOf(name: string, prepared: PreparedAcl | undefined): string | undefined {
    if (prepared === undefined) return `the acl \`${name}\` is not defined`;
    if (this.#open.includes(name)) return `the acl \`${name}\` leads back to itself`;
    if (this.#asked > MOST_ACES) return "too complex";
    return this.#open.length >= DEEPEST ? `the acl \`${name}\` is nested too deeply` : undefined;
  }

  #default(acl: Acl, traveller: Traveller, doubts: readonly Doubt[]): Travellers {
    const { defaultAction: action, name, at } = acl;
    const same = alone(traveller);
    switch (action.kind) {
      case "accept":
      case "drop":
      case "reject":
        this.endings.push({ traveller, outcome: { kind: action.kind }, acl: name, at, doubts });
        return new Map();
      case "translate":
        this.endings.push({ traveller, outcome: action, acl: name, at, doubts });
        return new Map();
      case "unknown":
        this.#either(traveller, name, at, [...doubts, { condition: action.text, at }]);
        return same;
      case "jump":
      case "goto":
        return this.#call(action.acl, at, traveller, doubts);
      default:
        return same;
    }
  }

  #either(traveller: Traveller, acl: string, at: SourceRef, doubts: readonly Doubt[]): void {
    for (const kind of ["accept", "drop"] as const)
      this.endings.push({ traveller, outcome: { kind }, acl, at, doubts });
  }
}
