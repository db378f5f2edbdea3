/** Reads POSIX extended regular expressions, as the GNU library compiles them, into a tree. */

/** Inclusive range of UTF-16 code units. */
export interface CharRange {
  readonly first: number;
  readonly last: number;
}

export type RegexNode =
  | { readonly kind: "char"; readonly ranges: readonly CharRange[] }
  | { readonly kind: "sequence"; readonly parts: readonly RegexNode[] }
  | { readonly kind: "choice"; readonly options: readonly RegexNode[] }
  /** `max` absent: any number of times from `min` on. */
  | { readonly kind: "repeat"; readonly part: RegexNode; readonly min: number; readonly max?: number }
  | { readonly kind: "start" | "end" };

export const ANY_CHAR: readonly CharRange[] = [{ first: 0, last: 0xffff }];

const MAX_DEPTH = 64;
const MAX_REPEAT = 255; // RE_DUP_MAX of POSIX
const MAX_STACKED_REPEATS = 4;

const CLASSES: Readonly<Record<string, string>> = {
  alpha: "A-Za-z",
  digit: "0-9",
  alnum: "0-9A-Za-z",
  upper: "A-Z",
  lower: "a-z",
  xdigit: "0-9A-Fa-f",
  space: "\t-\r  ",
  blank: "\t\t  ",
  punct: "!-/:-@[-`{-~",
};

/** Raised inside the reader for a pattern it does not follow; never leaves this file. */
class NotUnderstood extends Error {}

interface Cursor {
  readonly text: string;
  readonly ignoreCase: boolean;
  at: number;
}

/**
 * The tree of a pattern; undefined iff it is malformed, is not ASCII, or uses back references, word boundaries or
 * collating elements.
 */
export function parseRegex(pattern: string, ignoreCase: boolean): RegexNode | undefined {
  if (!/^[ -~]*$/.test(pattern)) return undefined;
  const cursor: Cursor = { text: pattern, ignoreCase, at: 0 };
  try {
    const tree = parseChoice(cursor, 0);
    return cursor.at === pattern.length ? tree : undefined;
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

function parseChoice(cursor: Cursor, depth: number): RegexNode {
  if (depth > MAX_DEPTH) throw new NotUnderstood();
  const options = [parseSequence(cursor, depth)];
  while (cursor.text[cursor.at] === "|") {
    cursor.at++;
    options.push(parseSequence(cursor, depth));
  }
  return options.length === 1 ? (options[0] as RegexNode) : { kind: "choice", options };
}

function parseSequence(cursor: Cursor, depth: number): RegexNode {
  const parts: RegexNode[] = [];
  while (cursor.at < cursor.text.length && !"|)".includes(cursor.text[cursor.at] as string)) {
    parts.push(parseRepeats(cursor, parseAtom(cursor, depth)));
  }
  return parts.length === 1 ? (parts[0] as RegexNode) : { kind: "sequence", parts };
}

function parseAtom(cursor: Cursor, depth: number): RegexNode {
  const char = cursor.text[cursor.at++] as string;
  if (char === "(") return parseGroup(cursor, depth);
  if (char === "[") return parseBracket(cursor);
  if (char === "\\") return parseEscape(cursor);
  if (char === ".") return { kind: "char", ranges: ANY_CHAR };
  if (char === "^") return { kind: "start" };
  if (char === "$") return { kind: "end" };
  if ("*+?{".includes(char)) throw new NotUnderstood();
  return literal(char, cursor.ignoreCase);
}

function parseGroup(cursor: Cursor, depth: number): RegexNode {
  const inner = parseChoice(cursor, depth + 1);
  if (cursor.text[cursor.at++] !== ")") throw new NotUnderstood();
  return inner;
}

function literal(char: string, ignoreCase: boolean): RegexNode {
  const code = char.charCodeAt(0);
  return { kind: "char", ranges: withCase([{ first: code, last: code }], ignoreCase) };
}

// The GNU library reads `\d` as a plain `d`; of the letters only these mean something.
const ESCAPED_CLASSES: Readonly<Record<string, { readonly body: string; readonly negated: boolean }>> = {
  w: { body: "0-9A-Z__a-z", negated: false },
  W: { body: "0-9A-Z__a-z", negated: true },
  s: { body: "\t-\r  ", negated: false },
  S: { body: "\t-\r  ", negated: true },
};

function parseEscape(cursor: Cursor): RegexNode {
  const char = cursor.text[cursor.at++];
  if (char === undefined || /[1-9bB<>`']/.test(char)) throw new NotUnderstood();
  const known = ESCAPED_CLASSES[char];
  if (known === undefined) return literal(char, cursor.ignoreCase);
  const ranges = rangesOf(known.body);
  return { kind: "char", ranges: known.negated ? complement(ranges) : ranges };
}

/** Ranges of a text of pairs, `A-Z` or two equal characters for one. */
function rangesOf(body: string): CharRange[] {
  const ranges: CharRange[] = [];
  for (let i = 0; i < body.length; ) {
    const isSpan = body[i + 1] === "-" && i + 2 < body.length;
    const first = body.charCodeAt(i);
    ranges.push({ first, last: isSpan ? body.charCodeAt(i + 2) : first });
    i += isSpan ? 3 : 2;
  }
  return ranges;
}

function parseBracket(cursor: Cursor): RegexNode {
  const isNegated = cursor.text[cursor.at] === "^";
  if (isNegated) cursor.at++;
  const ranges: CharRange[] = [];
  do ranges.push(...parseBracketItem(cursor));
  while (cursor.text[cursor.at] !== "]");
  cursor.at++;
  const cased = withCase(ranges, cursor.ignoreCase);
  return { kind: "char", ranges: isNegated ? complement(cased) : cased };
}

function parseBracketItem(cursor: Cursor): readonly CharRange[] {
  const { text } = cursor;
  const named = /^\[:([a-z]+):\]/.exec(text.slice(cursor.at, cursor.at + 12));
  if (named !== null) {
    const body = Object.hasOwn(CLASSES, named[1] as string) ? CLASSES[named[1] as string] : undefined;
    if (body === undefined) throw new NotUnderstood();
    cursor.at += named[0].length;
    return rangesOf(body);
  }
  if (text[cursor.at] === "[" && /[.=:]/.test(text[cursor.at + 1] ?? "")) throw new NotUnderstood();
  if (cursor.at >= text.length) throw new NotUnderstood();
  const first = text.charCodeAt(cursor.at++);
  if (text[cursor.at] !== "-" || (text[cursor.at + 1] ?? "]") === "]") return [{ first, last: first }];
  const last = text.charCodeAt(cursor.at + 1);
  if (last < first || text[cursor.at + 1] === "[") throw new NotUnderstood();
  cursor.at += 2;
  return [{ first, last }];
}

function complement(ranges: readonly CharRange[]): CharRange[] {
  const gaps: CharRange[] = [];
  let next = 0;
  for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first)) {
    if (first > next) gaps.push({ first: next, last: first - 1 });
    next = Math.max(next, last + 1);
  }
  if (next <= 0xffff) gaps.push({ first: next, last: 0xffff });
  return gaps;
}

const CASE_OFFSET = 32;

/** The ranges, with the ASCII letters of the other case iff `ignoreCase`. */
function withCase(ranges: readonly CharRange[], ignoreCase: boolean): readonly CharRange[] {
  if (!ignoreCase) return ranges;
  return ranges.flatMap((range) => [
    range,
    ...shifted(range, { first: 65, last: 90 }, CASE_OFFSET),
    ...shifted(range, { first: 97, last: 122 }, -CASE_OFFSET),
  ]);
}

function shifted(range: CharRange, letters: CharRange, offset: number): CharRange[] {
  const first = Math.max(range.first, letters.first);
  const last = Math.min(range.last, letters.last);
  return first <= last ? [{ first: first + offset, last: last + offset }] : [];
}

function parseRepeats(cursor: Cursor, atom: RegexNode): RegexNode {
  let node = atom;
  for (let count = 0; ; count++) {
    const repeat = parseRepeat(cursor);
    if (repeat === undefined) return node;
    if (node.kind === "start" || node.kind === "end" || count >= MAX_STACKED_REPEATS) throw new NotUnderstood();
    node = { kind: "repeat", part: node, ...repeat };
  }
}

function parseRepeat(cursor: Cursor): { min: number; max?: number } | undefined {
  const char = cursor.text[cursor.at];
  if (char === undefined || !"*+?{".includes(char)) return undefined;
  cursor.at++;
  if (char === "*") return { min: 0 };
  if (char === "+") return { min: 1 };
  if (char === "?") return { min: 0, max: 1 };
  return parseInterval(cursor);
}

function parseInterval(cursor: Cursor): { min: number; max?: number } {
  const interval = /^(\d{1,3})(,(\d{0,3}))?\}/.exec(cursor.text.slice(cursor.at, cursor.at + 9));
  if (interval === null) throw new NotUnderstood();
  cursor.at += interval[0].length;
  const min = Number(interval[1]);
  const max = interval[2] === undefined ? min : interval[3] === "" ? undefined : Number(interval[3]);
  if (min > MAX_REPEAT || (max ?? min) > MAX_REPEAT || (max !== undefined && max < min)) throw new NotUnderstood();
  return max === undefined ? { min } : { min, max };
}
