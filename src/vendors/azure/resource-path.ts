/** Names of resources and the paths they stand in, also where a path is an expression. */
import { type Expression, isExpression, type LiteralExpression, parseExpression } from "./expression.js";

/** A name and that of the resource it is a part of; an undefined parent may be any. */
export interface SplitPath {
  readonly parent: string | undefined;
  readonly own: string;
}

/** The name at the end of a path or of `resourceId(…)`; another expression stays what it is. */
export function lastSegment(path: string): string {
  if (!isExpression(path)) return path.slice(path.lastIndexOf("/") + 1);
  const expression = parseExpression(path);
  const last = expression?.kind === "call" && expression.name === "resourceid" ? expression.values.at(-1) : undefined;
  return last === undefined ? path : nameOf(last);
}

/** The parts of a name such as `group/rule`, `concat(group, '/rule')` or `format('{0}/{1}', group, rule)`. */
export function splitPath(path: string): SplitPath {
  if (!isExpression(path)) {
    const slash = path.lastIndexOf("/");
    return { parent: slash < 0 ? "" : path.slice(0, slash), own: path.slice(slash + 1) };
  }
  const expression = parseExpression(path);
  const [first, second, ...rest] = expression?.kind === "call" ? expression.values : [];
  const isJoined = expression?.kind === "call" && expression.name === "concat" && first && isLiteral(second);
  if (isJoined && rest.length === 0 && /^\/[^/]+$/.test(String(second.value))) {
    return { parent: nameOf(first), own: String(second.value).slice(1) };
  }
  const isFormat = expression?.kind === "call" && expression.name === "format" && second && isLiteral(first);
  const own = isFormat ? /^\{0\}\/(\{1\}|[^/{}]+)$/.exec(String(first.value))?.[1] : undefined;
  if (second === undefined || own === undefined) return { parent: undefined, own: path };
  return { parent: nameOf(second), own: own === "{1}" && rest[0] !== undefined ? nameOf(rest[0]) : own };
}

function isLiteral(expression: Expression | undefined): expression is LiteralExpression {
  return expression?.kind === "literal";
}

function nameOf(expression: Expression): string {
  return expression.kind === "literal" ? String(expression.value) : `[${expression.text}]`;
}
