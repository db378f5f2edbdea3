/** Conditions on marks, the statements that set them, and the cases that come of both. */
import { forgetMark, MarkCases, type MarkChange, type MarkSide, type MarkTest } from "../netfilter/marks.js";
import { describeMatch } from "./describe.js";
import { type Draft, doubted, narrowed } from "./draft.js";
import { type Comparison, predicatesOf } from "./predicate.js";
import { type RuleContext, setContent } from "./rule-context.js";
import type { NftTable, Ruleset } from "./ruleset.js";
import type { Expression, Statement } from "./types.js";
import { numberOf, rangesOf } from "./values.js";

const ALL_BITS = 0xffffffff;
const SIDES: Readonly<Record<string, MarkSide>> = { "meta mark": "packet", "ct mark": "connection" };
/** So many single values are asked for one by one where only some bits of a mark are known. */
const MOST_VALUES = 16;

/** Fact by which a user states that nothing but the rules marks packets: `packet-marks: rules`. */
const MARKS_FACT = "packet-marks";

/** The draft for the marks that a comparison holds for, and for those that it may hold for. */
export function matchMark(draft: Draft, name: string, comparison: Comparison, context: RuleContext): Draft[] {
  const { left, operator, right } = comparison;
  const text = describeMatch(left, operator, right);
  const { marks } = context.shared;
  const readings = marks.isFollowed ? predicatesOf(comparison, "mark", context) : undefined;
  if (readings === undefined) return [doubted(draft, text)];
  return readings.flatMap(({ holds, doubt }) => {
    const test: MarkTest = {
      side: SIDES[name] as MarkSide,
      mask: maskOf(left),
      holds,
      ...valuesOf(comparison, context),
    };
    const { surely, perhaps } = marks.tested(test);
    const base = doubt === undefined ? draft : doubted(draft, doubt);
    return [
      ...narrowed(base, "tags", (tag) => surely.includes(tag)),
      ...narrowed(base, "tags", (tag) => perhaps.includes(tag)).map((each) => doubted(each, text)),
    ];
  });
}

/** The bits of a mark that an expression looks at. */
function maskOf(left: Expression): number {
  if (left.kind !== "binary" || left.operator !== "&") return ALL_BITS;
  const constants = [left.left, left.right].map((side) => numberOf(side, "mark"));
  return constants.find((constant) => constant !== undefined) ?? ALL_BITS;
}

function valuesOf({ left, operator, right }: Comparison, context: RuleContext): Pick<MarkTest, "values"> {
  const isPlain =
    left.kind === "field" || (left.kind === "binary" && left.operator === "&" && left.left.kind === "field");
  if (!isPlain || (operator !== "implicit" && operator !== "==")) return {};
  const content = setContent(right, context);
  const ranges = rangesOf(content === undefined ? right : { kind: "set", elements: content.elements }, "mark");
  if (ranges === undefined || ranges.length > MOST_VALUES || ranges.some(({ first, last }) => first !== last))
    return {};
  return { values: ranges.map(({ first }) => first) };
}

/** What a statement does to marks; undefined iff it leaves them alone. */
export function markChangeOf(field: string, value: Expression): MarkChange | undefined {
  const side = SIDES[field];
  if (side === undefined) return undefined;
  const mix = mixOf(value);
  return mix === undefined ? forgetMark(side) : { side, ...mix };
}

type Mix = Pick<MarkChange, "packet" | "connection" | "constant">;

/** An expression as bits of both marks and a constant, joined by exclusive or; undefined iff it is something else. */
function mixOf(expression: Expression): Mix | undefined {
  if (expression.kind === "field") {
    if (!Object.hasOwn(SIDES, expression.name)) return undefined;
    const isPacket = SIDES[expression.name] === "packet";
    return { packet: isPacket ? ALL_BITS : 0, connection: isPacket ? 0 : ALL_BITS, constant: 0 };
  }
  if (expression.kind !== "binary") {
    const constant = numberOf(expression, "mark");
    return constant === undefined ? undefined : { packet: 0, connection: 0, constant };
  }
  const [left, right] = [mixOf(expression.left), mixOf(expression.right)];
  return left === undefined || right === undefined ? undefined : joined(expression.operator, left, right);
}

function joined(operator: string, a: Mix, b: Mix): Mix | undefined {
  switch (operator) {
    case "^":
      return each(a, b, (x, y) => x ^ y);
    case "&":
      if (isConstant(b)) return each(a, a, (x) => x & b.constant);
      return isConstant(a) ? each(b, b, (x) => x & a.constant) : undefined;
    case "|": {
      if (isConstant(b))
        return { ...each(a, a, (x) => x & ~b.constant), constant: ((a.constant & ~b.constant) ^ b.constant) >>> 0 };
      // bits that never meet make the same with either operator
      return (bitsOf(a) & bitsOf(b)) === 0 ? each(a, b, (x, y) => x ^ y) : undefined;
    }
    default:
      return undefined;
  }
}

function each(a: Mix, b: Mix, join: (x: number, y: number) => number): Mix {
  return {
    packet: join(a.packet, b.packet) >>> 0,
    connection: join(a.connection, b.connection) >>> 0,
    constant: join(a.constant, b.constant) >>> 0,
  };
}

function isConstant({ packet, connection }: Mix): boolean {
  return packet === 0 && connection === 0;
}

function bitsOf({ packet, connection, constant }: Mix): number {
  return packet | connection | constant;
}

/** The cases of marks that the rules of all tables make; not followed where something unknown may change them. */
export function markCasesOf(
  tables: readonly NftTable[],
  unread: Ruleset["unread"],
  facts: ReadonlyMap<string, string> | undefined,
): MarkCases {
  const chains = tables.flatMap((table) => [...table.chains.values()]);
  const rules = chains.flatMap((chain) => chain.rules.map(({ rule }) => rule));
  const statements = rules.flatMap((rule) => rule.statements);
  const isKnown =
    unread.length === 0 &&
    chains.every(({ unclear }) => unclear === undefined) &&
    rules.every(({ problem }) => problem === undefined) &&
    statements.every(({ kind }) => kind !== "unknown");
  const changes = statements.flatMap((statement) => changesOf(statement));
  const tests = isKnown ? statements.flatMap(keysOf).flatMap(askedOf) : [];
  return new MarkCases(changes, tests, facts?.get(MARKS_FACT) === "rules");
}

function changesOf(statement: Statement): MarkChange[] {
  const change = statement.kind === "assign" ? markChangeOf(statement.field, statement.value) : undefined;
  return change === undefined ? [] : [change];
}

/** The expressions whose values a statement asks for. */
function keysOf(statement: Statement): Expression[] {
  if (statement.kind === "match") return [statement.left];
  return statement.kind === "vmap" ? [statement.key] : [];
}

function askedOf(expression: Expression): Pick<MarkTest, "side" | "mask">[] {
  if (expression.kind === "concat") return expression.parts.flatMap(askedOf);
  const field = fieldIn(expression);
  const side = field === undefined ? undefined : SIDES[field];
  return side === undefined ? [] : [{ side, mask: maskOf(expression) }];
}

function fieldIn(expression: Expression): string | undefined {
  if (expression.kind === "field") return expression.name;
  return expression.kind === "binary" ? (fieldIn(expression.left) ?? fieldIn(expression.right)) : undefined;
}
