/** The match of one rule while its options are read, and the model's matches it becomes in the end. */
import type { Family } from "../../model/address.js";
import {
  type AnyOf,
  CONNECTION_STATES,
  type ConnectionState,
  type Endpoint,
  type InterfacePattern,
  type Matches,
  type Operand,
  type Tuple,
} from "../../model/matches.js";
import { hasPorts, type Service } from "../../model/service.js";
import type { Translations } from "../netfilter/connection-status.js";
import type { MarkCases, TestedTags } from "../netfilter/marks.js";
import type { OwnAddresses } from "../netfilter/own-addresses.js";
import type { Hook } from "./hooks.js";
import type { SetCatalogue } from "./set-catalogue.js";
import type { Option } from "./types.js";

/** What a rule's meaning depends on besides its words. */
export interface RuleContext {
  readonly family: Family;
  readonly table: string;
  /** The built-in chains from which the rule's chain is reached. */
  readonly hooks: ReadonlySet<Hook>;
  /** True iff connection tracking runs, which puts fragments together before any table sees them. */
  readonly isTracked: boolean;
  readonly own: OwnAddresses | undefined;
  readonly sets: SetCatalogue;
  /** By name of a list of recent addresses: the rules that ask and change it. */
  readonly recent: ReadonlyMap<string, string>;
  readonly marks: MarkCases;
  /** What connections of the family may have been through. */
  readonly translations: Translations;
  /** A rule's words that put packets of the family into a zone of connections; undefined: they are all in one. */
  readonly zones: string | undefined;
  /** Conditions on addresses by the option that states them; undefined: it holds for every address. */
  readonly addresses: Map<Option, AnyOf<Endpoint> | undefined>;
}

/** For each connection state: why the rule may not match (empty: nothing stands against it), or that it never does. */
export type StateCases = Map<ConnectionState, readonly string[] | "never">;

/** A condition that nothing fulfils. */
export const NEVER: AnyOf<never> = { operands: [], negated: false };

/** The conditions read so far on the fields that rules ask for alone; named as in the model's matches. */
interface Conditions {
  service: AnyOf<Service>[];
  source: AnyOf<Endpoint>[];
  destination: AnyOf<Endpoint>[];
  tuples: AnyOf<Tuple>[];
  ingressInterface: AnyOf<InterfacePattern>[];
  egressInterface: AnyOf<InterfacePattern>[];
}

export class MatchDraft {
  /** The one protocol the rule is for, with what it asks of that protocol's fields. */
  base: Service | undefined;
  fragment: Matches["fragment"];
  /** A match module that reads the transport header: it never matches a later fragment. */
  readsTransport = false;
  readonly conditions: { -readonly [Field in keyof Conditions]?: Conditions[Field] } = {};
  states: StateCases | undefined;
  /** Conditions on marks, each with the words that state it. */
  tags: readonly (TestedTags & { readonly reason: string })[] = NO_TAGS;
  private reasons: string[] | undefined;

  /** Adds a condition that has to hold as well. */
  add<Field extends keyof Conditions>(field: Field, condition: Conditions[Field][number]): void {
    const list: AnyOf<unknown>[] | undefined = this.conditions[field];
    if (list === undefined) this.conditions[field] = [condition] as Conditions[Field];
    else list.push(condition);
  }

  /** Adds a condition that no packet field decides. */
  doubt(reason: string): void {
    this.reasons ??= [];
    this.reasons.push(reason);
  }

  get doubts(): readonly string[] {
    return this.reasons ?? NO_DOUBTS;
  }
}

const NO_DOUBTS: readonly string[] = [];
const NO_TAGS: readonly never[] = [];

/** A condition that one value of an operand's type fulfils (negated: every other one). */
export function anyOf<T>(operands: readonly Operand<T>[], negated: boolean): AnyOf<T> {
  return { operands, negated };
}

/** Adds a condition on the connection state that holds, or may hold, by the cases given. */
export function addStateCases(
  draft: MatchDraft,
  caseOf: (state: ConnectionState) => readonly string[] | "never",
): void {
  draft.states ??= new Map();
  for (const state of CONNECTION_STATES) {
    const before = draft.states.get(state) ?? [];
    const added = caseOf(state);
    draft.states.set(state, before === "never" || added === "never" ? "never" : [...before, ...added]);
  }
}

/** The matches the draft stands for, one for each distinct set of doubts; together they hold iff the rule does. */
export function finishDraft(draft: MatchDraft, context: RuleContext): Matches[] {
  const common = commonMatches(draft, context);
  const all = byState(draft, common);
  return draft.tags.length === 0 ? all : all.flatMap((matches) => byTag(draft, matches));
}

function byTag({ tags: [first, ...others] }: MatchDraft, common: Matches): Matches[] {
  if (first === undefined) return [common];
  const groups = new Map<string, { tags: number[]; doubts: readonly string[] }>();
  for (const tag of [...first.surely, ...first.perhaps].sort((a, b) => a - b)) {
    const asked = [first, ...others];
    if (!asked.every(({ surely, perhaps }) => surely.includes(tag) || perhaps.includes(tag))) continue;
    const doubts = asked.filter(({ perhaps }) => perhaps.includes(tag)).map(({ reason }) => reason);
    const group = groups.get(doubts.join("\n")) ?? { tags: [], doubts };
    group.tags.push(tag);
    groups.set(doubts.join("\n"), group);
  }
  if (groups.size === 0) return [{ ...common, tags: [] }];
  // a target may give a packet a tag of another group; that it may then match again is true of the doubtful ones only
  const surestFirst = [...groups.values()].sort((a, b) => a.doubts.length - b.doubts.length);
  return surestFirst.map(({ tags, doubts }) => {
    return { ...common, tags, unmodeled: doubts.length === 0 ? common.unmodeled : [...common.unmodeled, ...doubts] };
  });
}

function byState(draft: MatchDraft, common: Matches): Matches[] {
  if (draft.states === undefined) return [common];
  const groups = new Map<string, { states: ConnectionState[]; doubts: readonly string[] }>();
  for (const [state, doubts] of draft.states) {
    if (doubts === "never") continue;
    const group = groups.get(doubts.join("\n")) ?? { states: [], doubts };
    group.states.push(state);
    groups.set(doubts.join("\n"), group);
  }
  if (groups.size === 0) return [{ ...common, states: [] }];
  return [...groups.values()].map(({ states, doubts }) => {
    const unmodeled = doubts.length === 0 ? common.unmodeled : [...common.unmodeled, ...doubts];
    return states.length === CONNECTION_STATES.length ? { ...common, unmodeled } : { ...common, states, unmodeled };
  });
}

function commonMatches(draft: MatchDraft, { family, isTracked }: RuleContext): Matches {
  const { base, conditions, doubts: unmodeled } = draft;
  const fragment =
    draft.fragment ?? (draft.readsTransport && !isTracked && !asksForPorts(draft) ? "first-or-whole" : undefined);
  if (base !== undefined) {
    const own = { operands: [{ literal: base }], negated: false };
    conditions.service = conditions.service === undefined ? [own] : [own, ...conditions.service];
  }
  return fragment === undefined ? { family, ...conditions, unmodeled } : { family, ...conditions, fragment, unmodeled };
}

/** Ports exist on whole packets and first fragments only, so a condition on them says no more about fragments. */
function asksForPorts({ base }: MatchDraft): boolean {
  if (base === undefined || !hasPorts(base.protocol)) return false;
  return base.sourcePorts !== undefined || base.destinationPorts !== undefined;
}
