/** Turns nft text into tokens that know their lines. */
import { parseAddress } from "../../model/address.js";

/** `bad` is a character nft does not know. */
export type TokenKind = "word" | "number" | "address" | "quoted" | "variable" | "operator" | "newline" | "bad" | "eof";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly line: number;
}

const BLANK = /(?:[ \t\r\f\v]|\\\r?\n)+/y;
const COMMENT = /#[^\n]*/y;
const COLONS = /[0-9a-fA-F]{0,4}:[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{0,45}/y;
const QUAD = /\d+\.\d+\.\d+\.\d+/y;
const NUMBER = /\d[0-9A-Za-z]*/y;
const WORD = /[A-Za-z_](?:[A-Za-z0-9_/.-]|\\\*)*\*?/y;
const QUOTED = /"[^"\n]*"?/y;
const VARIABLE = /\$[A-Za-z_][A-Za-z0-9_/.-]*/y;
const OPERATOR = /==|!=|<=|>=|<<|>>|[-<>&|^!{}()[\],:;=/.*+@]/y;
const MAC = /^[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}$/;

/** All tokens of the text, the last of them `eof`. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const scanner = new Scanner(text);
  while (scanner.skipBlank()) tokens.push(scanner.next());
  tokens.push({ kind: "eof", text: "", line: scanner.line });
  return tokens;
}

class Scanner {
  line = 1;
  private at = 0;

  constructor(private readonly text: string) {}

  /** Goes past blanks and comments; false iff the text ends there. */
  skipBlank(): boolean {
    for (;;) {
      const character = this.text[this.at];
      if (character === undefined) return false;
      const isComment = character === "#";
      if (!isComment && !BLANKS.has(character)) return true;
      const skipped = this.match(isComment ? COMMENT : BLANK);
      if (skipped === "") return true;
      this.at += skipped.length;
      if (skipped.includes("\n")) this.line += skipped.split("\n").length - 1;
    }
  }

  /** The token at the cursor, which stands on no blank. */
  next(): Token {
    const { line } = this;
    const character = this.text[this.at] as string;
    const [kind, value, length = value.length] = this.read(character);
    this.at += length;
    if (kind === "newline") this.line++;
    return { kind, text: value, line };
  }

  private read(character: string): readonly [kind: TokenKind, value: string, length?: number] {
    if (character === "\n") return ["newline", "\n"];
    if (/[0-9a-fA-F:]/.test(character)) {
      const address = addressIn(this.match(COLONS)) ?? (character <= "9" ? this.match(QUAD) : "");
      if (address !== "") return ["address", address];
    }
    if (character >= "0" && character <= "9") return ["number", this.match(NUMBER)];
    const word = this.match(WORD);
    if (word !== "") return ["word", word];
    if (character === '"') {
      const quoted = this.match(QUOTED);
      return ["quoted", quoted.slice(1).replace(/"$/, ""), quoted.length];
    }
    const variable = character === "$" ? this.match(VARIABLE) : "";
    if (variable !== "") return ["variable", variable.slice(1), variable.length];
    const operator = this.match(OPERATOR);
    return operator === "" ? ["bad", character] : ["operator", operator];
  }

  /** What the pattern finds at the cursor; empty iff it finds nothing. */
  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    return pattern.test(this.text) ? this.text.slice(this.at, pattern.lastIndex) : "";
  }
}

const BLANKS: ReadonlySet<string> = new Set([" ", "\t", "\r", "\f", "\v", "\\"]);

/** The IPv6 or hardware address the text starts with; a colon after it separates a map's key from its value. */
function addressIn(text: string): string | undefined {
  if (text === "" || text.includes(":::")) return undefined;
  const candidates = [text, text.replace(/:$/, "")];
  return candidates.find((each) => MAC.test(each) || parseAddress(each)?.length === 4);
}
