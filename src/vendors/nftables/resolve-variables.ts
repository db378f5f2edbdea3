/** Puts the values of variables into rules and elements. */
import type { Element, Expression, Rule, Statement } from "./types.js";

export type Variables = ReadonlyMap<string, Expression>;

/** Variables that hold one another grow fast and deep; what is larger than this is not followed. */
const MOST_ELEMENTS = 200_000;
const DEEPEST = 100;

interface Extent {
  readonly size: number;
  readonly depth: number;
}
const extents = new WeakMap<Expression, Extent>();

/** The value of a variable, or words for it where it is too large to be followed. */
export function boundedValue(value: Expression): Expression {
  const { size, depth } = extentOf(value);
  return size > MOST_ELEMENTS || depth > DEEPEST ? { kind: "other", text: "a value that is too large" } : value;
}

// INVARIANT: a value that holds values of variables finds theirs measured, so this goes as deep as one line does
function extentOf(expression: Expression): Extent {
  const known = extents.get(expression);
  if (known !== undefined) return known;
  const inner = partsOf(expression).map(extentOf);
  const extent = {
    size: inner.reduce((sum, { size }) => sum + size, 1),
    depth: inner.reduce((most, { depth }) => Math.max(most, depth), 0) + 1,
  };
  extents.set(expression, extent);
  return extent;
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "prefix":
      return [expression.address];
    case "range":
      return [expression.first, expression.last];
    case "concat":
    case "list":
      return expression.parts;
    case "binary":
      return [expression.left, expression.right];
    case "set":
      return expression.elements.flatMap(({ key, value }) => (value === undefined ? [key] : [key, value]));
    case "map":
      return [expression.key, expression.map];
    default:
      return [];
  }
}

/** The expression without variables; one that is not defined stays as it is and means anything. */
export function resolveExpression(expression: Expression, variables: Variables): Expression {
  switch (expression.kind) {
    case "variable":
      return variables.get(expression.name) ?? expression;
    case "prefix":
      return { ...expression, address: resolveExpression(expression.address, variables) };
    case "range": {
      const [first, last] = [expression.first, expression.last].map((each) => resolveExpression(each, variables));
      return { ...expression, first: first as Expression, last: last as Expression };
    }
    case "concat":
    case "list":
      return { ...expression, parts: expression.parts.map((part) => resolveExpression(part, variables)) };
    case "binary": {
      const left = resolveExpression(expression.left, variables);
      return { ...expression, left, right: resolveExpression(expression.right, variables) };
    }
    case "set":
      return flatSet(expression.elements, variables);
    case "map": {
      const key = resolveExpression(expression.key, variables);
      return { ...expression, key, map: resolveExpression(expression.map, variables) };
    }
    default:
      return expression;
  }
}

function flatSet(elements: readonly Element[], variables: Variables): Expression {
  if (!elements.some(hasVariable)) return { kind: "set", elements };
  const flat: Element[] = [];
  for (const element of elements) {
    for (const one of resolveElement(element, variables)) {
      if (one.key.kind === "other") return one.key;
      flat.push(one);
    }
    if (flat.length > MOST_ELEMENTS) return { kind: "other", text: "a set with too many elements" };
  }
  return { kind: "set", elements: flat };
}

// most sets have no variables, and may be long
function hasVariable({ key, value }: Element): boolean {
  return [key, value].some((each) => each !== undefined && each.kind !== "value" && each.kind !== "verdict");
}

/** The elements that an element stands for: a variable in a set may itself be a set. */
export function resolveElement(element: Element, variables: Variables): readonly Element[] {
  if (!hasVariable(element)) return [element];
  const key = resolveExpression(element.key, variables);
  if (key.kind === "set") return key.elements;
  return [{ ...element, key, ...(element.value && { value: resolveExpression(element.value, variables) }) }];
}

/** The rule without variables. */
export function resolveRule(rule: Rule, variables: Variables): Rule {
  return { ...rule, statements: rule.statements.map((statement) => resolveStatement(statement, variables)) };
}

function resolveStatement(statement: Statement, variables: Variables): Statement {
  const resolve = (expression: Expression): Expression => resolveExpression(expression, variables);
  switch (statement.kind) {
    case "match":
      return { ...statement, left: resolve(statement.left), right: resolve(statement.right) };
    case "vmap":
      return { ...statement, key: resolve(statement.key), map: resolve(statement.map) };
    case "assign":
      return { ...statement, value: resolve(statement.value) };
    case "nat": {
      const { addresses, ports } = statement;
      return {
        ...statement,
        ...(addresses && { addresses: resolve(addresses) }),
        ...(ports && { ports: resolve(ports) }),
      };
    }
    default:
      return statement;
  }
}
