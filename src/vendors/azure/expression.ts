/** ARM template expressions, e.g. `[concat(variables('net'), '.0/24')]`, to trees. */

/** Expressions longer or nested deeper than people and their tools write are not read, so that the work stays bounded. */
const MAX_EXPRESSION_LENGTH = 20_000;
export const MAX_EXPRESSION_DEPTH = 40;

/** An expression with the text it was read from. */
export type Expression = LiteralExpression | CallExpression | PickExpression;

export interface LiteralExpression {
  readonly kind: "literal";
  readonly value: string | number;
  readonly text: string;
}

export interface CallExpression {
  readonly kind: "call";
  /** Lower case. */
  readonly name: string;
  readonly values: readonly Expression[];
  readonly text: string;
}

/** A property or an item of a value: `of.name`, `of[0]`. */
export interface PickExpression {
  readonly kind: "pick";
  readonly of: Expression;
  readonly key: Expression;
  readonly text: string;
}

/** True iff the text is an expression. */
export function isExpression(text: string): boolean {
  return text.startsWith("[") && !text.startsWith("[[") && text.endsWith("]");
}

/** The tree of a text for which `isExpression` holds; undefined iff it is none that can be read. */
export function parseExpression(text: string): Expression | undefined {
  return text.length > MAX_EXPRESSION_LENGTH ? undefined : new ExpressionReader(text.slice(1, -1)).whole();
}

/** Reads until the first thing that is wrong; then everything is undefined. */
class ExpressionReader {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  whole(): Expression | undefined {
    const expression = this.term();
    this.skip(/\s*/y);
    return this.at === this.text.length ? expression : undefined;
  }

  private skip(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match[0];
  }

  private term(): Expression | undefined {
    if (++this.depth > MAX_EXPRESSION_DEPTH) return undefined;
    this.skip(/\s*/y);
    const start = this.at;
    const first = this.literal() ?? this.call(start);
    const whole = first && this.picks(first, start);
    this.depth--;
    return whole;
  }

  private literal(): Expression | undefined {
    const quoted = this.skip(/'(?:[^']|'')*'/y);
    if (quoted !== undefined) {
      return { kind: "literal", value: quoted.slice(1, -1).replaceAll("''", "'"), text: quoted };
    }
    const number = this.skip(/-?\d+/y);
    return number === undefined ? undefined : { kind: "literal", value: Number(number), text: number };
  }

  private call(start: number): Expression | undefined {
    const name = this.skip(/[A-Za-z][\w.]*/y)?.toLowerCase();
    if (name === undefined || this.skip(/\s*\(/y) === undefined) return undefined;
    const values: Expression[] = [];
    while (this.skip(/\s*\)/y) === undefined) {
      if (values.length > 0 && this.skip(/\s*,/y) === undefined) return undefined;
      const value = this.term();
      if (value === undefined) return undefined;
      values.push(value);
    }
    return { kind: "call", name, values, text: this.text.slice(start, this.at) };
  }

  /** Follows `.name` and `[key]` after a value. */
  private picks(first: Expression, start: number): Expression | undefined {
    for (let of = first; ; ) {
      const name = this.skip(/\s*\.\s*\w+/y);
      const key = name === undefined ? this.bracketed() : literal(name.replace(/[\s.]/g, ""));
      if (key === undefined) return of;
      if (key === "wrong") return undefined;
      of = { kind: "pick", of, key, text: this.text.slice(start, this.at) };
    }
  }

  private bracketed(): Expression | "wrong" | undefined {
    if (this.skip(/\s*\[/y) === undefined) return undefined;
    const key = this.term();
    return key !== undefined && this.skip(/\s*\]/y) !== undefined ? key : "wrong";
  }
}

function literal(value: string): LiteralExpression {
  return { kind: "literal", value, text: `'${value}'` };
}
