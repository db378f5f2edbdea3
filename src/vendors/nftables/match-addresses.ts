/** Conditions on addresses and interfaces. */
import {
  type AddressRange,
  ALL_ADDRESSES,
  addressBits,
  addressFromValue,
  addressValue,
  type Family,
  familyOf,
  parseAddress,
} from "../../model/address.js";
import type { AnyOf, Endpoint, InterfacePattern, Operand } from "../../model/matches.js";
import { addressesOfType } from "../netfilter/own-addresses.js";
import { describeMatch } from "./describe.js";
import { type Draft, doubted, narrowed, withCondition } from "./draft.js";
import type { Comparison } from "./predicate.js";
import { type RuleContext, type SetContent, setContent } from "./rule-context.js";
import type { Expression } from "./types.js";
import { addressOperands, addressRangeOf, interfacePatterns } from "./values.js";

type Side = "source" | "destination";

/** The draft for the addresses that a comparison holds for; the family is already that of the field. */
export function matchAddresses(draft: Draft, side: Side, comparison: Comparison, context: RuleContext): Draft[] {
  const [family] = draft.families as ReadonlySet<Family>;
  const { left, operator, right } = comparison;
  const isNegated = operator === "!=";
  const content = setContent(right, context);
  const operands = family && addressesMeant(comparison, content, family, context);
  if (operands === undefined) return [doubted(draft, describeMatch(left, operator, right))];
  const added = withCondition(draft, side, { operands, negated: isNegated });
  const shrinks = content?.shrinks;
  if (shrinks === undefined) return [added];
  // members may have gone: those that are listed may match a negated condition too
  return isNegated
    ? [added, doubted(withCondition(draft, side, { operands, negated: false }), shrinks)]
    : [doubted(added, shrinks)];
}

function addressesMeant(
  { left, operator, right }: Comparison,
  content: SetContent | undefined,
  family: Family,
  context: RuleContext,
): Operand<Endpoint>[] | undefined {
  if (content?.unclear !== undefined) return undefined;
  const values: Expression = content === undefined ? right : { kind: "set", elements: content.elements };
  if (left.kind === "binary") return isEquality(operator) ? maskedAddresses(left, values, family) : undefined;
  if (!isEquality(operator)) {
    const beyond = rangeBeyond(operator, right, family);
    return beyond && [{ literal: beyond }];
  }
  if (content?.name === undefined) return addressOperands(values, family);
  return [{ setRef: namedPrefixes(content.name, values, family, context) }];
}

function isEquality(operator: Comparison["operator"]): boolean {
  return operator === "implicit" || operator === "==" || operator === "!=";
}

/** Makes the named set a defined set of the device, once for each family it is asked for. */
function namedPrefixes(setName: string, values: Expression, family: Family, { table, shared }: RuleContext): string {
  const name = `${table.family} ${table.name} @${setName}`;
  const key = `prefix ${name}`;
  const at = table.sets.get(setName)?.at ?? table.at;
  if (!shared.defined.has(key))
    shared.defined.set(key, { kind: "prefix", name, at, members: addressOperands(values, family) });
  return name;
}

/** `ip saddr & 0.0.0.255 == 0.0.0.9`. */
function maskedAddresses(left: Expression, values: Expression, family: Family): Operand<Endpoint>[] | undefined {
  if (left.kind !== "binary" || left.operator !== "&" || left.left.kind !== "field") return undefined;
  const mask = wordsOf(left.right, family);
  if (mask === undefined) return undefined;
  const list = values.kind === "set" ? values.elements.map(({ key }) => key) : [values];
  const operands: Operand<Endpoint>[] = [];
  for (const each of list) {
    const value = wordsOf(each, family);
    if (value === undefined) return undefined;
    // a value with bits outside the mask is never met
    const canHold = value.every((word, i) => (word & ~(mask[i] as number)) >>> 0 === 0);
    if (canHold) operands.push({ literal: { family, value, mask } });
  }
  return operands;
}

function wordsOf(expression: Expression, family: Family): readonly number[] | undefined {
  const words = expression.kind === "value" ? parseAddress(expression.text) : undefined;
  return words !== undefined && familyOf(words) === family ? words : undefined;
}

/** The addresses before or after one. */
function rangeBeyond(operator: string, right: Expression, family: Family): AddressRange | undefined {
  const limit = addressRangeOf(right);
  if (limit?.family !== family) return undefined;
  const all = ALL_ADDRESSES[family];
  const step = operator.endsWith("=") ? 0n : 1n;
  const value = addressValue(limit.first) + (operator.startsWith("<") ? -step : step);
  if (!/^[<>]/.test(operator) || value < 0n || value >> BigInt(addressBits(family)) > 0n) return undefined;
  const bound = addressFromValue(value, family);
  return operator.startsWith("<") ? { ...all, last: bound } : { ...all, first: bound };
}

/**
 * `fib daddr type local`: what the local routing table says of the address, whatever the interface. IPv6 answers by rules
 * of its own (net/ipv6/netfilter/nft_fib_ipv6.c), which are not followed.
 */
export function matchAddressType(
  draft: Draft,
  side: Side,
  { left, operator, right }: Comparison,
  context: RuleContext,
): Draft[] {
  const content = setContent(right, context);
  const isOpen = content?.unclear !== undefined || content?.shrinks !== undefined;
  const keys = content === undefined ? [right] : content.elements.map(({ key }) => key);
  const types = keys.map((key) => (key.kind === "value" ? key.text.toUpperCase() : ""));
  return [...draft.families].flatMap((family) =>
    narrowed(draft, "families", (each) => each === family).map((each) => {
      const isKnown = isEquality(operator) && !isOpen && family === "ipv4";
      const condition = isKnown ? addressesOfType(types, family, context.shared.own) : undefined;
      if (condition === undefined) return doubted(each, describeMatch(left, operator, right));
      const negated = condition.negated !== (operator === "!=");
      return withCondition(each, side, { ...condition, negated });
    }),
  );
}

type InterfaceField = "ingressInterface" | "egressInterface";

/** The draft for the interfaces that a comparison holds for; where there is none, the name is empty. */
export function matchInterfaces(
  draft: Draft,
  field: InterfaceField,
  isIndex: boolean,
  { left, operator, right }: Comparison,
  context: RuleContext,
): Draft[] {
  const content = setContent(right, context);
  const values: Expression = content === undefined ? right : { kind: "set", elements: content.elements };
  const patterns = left.kind === "field" && isEquality(operator) ? interfacePatterns(values, isIndex) : undefined;
  const isOpen = content?.unclear !== undefined || content?.shrinks !== undefined;
  if (patterns === undefined || isOpen || isToldBySomeKernels(field, context)) {
    return [doubted(draft, describeMatch(left, operator, right))];
  }
  const condition: AnyOf<InterfacePattern> = {
    operands: patterns.map((literal) => ({ literal })),
    negated: operator === "!=",
  };
  if (field === "ingressInterface" || !isBeforeRouting(context)) return [withCondition(draft, field, condition)];
  return holdsForNone(patterns) === condition.negated ? [] : [draft];
}

/** Hooks at which the outgoing interface is not known yet; the incoming one is told after routing only by some kernels. */
export function isToldBySomeKernels(field: InterfaceField, { reach: { hooks } }: RuleContext): boolean {
  if (field === "ingressInterface") return hooks.has("postrouting") || hooks.has("egress");
  const before = [...hooks].filter((hook) => BEFORE_ROUTING.has(hook));
  return before.length > 0 && before.length < hooks.size;
}

const BEFORE_ROUTING: ReadonlySet<string> = new Set(["ingress", "prerouting", "input"]);

function isBeforeRouting({ reach: { hooks } }: RuleContext): boolean {
  return [...hooks].some((hook) => BEFORE_ROUTING.has(hook));
}

function holdsForNone(patterns: readonly InterfacePattern[]): boolean {
  return patterns.some((pattern) => "prefix" in pattern && pattern.prefix === "");
}
