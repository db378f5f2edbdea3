/** One way a rule can match, while its statements are read, and the model's matches it becomes in the end. */
import { MOST_TAGS } from "../../model/acl.js";
import type { Family } from "../../model/address.js";
import {
  type AnyOf,
  CONNECTION_STATES,
  type ConnectionState,
  type Endpoint,
  type InterfacePattern,
  type Matches,
  type Tuple,
} from "../../model/matches.js";
import type { Service } from "../../model/service.js";

/** The conditions on fields that are asked for alone; named as in the model's matches. */
export interface Conditions {
  readonly source: readonly AnyOf<Endpoint>[];
  readonly destination: readonly AnyOf<Endpoint>[];
  readonly service: readonly AnyOf<Service>[];
  readonly tuples: readonly AnyOf<Tuple>[];
  readonly ingressInterface: readonly AnyOf<InterfacePattern>[];
  readonly egressInterface: readonly AnyOf<InterfacePattern>[];
}

/** Small fields as the sets of values they may still have. */
interface Possible {
  readonly families: ReadonlySet<Family>;
  readonly protocols: ReadonlySet<number>;
  readonly states: ReadonlySet<ConnectionState>;
  readonly tags: ReadonlySet<number>;
}

export const ALL_FAMILIES: ReadonlySet<Family> = new Set(["ipv4", "ipv6"]);
const ALL_PROTOCOLS: ReadonlySet<number> = new Set(Array.from({ length: 256 }, (_, number) => number));
const ALL_STATES: ReadonlySet<ConnectionState> = new Set(CONNECTION_STATES);
const ALL_TAGS: ReadonlySet<number> = new Set(Array.from({ length: MOST_TAGS }, (_, tag) => tag));

const FREE: Draft = {
  ...{ families: ALL_FAMILIES, protocols: ALL_PROTOCOLS, states: ALL_STATES, tags: ALL_TAGS },
  ...{ conditions: {}, doubts: [] },
};

/** A conjunction of conditions; a rule is a disjunction of drafts. */
export interface Draft extends Possible {
  readonly conditions: Partial<Conditions>;
  /** What else has to hold, that no packet field decides. */
  readonly doubts: readonly string[];
}

/** The draft that every packet of the families matches. */
export function freeDraft(families: ReadonlySet<Family>): Draft {
  return { ...FREE, families };
}

/** The draft with a condition more that no packet field decides. */
export function doubted(draft: Draft, doubt: string): Draft {
  return { ...draft, doubts: [...draft.doubts, doubt] };
}

/** The draft whatever the packet's tag is, now that it has got another one; where it asked for one, it may not hold. */
export function withoutTags(draft: Draft): Draft {
  return draft.tags === ALL_TAGS ? draft : doubted({ ...draft, tags: ALL_TAGS }, "the mark was one it asked for");
}

/** The draft with one more condition on a field. */
export function withCondition<Field extends keyof Conditions>(
  draft: Draft,
  field: Field,
  condition: Conditions[Field][number],
): Draft {
  const earlier: readonly unknown[] = draft.conditions[field] ?? [];
  return { ...draft, conditions: { ...draft.conditions, [field]: [...earlier, condition] } };
}

/** The draft for fewer values of a small field; none iff no value is left. */
export function narrowed<Field extends keyof Possible>(
  draft: Draft,
  field: Field,
  keeps: (value: Possible[Field] extends ReadonlySet<infer V> ? V : never) => boolean,
): Draft[] {
  const before = draft[field] as ReadonlySet<Parameters<typeof keeps>[0]>;
  const kept = new Set<Parameters<typeof keeps>[0]>();
  for (const value of before) if (keeps(value)) kept.add(value);
  if (kept.size === 0) return [];
  return kept.size === before.size ? [draft] : [{ ...draft, [field]: kept }];
}

/** The draft for some protocols only; none iff none of them is left. */
export function withProtocols(draft: Draft, protocols: ReadonlySet<number>): Draft[] {
  if (draft.protocols === protocols) return [draft];
  if (draft.protocols === ALL_PROTOCOLS) return [{ ...draft, protocols }];
  return narrowed(draft, "protocols", (protocol) => protocols.has(protocol));
}

/** The matches the draft stands for. */
export function matchesOf(draft: Draft): Matches {
  const { families, states, tags, conditions, doubts } = draft;
  const [family] = families;
  const service = serviceConditions(draft);
  return {
    ...(families.size === 1 && family !== undefined ? { family } : {}),
    ...conditions,
    ...(service.length > 0 && { service }),
    ...(states.size < CONNECTION_STATES.length
      ? { states: CONNECTION_STATES.filter((state) => states.has(state)) }
      : {}),
    ...(tags === ALL_TAGS ? {} : { tags: [...tags] }),
    unmodeled: doubts,
  };
}

/** The conditions on ports and types for the protocols still possible; they say the protocol too where there are any. */
function serviceConditions({ protocols, conditions: { service = [] } }: Draft): AnyOf<Service>[] {
  const conditions = service.map(({ operands, negated }) => ({
    operands: operands.filter((operand) => !("literal" in operand) || protocols.has(operand.literal.protocol)),
    negated,
  }));
  if (conditions.some(({ negated }) => !negated) || protocols.size === ALL_PROTOCOLS.size) return conditions;
  const isMost = protocols.size > ALL_PROTOCOLS.size / 2;
  const listed = isMost ? [...ALL_PROTOCOLS].filter((protocol) => !protocols.has(protocol)) : [...protocols];
  return [{ operands: listed.map((protocol) => ({ literal: { protocol } })), negated: isMost }, ...conditions];
}
