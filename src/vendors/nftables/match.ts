/** Adds the condition of one match to the drafts of a rule. */
import type { ConnectionState } from "../../model/matches.js";
import { complementRanges, type PortRange } from "../../model/service.js";
import { statesInZones, statusPasses } from "../netfilter/connection-status.js";
import { describe, describeMatch } from "./describe.js";
import { type Draft, doubted, narrowed, withCondition } from "./draft.js";
import { type FieldMeaning, fieldMeaning, withField } from "./fields.js";
import { matchMark } from "./marks.js";
import { matchAddresses, matchAddressType, matchInterfaces } from "./match-addresses.js";
import { matchConcat } from "./match-concat.js";
import { addPortCondition, rangesWhere, tcpFlagMatches } from "./match-numbers.js";
import { type Comparison, predicatesOf } from "./predicate.js";
import type { RuleContext } from "./rule-context.js";
import type { Expression } from "./types.js";
import { STATE_BITS } from "./value-names.js";
import { rangesOf } from "./values.js";

/** The drafts for which the comparison holds as well; a draft for which it never does is gone. */
export function applyMatch(drafts: readonly Draft[], comparison: Comparison, context: RuleContext): Draft[] {
  const { left } = comparison;
  if (left.kind === "concat") return drafts.flatMap((draft) => matchConcat(draft, left.parts, comparison, context));
  const name = fieldOf(left);
  if (name === undefined) return drafts.map((draft) => doubted(draft, textOf(comparison)));
  const meaning = fieldMeaning(name);
  return drafts.flatMap((draft) =>
    withField(draft, meaning, name).flatMap(({ draft: holder, isReal }) =>
      isReal ? matchField(holder, name, meaning, comparison, context) : [doubted(holder, textOf(comparison))],
    ),
  );
}

function textOf({ left, operator, right }: Comparison): string {
  return describeMatch(left, operator, right);
}

function fieldOf(left: Expression): string | undefined {
  if (left.kind === "field") return left.name;
  return left.kind === "binary" ? fieldOf(left.left) : undefined;
}

function matchField(
  draft: Draft,
  name: string,
  { place }: FieldMeaning,
  comparison: Comparison,
  context: RuleContext,
): Draft[] {
  switch (place.kind) {
    case "source":
    case "destination":
      return matchAddresses(draft, place.kind, comparison, context);
    case "ingressInterface":
    case "egressInterface":
      return matchInterfaces(draft, place.kind, !name.endsWith("name"), comparison, context);
    case "sourcePorts":
    case "destinationPorts":
      return matchPorts(draft, place.kind, comparison, context);
    case "icmpTypes":
    case "icmpCodes":
      return byPredicate(draft, comparison, place.type, context, (each, holds) =>
        addPortCondition(each, { [place.kind]: rangesWhere(holds, 255) }),
      );
    case "tcpFlags":
      return byPredicate(draft, comparison, place.type, context, (each, holds) => [
        withCondition(each, "service", {
          operands: tcpFlagMatches(holds).map((tcpFlags) => ({ literal: { protocol: 6, tcpFlags } })),
          negated: false,
        }),
      ]);
    case "nextHeader":
      return byPredicate(draft, comparison, "protocol", context, (each, holds) => matchNextHeader(each, holds));
    case "protocol":
      return byPredicate(draft, comparison, place.type, context, (each, holds) => narrowed(each, "protocols", holds));
    case "family": {
      const [v4, v6] = place.type === "family" ? [2, 10] : [0x0800, 0x86dd];
      return byPredicate(draft, comparison, place.type, context, (each, holds) =>
        narrowed(each, "families", (family) => holds(family === "ipv4" ? v4 : v6)),
      );
    }
    case "state":
      if (context.reach.mayBeUntracked) return [doubted(draft, textOf(comparison))];
      return byPredicate(draft, comparison, place.type, context, (each, holds) =>
        matchState(each, (state) => holds(STATE_BITS[state]), context),
      );
    case "direction":
      return matchDirection(draft, comparison, context);
    case "connection":
      return ofConnection(draft, context, (each) => [doubted(each, textOf(comparison))], textOf(comparison));
    case "addressType":
      return matchAddressType(draft, place.side, comparison, context);
    case "mark":
      return name === "ct mark"
        ? ofConnection(draft, context, (each) => matchMark(each, name, comparison, context), textOf(comparison))
        : matchMark(draft, name, comparison, context);
    case "status":
      return ofConnection(draft, context, (each) => matchStatus(each, comparison, context), textOf(comparison));
    case "none":
      return [doubted(draft, textOf(comparison))];
  }
}

/** Headers that may stand before that of the protocol (include/net/ipv6.h, NEXTHDR_…). */
const EXTENSION_HEADERS: readonly number[] = [0, 43, 44, 51, 60, 135];

/** The first header of IPv6 is that of the protocol only where no other stands before it, which the model does not tell. */
function matchNextHeader(draft: Draft, holds: (header: number) => boolean): Draft[] {
  const answers = (protocol: number) => new Set([protocol, ...EXTENSION_HEADERS].map(holds));
  return [
    ...narrowed(draft, "protocols", (protocol) => !answers(protocol).has(false)),
    ...narrowed(draft, "protocols", (protocol) => answers(protocol).size === 2).map((each) =>
      doubted(each, "extension headers stand before the protocol's"),
    ),
  ];
}

/** The packets of states that pass a test, and those of which it is open because of the zone they may be in. */
function matchState(draft: Draft, holds: (state: ConnectionState) => boolean, { shared }: RuleContext): Draft[] {
  const { zones } = shared;
  if (zones === undefined) return narrowed(draft, "states", holds);
  const possible = (state: ConnectionState) => new Set(statesInZones(state).map(holds));
  return [
    ...narrowed(draft, "states", (state) => !possible(state).has(false)),
    ...narrowed(draft, "states", (state) => possible(state).size === 2).map((each) => doubted(each, zones)),
  ];
}

/**
 * A packet without connection (invalid, untracked) has nothing of one: a rule that asks for it does not match. Nor has a later
 * packet in another zone than the first.
 */
function ofConnection(draft: Draft, context: RuleContext, match: (draft: Draft) => Draft[], text: string): Draft[] {
  if (context.reach.mayBeUntracked) return [doubted(draft, text)];
  const drafts = tracked(draft, context);
  if (context.shared.zones === undefined) return drafts.flatMap(match);
  const isLater = (state: ConnectionState) => statesInZones(state).length > 1;
  return drafts.flatMap((each) => [
    ...narrowed(each, "states", (state) => !isLater(state)).flatMap(match),
    ...narrowed(each, "states", isLater).map((later) => doubted(later, text)),
  ]);
}

/** What the state tells of the connection's status; the rest is open. */
function matchStatus(draft: Draft, comparison: Comparison, context: RuleContext): Draft[] {
  const { translations } = context.shared;
  return byPredicate(draft, comparison, "status", context, (each, holds) => {
    const passes = new Map([...each.states].map((state) => [state, statusPasses(state, translations, holds)]));
    return [
      ...narrowed(each, "states", (state) => passes.get(state) === true),
      ...narrowed(each, "states", (state) => passes.get(state) === undefined).map((one) =>
        doubted(one, textOf(comparison)),
      ),
    ];
  });
}

/** The first packet of a connection goes its original way; where later ones go no rule says. */
function matchDirection(draft: Draft, comparison: Comparison, context: RuleContext): Draft[] {
  if (context.reach.mayBeUntracked) return [doubted(draft, textOf(comparison))];
  const first = narrowed(draft, "states", (state) => state === "new");
  const later = narrowed(draft, "states", (state) => state === "established" || state === "related");
  return [
    ...first.flatMap((each) =>
      byPredicate(each, comparison, "direction", context, (one, holds) => (holds(0) ? [one] : [])),
    ),
    ...later.map((each) => doubted(each, textOf(comparison))),
  ];
}

/** The drafts of the packets for which an expression has a value at all: for all others the rule ends where it is asked. */
export function havingValue(draft: Draft, expression: Expression, context: RuleContext): Draft[] {
  switch (expression.kind) {
    case "field": {
      const meaning = fieldMeaning(expression.name);
      const holders = withField(draft, meaning, expression.name).map((holder) => holder.draft);
      return expression.name.startsWith("ct ") ? holders.flatMap((each) => tracked(each, context)) : holders;
    }
    case "binary":
      return havingValue(draft, expression.left, context).flatMap((each) =>
        havingValue(each, expression.right, context),
      );
    case "concat":
      return expression.parts.reduce<Draft[]>(
        (drafts, part) => drafts.flatMap((each) => havingValue(each, part, context)),
        [draft],
      );
    case "map":
      return havingValue(draft, expression.key, context).map((each) => doubted(each, describe(expression)));
    default:
      return [draft];
  }
}

export function tracked(draft: Draft, { reach }: RuleContext): Draft[] {
  if (reach.mayBeUntracked) return [doubted(draft, "connection tracking has looked at the packet")];
  return narrowed(draft, "states", (state) => state !== "invalid" && state !== "untracked");
}

type NumberComparison = Parameters<typeof predicatesOf>[1];

/** Adds what a comparison of a small number says, for each reading of it that is possible. */
function byPredicate(
  draft: Draft,
  comparison: Comparison,
  type: NumberComparison,
  context: RuleContext,
  add: (draft: Draft, holds: (value: number) => boolean) => Draft[],
): Draft[] {
  const readings = predicatesOf(comparison, type, context);
  if (readings === undefined) return [doubted(draft, textOf(comparison))];
  return readings.flatMap(({ holds, doubt }) => add(doubt === undefined ? draft : doubted(draft, doubt), holds));
}

/** Ports are compared as ranges: a predicate would be asked 65536 times. */
function matchPorts(
  draft: Draft,
  field: "sourcePorts" | "destinationPorts",
  comparison: Comparison,
  context: RuleContext,
): Draft[] {
  const plain = comparison.left.kind === "field" ? plainRanges(comparison) : undefined;
  if (plain !== undefined) return addPortCondition(draft, { [field]: plain });
  return byPredicate(draft, comparison, "port", context, (each, holds) =>
    addPortCondition(each, { [field]: rangesWhere(holds, 65535) }),
  );
}

function plainRanges({ operator, right }: Comparison): PortRange[] | undefined {
  if (operator !== "implicit" && operator !== "==" && operator !== "!=") return undefined;
  const ranges = rangesOf(right, "port");
  return operator === "!=" && ranges !== undefined ? complementRanges(ranges, 65535) : ranges;
}
