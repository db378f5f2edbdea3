/** A place in a list of tokens, from which a parser reads on. */
import type { Token, TokenKind } from "./tokenize.js";

/** Thrown where the text is not what it should be; caught where the rest of the rule or block is skipped. */
export class NftSyntaxError extends Error {}

/** Expressions and blocks nested deeper than this are refused: recursion stays bounded. */
const DEEPEST = 60;

const BLOCKS: ReadonlySet<string> = new Set(["table", "chain", "map", "flowtable"]);

export class Cursor {
  private depth = 0;

  constructor(
    private readonly tokens: readonly Token[],
    public index = 0,
  ) {}

  get token(): Token {
    return this.tokens[Math.min(this.index, this.tokens.length - 1)] as Token;
  }

  /** The token some places ahead. */
  ahead(distance: number): Token {
    return this.tokens[Math.min(this.index + distance, this.tokens.length - 1)] as Token;
  }

  /** True iff the current token is not quoted and reads so. */
  at(...texts: readonly string[]): boolean {
    const { kind, text } = this.token;
    return kind !== "quoted" && kind !== "variable" && texts.includes(text);
  }

  atKind(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  /** The current token, and on to the next. */
  next(): Token {
    const { token } = this;
    if (token.kind === "eof") this.fail("the text ends early");
    this.index++;
    return token;
  }

  /** Goes past the current token iff it reads so. */
  skip(...texts: readonly string[]): boolean {
    if (!this.at(...texts)) return false;
    this.index++;
    return true;
  }

  expect(text: string): Token {
    if (!this.at(text)) this.fail(`expected \`${text}\``);
    return this.next();
  }

  /** A word, number or quoted text. */
  name(): string {
    const { kind } = this.token;
    if (kind !== "word" && kind !== "number" && kind !== "quoted" && kind !== "variable") this.fail("expected a name");
    return kind === "variable" ? `$${this.next().text}` : this.next().text;
  }

  skipNewlines(): void {
    while (this.atKind("newline")) this.index++;
  }

  skipSeparators(): void {
    while (this.atKind("newline") || this.at(";")) this.index++;
  }

  /** True iff the statement ends here. */
  get isAtEnd(): boolean {
    return this.atKind("newline") || this.atKind("eof") || this.at(";", "}");
  }

  /** Goes to the end of the statement, past whole blocks in braces; a brace left open ends where a block starts. */
  skipStatement(): void {
    let depth = 0;
    for (; !this.atKind("eof"); this.index++) {
      if (this.isAtEnd && (depth === 0 || BLOCKS.has(this.ahead(1).text))) return;
      if (this.at("{", "(")) depth++;
      else if (this.at("}", ")")) depth--;
    }
  }

  /** Goes past a block, from its opening brace to its closing one. */
  skipBlock(): void {
    let depth = 0;
    for (; !this.atKind("eof"); this.index++) {
      if (this.at("{")) depth++;
      else if (this.at("}") && --depth <= 0) {
        this.index++;
        return;
      }
    }
  }

  /** The tokens from one index to the current one as text. */
  textFrom(start: number): string {
    return this.tokens.slice(start, this.index).map(written).join(" ");
  }

  /** Reads one level deeper. */
  nested<T>(read: () => T): T {
    if (this.depth >= DEEPEST) this.fail("nested too deeply");
    this.depth++;
    try {
      return read();
    } finally {
      this.depth--;
    }
  }

  fail(message: string): never {
    throw new NftSyntaxError(message);
  }
}

function written({ kind, text }: Token): string {
  if (kind === "quoted") return `"${text}"`;
  return kind === "variable" ? `$${text}` : kind === "newline" ? "" : text;
}
