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
  let at = 0;
  let line = 1;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const push = (kind: TokenKind, value: string, length = value.length): void => {
    tokens.push({ kind, text: value, line });
    at += length;
  };
  while (at < text.length) {
    const skipped = match(BLANK) ?? match(COMMENT);
    if (skipped !== undefined) {
      at += skipped.length;
      line += skipped.split("\n").length - 1;
    } else if (text[at] === "\n") {
      push("newline", "\n");
      line++;
    } else {
      const [kind, value, length] = readToken(match) ?? ["bad", text[at] as string];
      push(kind, value, length);
    }
  }
  tokens.push({ kind: "eof", text: "", line });
  return tokens;
}

type Read = readonly [kind: TokenKind, value: string, length?: number];

function readToken(match: (pattern: RegExp) => string | undefined): Read | undefined {
  const colons = addressIn(match(COLONS));
  if (colons !== undefined) return ["address", colons];
  const quad = match(QUAD);
  if (quad !== undefined) return ["address", quad];
  const number = match(NUMBER);
  if (number !== undefined) return ["number", number];
  const word = match(WORD);
  if (word !== undefined) return ["word", word];
  const quoted = match(QUOTED);
  if (quoted !== undefined) return ["quoted", quoted.slice(1).replace(/"$/, ""), quoted.length];
  const variable = match(VARIABLE);
  if (variable !== undefined) return ["variable", variable.slice(1), variable.length];
  const operator = match(OPERATOR);
  return operator === undefined ? undefined : ["operator", operator];
}

/** The IPv6 or hardware address the text starts with; a colon after it separates a map's key from its value. */
function addressIn(text: string | undefined): string | undefined {
  if (text === undefined || text.includes(":::")) return undefined;
  const candidates = [text, text.replace(/:$/, "")];
  return candidates.find((each) => MAC.test(each) || parseAddress(each)?.length === 4);
}
