/** Expressions of a language that declares resources to values of an ARM template: objects and lists stay such, everything else becomes ARM's words. */
import type { JsonMember, JsonScalar, JsonValue } from "../../../syntax/json.js";
import { armLiteral, armText, expressionValue, textValue } from "./arm-text.js";
import { TokenCursor } from "./token-cursor.js";
import type { Token } from "./tokenize.js";

const BINARY: readonly Readonly<Record<string, (a: string, b: string) => string>>[] = [
  { "??": (a, b) => `coalesce(${a}, ${b})` },
  { "||": (a, b) => `or(${a}, ${b})` },
  { "&&": (a, b) => `and(${a}, ${b})` },
  {
    "==": (a, b) => `equals(${a}, ${b})`,
    "!=": (a, b) => `not(equals(${a}, ${b}))`,
    "=~": (a, b) => `equals(toLower(${a}), toLower(${b}))`,
    "!~": (a, b) => `not(equals(toLower(${a}), toLower(${b})))`,
  },
  {
    "<": (a, b) => `less(${a}, ${b})`,
    ">": (a, b) => `greater(${a}, ${b})`,
    "<=": (a, b) => `lessOrEquals(${a}, ${b})`,
    ">=": (a, b) => `greaterOrEquals(${a}, ${b})`,
  },
  { "+": (a, b) => `add(${a}, ${b})`, "-": (a, b) => `sub(${a}, ${b})` },
  { "*": (a, b) => `mul(${a}, ${b})`, "/": (a, b) => `div(${a}, ${b})`, "%": (a, b) => `mod(${a}, ${b})` },
];

/** What the names in expressions stand for, as text of an ARM expression. */
export interface Names {
  /** A name alone. */
  text(name: string): string;
  /** A property of what the name stands for, where it is known beforehand; else undefined. */
  property(name: string, property: string): string | undefined;
  /** The template's word for a function that is called; absent: the language has the template's own functions. */
  called?(name: string): string;
}

/** A loop as written: `for item in list: body`. */
export interface Loop {
  readonly id: string;
  readonly count: string;
  readonly body: JsonValue;
  readonly condition: string | undefined;
  readonly line: number;
  readonly endLine: number;
}

export class ExpressionParser extends TokenCursor {
  private loops = 0;
  /** Innermost last: what loop and lambda variables stand for. */
  private readonly locals: Map<string, string>[] = [];
  /** Loops that stand where a value does; the owner of the value writes them. */
  private readonly loopOf = new WeakMap<JsonValue, Loop>();

  constructor(
    tokens: readonly Token[],
    protected readonly names: Names,
  ) {
    super(tokens);
  }

  /** Reads one expression. */
  expression(): JsonValue {
    return this.deeper(() => this.conditional());
  }

  /** The loop a value stands for; undefined: it is a plain value. */
  protected loopFor(value: JsonValue): Loop | undefined {
    return this.loopOf.get(value);
  }

  private conditional(): JsonValue {
    const condition = this.binary(0);
    if (!this.continuesWith("?")) return condition;
    this.at++;
    this.skipLines();
    const yes = this.expression();
    this.skipLines();
    this.expect(":");
    this.skipLines();
    const no = this.expression();
    return this.made(`if(${armText(condition)}, ${armText(yes)}, ${armText(no)})`, condition.line);
  }

  private binary(level: number): JsonValue {
    const operators = BINARY[level];
    if (operators === undefined) return this.unary();
    let left = this.binary(level + 1);
    const signs = Object.keys(operators);
    while (this.continuesWith(...signs)) {
      const write = operators[this.token.text];
      this.at++;
      this.skipLines();
      const right = this.binary(level + 1);
      left = this.made(write?.(armText(left), armText(right)) ?? "", left.line);
    }
    return left;
  }

  /** An operator may stand on the next line, unless it could begin a value of its own. */
  private continuesWith(...signs: readonly string[]): boolean {
    const start = this.at;
    this.skipLines();
    const isIt = this.is(...signs) && (this.at === start || !this.is("-"));
    if (!isIt) this.at = start;
    return isIt;
  }

  private unary(): JsonValue {
    const { line } = this.token;
    if (this.take("!")) return this.made(`not(${armText(this.deeper(() => this.unary()))})`, line);
    if (!this.take("-")) return this.postfix();
    const value = this.deeper(() => this.unary());
    const isNumber = value.kind === "scalar" && typeof value.value === "number";
    return isNumber ? { ...value, value: -Number(value.value) } : this.made(`sub(0, ${armText(value)})`, line);
  }

  private postfix(): JsonValue {
    let value = this.primary();
    for (;;) {
      const { line } = value;
      if (this.take("!")) continue;
      if (this.takeAll("[", "*", "]") || this.takeAll(".", "*")) value = this.made(`splat(${armText(value)})`, line);
      else if (this.take("::"))
        value = this.made(`reference(${armText(value)}, ${armLiteral(this.expectName())})`, line);
      else if (this.continuesWith(".", "?.")) {
        this.at++;
        const name = this.token.kind === "number" ? this.itemNumber() : this.expectName();
        value = this.made(this.is("(") ? `${name}(${this.values()})` : `${armText(value)}.${name}`, line);
      } else if (this.take("[")) {
        this.take("?");
        const key = armText(this.expression());
        this.expect("]");
        value = this.made(`${armText(value)}[${key}]`, line);
      } else return value;
    }
  }

  /** `list.0`, an older way to write `list[0]`. */
  private itemNumber(): string {
    this.at++;
    return `item${this.tokens[this.at - 1]?.text}`;
  }

  private primary(): JsonValue {
    const { kind, text, line, parts } = this.token;
    if (this.is("{")) return this.deeper(() => this.object());
    if (this.is("[")) return this.deeper(() => this.list());
    if (this.is("(")) return this.parenthesis();
    if (kind === "name") return this.named();
    if (kind !== "number" && kind !== "text") return this.fail("expected a value");
    this.at++;
    if (kind === "number") return { kind: "scalar", value: Number(text), line, endLine: line };
    return parts === undefined ? textValue(text, line, this.lineAfterText(text, line)) : this.interpolated(parts, line);
  }

  private lineAfterText(text: string, line: number): number {
    return line + (text.match(/\n/g)?.length ?? 0);
  }

  /** `(value)`, or the parameters of a lambda. */
  private parenthesis(): JsonValue {
    const close = this.tokens.findIndex(
      (token, index) => index > this.at && token.kind === "sign" && token.text === ")",
    );
    const after = this.tokens[close + 1];
    if (close > 0 && after?.kind === "sign" && after.text === "=>") {
      const parameters = this.tokens.slice(this.at + 1, close).filter(({ kind }) => kind === "name");
      this.at = close + 1;
      return this.lambda(parameters.map(({ text }) => text));
    }
    this.expect("(");
    this.skipLines();
    const value = this.expression();
    this.skipLines();
    this.expect(")");
    return value;
  }

  private lambda(parameters: readonly string[]): JsonValue {
    const { line } = this.token;
    this.expect("=>");
    this.skipLines();
    this.locals.push(new Map(parameters.map((name) => [name, `lambdaVariables(${armLiteral(name)})`])));
    const body = this.expression();
    this.locals.pop();
    return this.made(`lambda(${[...parameters.map(armLiteral), armText(body)].join(", ")})`, line);
  }

  private named(): JsonValue {
    const { line } = this.token;
    const name = this.expectName();
    if (this.is("=>")) return this.lambda([name]);
    if (this.is("(")) return this.made(`${this.names.called?.(name) ?? name}(${this.values()})`, line);
    const scalar = { kind: "scalar", line, endLine: line } as const;
    if (name === "true" || name === "false") return { ...scalar, value: name === "true" };
    if (name === "null") return { ...scalar, value: null };
    const local = this.locals.findLast((names) => names.has(name))?.get(name);
    const known = local === undefined ? this.knownProperty(name) : undefined;
    return this.made(known ?? local ?? this.names.text(name), line);
  }

  private knownProperty(name: string): string | undefined {
    const [dot, property] = [this.token, this.tokens[this.at + 1]];
    if (dot.kind !== "sign" || dot.text !== "." || property?.kind !== "name") return undefined;
    const text = this.names.property(name, property.text);
    if (text !== undefined) this.at += 2;
    return text;
  }

  /** The values of a call, as text. */
  private values(): string {
    const values: string[] = [];
    this.expect("(");
    for (this.skipLines(); !this.take(")"); this.skipLines()) {
      const value = armText(this.expression());
      values.push(this.take("...") ? `each(${value})` : value);
      this.skipLines();
      if (!this.take(",") && !this.is(")")) this.fail("expected `,` or `)`");
    }
    return values.join(", ");
  }

  private interpolated(parts: readonly (string | readonly Token[])[], line: number): JsonScalar {
    let index = 0;
    const values: string[] = [];
    const pattern = parts.map((part) => {
      if (typeof part === "string") return part.replaceAll("{", "{{").replaceAll("}", "}}");
      values.push(this.inText(part));
      return `{${index++}}`;
    });
    return expressionValue(`format(${[armLiteral(pattern.join("")), ...values].join(", ")})`, line);
  }

  private inText(tokens: readonly Token[]): string {
    const inner = new ExpressionParser(tokens, this.names);
    inner.depth = this.depth + 1;
    inner.locals.push(...this.locals);
    inner.skipLines();
    const text = armText(inner.expression());
    inner.skipLines();
    if (inner.token.kind !== "end") inner.fail("expected `}`");
    return text;
  }

  private object(): JsonValue {
    const { line } = this.token;
    const members: JsonMember[] = [];
    const spread: string[] = [];
    this.expect("{");
    this.skipItems();
    if (this.isName("for") && this.tokens[this.at + 1]?.kind === "name") return this.comprehension(line, "}");
    for (; !this.take("}"); this.skipItems()) {
      if (this.take("...")) spread.push(armText(this.expression()));
      else members.push(...this.member());
      if (!this.is("}", ",") && this.token.kind !== "line-end") this.fail("expected a new line");
    }
    const own: JsonValue = { kind: "object", members, line, endLine: this.endLine };
    return spread.length === 0 ? own : this.made(`union(${[...spread, armText(own)].join(", ")})`, line);
  }

  /** The members that one entry of an object gives. */
  protected member(): JsonMember[] {
    const { line, kind, text, parts } = this.token;
    if (kind !== "name" && kind !== "text") this.fail("expected the name of a property");
    this.at++;
    this.expect(":");
    this.skipLines();
    const value = this.expression();
    const loop = this.loopFor(value);
    // A name that is put together may be that of any property.
    const key = parts === undefined ? text : "a computed name";
    return [loop === undefined ? { key, line, value } : loopMember(key, line, loop)];
  }

  private list(): JsonValue {
    const { line } = this.token;
    const items: JsonValue[] = [];
    this.expect("[");
    this.skipItems();
    if (this.isName("for")) return this.loop(line);
    const spread: string[] = [];
    for (; !this.take("]"); this.skipItems()) {
      if (this.take("...")) spread.push(armText(this.expression()));
      else items.push(this.plainItem());
      if (!this.is("]", ",") && this.token.kind !== "line-end") this.fail("expected a new line");
    }
    const own: JsonValue = { kind: "array", items, line, endLine: this.endLine };
    return spread.length === 0 ? own : this.made(`flatten(createArray(${[...spread, armText(own)].join(", ")}))`, line);
  }

  private plainItem(): JsonValue {
    const value = this.expression();
    const loop = this.loopFor(value);
    return loop === undefined ? value : expressionValue("a loop in a list", loop.line, loop.endLine);
  }

  private skipItems(): void {
    while (this.token.kind === "line-end" || this.is(",")) this.at++;
  }

  /** What makes a list or object out of another one, unread: up to the closing bracket. */
  protected comprehension(line: number, close: string): JsonValue {
    for (let open = 0; open > 0 || !this.is(close); this.at++) {
      if (this.token.kind === "end") this.fail(`expected \`${close}\``);
      if (this.is("{", "(", "[")) open++;
      if (this.is("}", ")", "]")) open--;
    }
    this.expect(close);
    return this.made("comprehension()", line);
  }

  protected loop(line: number): JsonValue {
    this.at++;
    const names = this.loopNames();
    if (this.expectName() !== "in") this.fail("expected `in`");
    const list = armText(this.expression());
    this.expect(":");
    this.skipLines();
    // A name of its own for each loop: inside another one both indexes are meant.
    const id = `loop ${line}.${++this.loops}.${this.locals.length}`;
    const index = `copyIndex(${armLiteral(id)})`;
    const [item = "", position] = names;
    this.locals.push(
      new Map([[item, `${list}[${index}]`], ...(position === undefined ? [] : [[position, index] as const])]),
    );
    const condition = this.condition();
    const body = this.expression();
    this.locals.pop();
    this.skipItems();
    this.expect("]");
    const place: JsonValue = { kind: "scalar", value: "[a loop]", line, endLine: this.endLine };
    this.loopOf.set(place, { id, count: `length(${list})`, body, condition, line, endLine: this.endLine });
    return place;
  }

  private loopNames(): string[] {
    if (!this.take("(")) return [this.expectName()];
    const item = this.expectName();
    this.expect(",");
    const position = this.expectName();
    this.expect(")");
    return [item, position];
  }

  /** `if (…)` before a body. */
  protected condition(): string | undefined {
    if (!this.isName("if")) return undefined;
    this.at++;
    this.skipLines();
    return armText(this.parenthesis());
  }

  private made(text: string, line: number): JsonScalar {
    return expressionValue(text, line, this.endLine);
  }
}

/** A loop as the member of the object that is to have its list. */
export function loopMember(key: string, line: number, loop: Loop): JsonMember {
  const place = { line: loop.line, endLine: loop.endLine };
  const member = (name: string, value: JsonValue): JsonMember => ({ key: name, line: loop.line, value });
  // A condition on the rounds of a list leaves some out; which, nobody can say by their numbers.
  const count = loop.condition === undefined ? loop.count : `filtered(${loop.count})`;
  const members = [
    member("name", { kind: "scalar", value: loop.id, ...place }),
    member("property", { kind: "scalar", value: key, ...place }),
    member("count", expressionValue(count, loop.line)),
    member("input", loop.body),
  ];
  const list: JsonValue = { kind: "array", items: [{ kind: "object", members, ...place }], ...place };
  return { key: "copy", line, value: list };
}
