/** Walks over tokens. */
import { SyntaxProblem, type Token } from "./tokenize.js";

/** Nesting deeper than this is refused. */
const MAX_DEPTH = 100;

export class TokenCursor {
  protected at = 0;
  protected depth = 0;

  constructor(protected readonly tokens: readonly Token[]) {}

  protected get token(): Token {
    return this.tokens[this.at] ?? (this.tokens.at(-1) as Token);
  }

  protected get endLine(): number {
    return this.tokens[this.at - 1]?.line ?? this.token.line;
  }

  protected is(...signs: readonly string[]): boolean {
    return this.token.kind === "sign" && signs.includes(this.token.text);
  }

  protected isName(...names: readonly string[]): boolean {
    return this.token.kind === "name" && (names.length === 0 || names.includes(this.token.text));
  }

  protected skipLines(): void {
    while (this.token.kind === "line-end") this.at++;
  }

  protected take(...signs: readonly string[]): boolean {
    const isIt = this.is(...signs);
    if (isIt) this.at++;
    return isIt;
  }

  /** All of the signs one after another, or none of them. */
  protected takeAll(...signs: readonly string[]): boolean {
    const areThere = signs.every((sign, index) => {
      const token = this.tokens[this.at + index];
      return token?.kind === "sign" && token.text === sign;
    });
    if (areThere) this.at += signs.length;
    return areThere;
  }

  protected expect(sign: string): void {
    if (!this.take(sign)) this.fail(`expected \`${sign}\``);
  }

  protected expectName(): string {
    if (this.token.kind !== "name") this.fail("expected a name");
    return this.tokens[this.at++]?.text ?? "";
  }

  protected fail(message: string): never {
    const { line, column, kind, text } = this.token;
    const found =
      kind === "end" ? "the text ends early" : `${message}, found \`${kind === "line-end" ? "a new line" : text}\``;
    throw new SyntaxProblem(found, line, column);
  }

  protected deeper<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) this.fail(`nested deeper than ${MAX_DEPTH} levels`);
    const value = read();
    this.depth--;
    return value;
  }
}
