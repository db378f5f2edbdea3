/** Resolves the constant part of ARM template expressions, e.g. `[concat(variables('net'), '.0/24')]`. */
import { type JsonValue, jsonMember, jsonText } from "../../syntax/json.js";

/** Expressions longer or nested deeper than a person writes are left unresolved, so that the work stays bounded. */
const MAX_EXPRESSION_LENGTH = 2000;
const MAX_DEPTH = 20;

/** Replaces expressions by the values they certainly have. */
export interface ExpressionScope {
  /** The value an expression text stands for; a value that is no expression, or not a constant one, stays itself. */
  resolve(value: JsonValue): JsonValue;
}

/** A scope without template: nothing in it is an expression. */
export const NO_EXPRESSIONS: ExpressionScope = { resolve: (value) => value };

/** True iff the text is still an expression. */
export function isExpression(text: string): boolean {
  return text.startsWith("[") && !text.startsWith("[[") && text.endsWith("]");
}

/** Scope of a template with its own parameter defaults and variables, and the values of parameter files. */
export function templateScope(template: JsonValue, parameterValues: ReadonlyMap<string, JsonValue>): ExpressionScope {
  const variables = jsonMember(template, "variables");
  const parameters = jsonMember(template, "parameters");
  const lookUp = (kind: "variables" | "parameters", name: string): JsonValue | undefined =>
    kind === "variables"
      ? jsonMember(variables, name)
      : (parameterValues.get(name.toLowerCase()) ?? jsonMember(jsonMember(parameters, name), "defaultValue"));

  const resolve = (value: JsonValue, depth: number): JsonValue => {
    const text = value.kind === "scalar" && typeof value.value === "string" ? value.value : "";
    if (!isExpression(text) || text.length > MAX_EXPRESSION_LENGTH || depth > MAX_DEPTH) return value;
    const found = new ExpressionReader(text.slice(1, -1), (kind, name) => {
      const target = lookUp(kind, name);
      return target && resolve(target, depth + 1);
    }).whole();
    return found === undefined ? value : at(found, value);
  };
  return { resolve: (value) => resolve(value, 0) };
}

/** A text or number stands where the expression stands; a list or object stays where it is written. */
function at(found: JsonValue, place: JsonValue): JsonValue {
  return found.kind === "scalar" ? { ...found, line: place.line, endLine: place.endLine } : found;
}

type LookUp = (kind: "variables" | "parameters", name: string) => JsonValue | undefined;

/** Reads `name('text', call(…))` with the functions whose result is certain; undefined as soon as one is not. */
class ExpressionReader {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly lookUp: LookUp,
  ) {}

  whole(): JsonValue | undefined {
    const value = this.term();
    this.skip(/\s*/y);
    return this.at === this.text.length ? value : undefined;
  }

  private skip(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match[0];
  }

  private term(): JsonValue | undefined {
    if (++this.depth > MAX_DEPTH) return undefined;
    this.skip(/\s*/y);
    const quoted = this.skip(/'(?:[^']|'')*'/y);
    const value = quoted === undefined ? this.call() : scalar(quoted.slice(1, -1).replaceAll("''", "'"));
    this.depth--;
    return this.properties(value);
  }

  private call(): JsonValue | undefined {
    const number = this.skip(/-?\d+/y);
    if (number !== undefined) return scalar(Number(number));
    const name = this.skip(/[A-Za-z]+/y)?.toLowerCase();
    if (name === undefined || this.skip(/\s*\(/y) === undefined) return undefined;
    const values: JsonValue[] = [];
    while (this.skip(/\s*\)/y) === undefined) {
      if (values.length > 0 && this.skip(/\s*,/y) === undefined) return undefined;
      const value = this.term();
      if (value === undefined) return undefined;
      values.push(value);
    }
    return this.apply(name, values);
  }

  /** Follows `.name` after a value. */
  private properties(value: JsonValue | undefined): JsonValue | undefined {
    let current = value;
    for (let name = this.skip(/\.\w+/y); name !== undefined; name = this.skip(/\.\w+/y)) {
      current = jsonMember(current, name.slice(1));
    }
    return current;
  }

  private apply(name: string, values: readonly JsonValue[]): JsonValue | undefined {
    const texts = values.map(jsonText);
    if ((name === "variables" || name === "parameters") && values.length === 1 && texts[0] !== undefined) {
      return this.lookUp(name, texts[0]);
    }
    if (texts.some((text) => text === undefined || isExpression(text))) return undefined;
    const known = texts as readonly string[];
    if (name === "concat") return scalar(known.join(""));
    if (name === "tolower") return scalar((known[0] ?? "").toLowerCase());
    if (name === "toupper") return scalar((known[0] ?? "").toUpperCase());
    if (name === "string") return scalar(known[0] ?? "");
    if (name === "int") return scalar(Number(known[0]));
    if (name === "createarray") return { kind: "array", items: values, line: 0, endLine: 0 };
    if (name === "format") return formatted(known);
    return name === "resourceid" ? scalar(known.join("/")) : undefined;
  }
}

function scalar(value: string | number): JsonValue {
  return { kind: "scalar", value, line: 0, endLine: 0 };
}

function formatted([pattern, ...values]: readonly string[]): JsonValue | undefined {
  if (pattern === undefined || /\{(?!\d+\})/.test(pattern)) return undefined;
  const filled = pattern.replace(/\{(\d+)\}/g, (whole, index: string) => values[Number(index)] ?? whole);
  return /\{\d+\}/.test(filled) ? undefined : scalar(filled);
}
