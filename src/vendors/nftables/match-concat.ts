/** Conditions on several fields at once: `ip saddr . tcp dport @set`. */
import type { Family } from "../../model/address.js";
import type { Operand, Tuple } from "../../model/matches.js";
import type { PortRange } from "../../model/service.js";
import { describe, describeMatch } from "./describe.js";
import { type Draft, doubted, withCondition } from "./draft.js";
import { type FieldMeaning, fieldMeaning, withField } from "./fields.js";
import { isToldBySomeKernels } from "./match-addresses.js";
import type { Comparison } from "./predicate.js";
import { type RuleContext, type SetContent, setContent } from "./rule-context.js";
import type { Expression } from "./types.js";
import { addressOperands, interfacePatterns, rangesOf } from "./values.js";

/** The draft for the packets whose fields are together those of one element. */
export function matchConcat(
  draft: Draft,
  parts: readonly Expression[],
  { left, operator, right }: Comparison,
  context: RuleContext,
): Draft[] {
  const text = describeMatch(left, operator, right);
  const fields = parts.map((part) => (part.kind === "field" ? fieldMeaning(part.name) : undefined));
  const holders = parts.reduce<readonly { draft: Draft; isReal: boolean }[]>(
    (drafts, part, i) =>
      drafts.flatMap(({ draft: each, isReal }) => {
        const meaning = fields[i];
        if (meaning === undefined || part.kind !== "field") return [{ draft: each, isReal: false }];
        return withField(each, meaning, part.name).map((one) => ({ draft: one.draft, isReal: isReal && one.isReal }));
      }),
    [{ draft, isReal: true }],
  );
  const content = setContent(right, context) ?? single(right);
  const isRead = (operator === "implicit" || operator === "==" || operator === "!=") && content.unclear === undefined;
  return holders.flatMap(({ draft: each, isReal }) => {
    const tuples = isRead && isReal ? tuplesOf(each, parts, fields, content, context) : undefined;
    if (tuples === undefined) return [doubted(each, text)];
    const added = withCondition(each, "tuples", { operands: tuples, negated: operator === "!=" });
    if (content.shrinks === undefined) return [added];
    const members = withCondition(each, "tuples", { operands: tuples, negated: false });
    return operator === "!=" ? [added, doubted(members, content.shrinks)] : [doubted(members, content.shrinks)];
  });
}

function single(key: Expression): SetContent {
  return { name: undefined, elements: [{ key, expires: false }], unclear: undefined, shrinks: undefined };
}

/** One tuple for each element, or the name of the defined set of them; undefined iff one cannot be told in full. */
function tuplesOf(
  { families, protocols }: Draft,
  parts: readonly Expression[],
  fields: readonly (FieldMeaning | undefined)[],
  { name, elements }: SetContent,
  context: RuleContext,
): Operand<Tuple>[] | undefined {
  const [family] = families;
  if (fields.some((field) => !isTold(field, context))) return undefined;
  const { table, shared } = context;
  const used = [...protocols].length === 256 ? "" : ` of protocol ${[...protocols].join(",")}`;
  const key = `${table.family} ${table.name} @${name} as ${parts.map(describe).join(" . ")}${used}`;
  if (name !== undefined && shared.defined.has(key)) return [{ setRef: key }];
  const operands: Operand<Tuple>[] = [];
  for (const element of elements) {
    const tuples = elementTuples(element.key, fields as readonly FieldMeaning[], family, protocols);
    if (tuples === undefined) return undefined;
    for (const literal of tuples) operands.push({ literal });
  }
  if (name === undefined) return operands;
  shared.defined.set(key, { kind: "tuple", name: key, at: table.sets.get(name)?.at ?? table.at, members: operands });
  return [{ setRef: key }];
}

const TOLD: ReadonlySet<string> = new Set([
  ...["source", "destination", "sourcePorts", "destinationPorts", "protocol", "icmpTypes", "icmpCodes"],
  ...["ingressInterface", "egressInterface"],
]);

function isTold(field: FieldMeaning | undefined, context: RuleContext): boolean {
  if (field === undefined || !TOLD.has(field.place.kind)) return false;
  const { kind } = field.place;
  if (kind !== "ingressInterface" && kind !== "egressInterface") return true;
  const hasEgress = ![...context.reach.hooks].some((hook) => ["ingress", "prerouting", "input"].includes(hook));
  return !isToldBySomeKernels(kind, context) && (kind === "ingressInterface" || hasEgress);
}

interface Fields {
  tuple: Tuple;
  protocols: readonly number[] | undefined;
  ranges: Readonly<Record<string, readonly PortRange[]>>;
}

/** The tuples of one element: one, or one for each protocol it leaves open. */
function elementTuples(
  key: Expression,
  fields: readonly FieldMeaning[],
  family: Family | undefined,
  possible: ReadonlySet<number>,
): Tuple[] | undefined {
  const parts = key.kind === "concat" ? key.parts : [key];
  if (parts.length !== fields.length) return undefined;
  let read: Fields | undefined = { tuple: {}, protocols: undefined, ranges: {} };
  for (const [i, part] of parts.entries()) {
    read = read && addPart(read, part, fields[i] as FieldMeaning, family);
  }
  if (read === undefined) return undefined;
  const { tuple, ranges } = read;
  const hasService = read.protocols !== undefined || Object.keys(ranges).length > 0;
  if (!hasService) return [tuple];
  const protocols = (read.protocols ?? [...possible]).filter((protocol) => possible.has(protocol));
  return protocols.map((protocol) => ({ ...tuple, service: { protocol, ...ranges } }));
}

function addPart(
  read: Fields,
  part: Expression,
  { place }: FieldMeaning,
  family: Family | undefined,
): Fields | undefined {
  switch (place.kind) {
    case "source":
    case "destination": {
      const [operand] = family === undefined ? [] : addressOperands(part, family);
      if (operand === undefined || !("literal" in operand)) return undefined;
      return { ...read, tuple: { ...read.tuple, [place.kind]: operand.literal } };
    }
    case "ingressInterface":
    case "egressInterface": {
      const [pattern] = interfacePatterns(part, false) ?? [];
      return pattern && { ...read, tuple: { ...read.tuple, [place.kind]: pattern } };
    }
    case "protocol": {
      const ranges = rangesOf(part, "protocol");
      const listed = Array.from({ length: 256 }, (_, number) => number);
      const protocols = ranges && listed.filter((n) => ranges.some(({ first, last }) => first <= n && n <= last));
      return protocols && { ...read, protocols };
    }
    case "sourcePorts":
    case "destinationPorts":
    case "icmpTypes":
    case "icmpCodes": {
      const ranges = rangesOf(part, place.type);
      return ranges && { ...read, ranges: { ...read.ranges, [place.kind]: ranges } };
    }
    default:
      return undefined;
  }
}
