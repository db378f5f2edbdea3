/** Text of a language that declares resources (Bicep, Terraform) to tokens with their lines; line ends are tokens, since they separate statements and items. */
import type { JsonDocument, JsonValue } from "../../../syntax/json.js";

export interface Token {
  readonly kind: "name" | "number" | "text" | "sign" | "line-end" | "end";
  /** Of a text: its parts as written between the expressions in it, escapes resolved. */
  readonly text: string;
  readonly line: number;
  readonly column: number;
  /** The parts of a text with `${…}` in it, texts and tokens in turn. */
  readonly parts?: readonly (string | readonly Token[])[];
}

/** What tells one language from another as far as tokens go. */
export interface Language {
  /** Blanks and comments that end with their line. */
  readonly blank: RegExp;
  readonly name: RegExp;
  readonly quote: "'" | '"';
  /** Texts over several lines: what begins them, and what ends the one that began so. */
  readonly longText: RegExp;
  endOfLongText(beginning: string): RegExp;
  readonly escapes: Readonly<Record<string, string>>;
}

/** Something that does not belong to the language, at its place. */
export class SyntaxProblem extends Error {
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(message);
  }
}

/** What `read` gives, or the first problem it throws. */
export function parsed(read: () => JsonValue): JsonDocument {
  try {
    return { value: read(), error: undefined, duplicates: [] };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const { message, line, column } = error;
    return { value: undefined, error: { message, line, column }, duplicates: [] };
  }
}

const COMMENT = /\/\*[\s\S]*?\*\//y;
const NUMBER = /\d+/y;
const SIGN = /===?|=>|==|!=|=~|!~|<=|>=|&&|\|\||\?\?|\?\.|::|\.\.\.|[{}()[\].,:?@=<>+\-*/%!|&^~$]/y;
const MOST_NESTED_TEXTS = 20;

/** Throws a `SyntaxProblem` at the first thing that is no token. */
export function tokenize(text: string, language: Language): Token[] {
  return new Tokenizer(text, language).tokens("");
}

class Tokenizer {
  private at = 0;
  private line = 1;
  private lineStart = 0;
  private nesting = 0;

  constructor(
    private readonly source: string,
    private readonly language: Language,
  ) {}

  /** Up to the end, or (inside a text) to the brace that closes an expression. */
  tokens(closing: "" | "}"): Token[] {
    const tokens: Token[] = [];
    for (let open = 0; ; ) {
      const token = this.next();
      if (token.kind === "end" && closing !== "") this.fail("an expression in a text does not end");
      if (token.kind === "sign" && token.text === "{") open++;
      if (token.kind === "sign" && token.text === "}" && open-- === 0 && closing === "}")
        return [...tokens, this.made("end", "")];
      tokens.push(token);
      if (token.kind === "end") return tokens;
    }
  }

  private next(): Token {
    while (this.skip(this.language.blank) !== undefined || this.comment());
    if (this.at >= this.source.length) return this.made("end", "");
    if (this.source[this.at] === "\n") return this.lineEnd();
    const long = this.skip(this.language.longText);
    if (long !== undefined) return this.longText(long);
    if (this.source[this.at] === this.language.quote) return this.quoted();
    const { line, at } = this;
    const column = at - this.lineStart + 1;
    for (const [kind, pattern] of [
      ["name", this.language.name],
      ["number", NUMBER],
      ["sign", SIGN],
    ] as const) {
      const found = this.skip(pattern);
      if (found !== undefined) return { kind, text: found, line, column };
    }
    return this.fail(`unexpected \`${this.source[this.at]}\``);
  }

  private made(kind: Token["kind"], text: string): Token {
    return { kind, text, line: this.line, column: this.at - this.lineStart + 1 };
  }

  private fail(message: string): never {
    throw new SyntaxProblem(message, this.line, this.at - this.lineStart + 1);
  }

  private skip(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.source);
    if (match === null) return undefined;
    this.at = pattern.lastIndex;
    return match[0];
  }

  private comment(): boolean {
    const found = this.skip(COMMENT);
    if (found !== undefined) this.countLines(found, this.at - found.length);
    return found !== undefined;
  }

  private countLines(text: string, start: number): void {
    for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) {
      this.line++;
      this.lineStart = start + i + 1;
    }
  }

  private lineEnd(): Token {
    const token = this.made("line-end", "\n");
    this.at++;
    this.line++;
    this.lineStart = this.at;
    return token;
  }

  private quoted(): Token {
    const token = this.made("text", "");
    this.at++;
    const parts: (string | readonly Token[])[] = [""];
    for (;;) {
      const char = this.source[this.at];
      if (char === undefined || char === "\n") this.fail("a text in quotes must end on its line");
      if (char === this.language.quote) break;
      if (char === "\\") this.append(parts, this.escape());
      else if (this.skip(/\$\$(?=\{)|%%(?=\{)/y)) this.append(parts, char);
      else if (this.source.startsWith("${", this.at) || this.source.startsWith("%{", this.at))
        parts.push(this.expression(), "");
      else this.append(parts, this.source[this.at++] as string);
    }
    this.at++;
    return parts.length === 1 ? { ...token, text: parts[0] as string } : { ...token, parts };
  }

  private append(parts: (string | readonly Token[])[], text: string): void {
    parts.push(`${parts.pop() as string}${text}`);
  }

  private expression(): readonly Token[] {
    const isDirective = this.source[this.at] === "%";
    this.at += 2;
    if (++this.nesting > MOST_NESTED_TEXTS) this.fail("texts are nested too deeply");
    const tokens = this.tokens("}");
    this.nesting--;
    return isDirective ? [this.made("name", "directive"), this.made("end", "")] : tokens;
  }

  private escape(): string {
    const unicode = this.skip(/\\u(?:\{[0-9A-Fa-f]{1,6}\}|[0-9A-Fa-f]{4})/y);
    if (unicode !== undefined) {
      const point = Number.parseInt(unicode.replace(/[\\u{}]/g, ""), 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : this.fail("unknown escape in a text");
    }
    const plain = this.language.escapes[this.source[this.at + 1] ?? ""];
    if (plain === undefined) this.fail("unknown escape in a text");
    this.at += 2;
    return plain;
  }

  /** Nothing in it is special. */
  private longText(beginning: string): Token {
    const token = this.made("text", "");
    const start = this.at;
    const match = this.language.endOfLongText(beginning).exec(this.source.slice(start));
    if (match === null) this.fail("a text over several lines does not end");
    const text = this.source.slice(start, start + match.index);
    this.at = start + match.index + match[0].length;
    this.countLines(this.source.slice(start - beginning.length, this.at), start - beginning.length);
    return { ...token, text: text.replace(/^\r?\n/, "") };
  }
}
