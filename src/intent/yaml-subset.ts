/**
 * Reads the part of YAML that our files are mostly written in, many times faster than the YAML library: mappings and
 * lists in both styles, texts of one line, remarks, and anchors where the value starts on the same line. It gives up at
 * anything else and at every mistake, which the library alone explains (docs/decisions/0094-yaml-subset.md).
 */

import { LineCursor } from "./line-cursor.js";
import { Anchors } from "./yaml-anchors.js";
import {
  type Located,
  located,
  type YamlEntry,
  type YamlMapping,
  type YamlScalar,
  type YamlSequence,
  type YamlValue,
} from "./yaml-value.js";

/** What the library reads too; undefined iff the text is not of the subset. */
export function readSubset(text: string, file: string): YamlValue | undefined {
  if (UNUSUAL.test(text)) return undefined;
  const reader = new SubsetReader(new LineCursor(text, file));
  return reader.readDocument();
}

/** Levels of collections. */
const MAX_DEPTH = 32;
/** Characters of a key and its colon. */
const MAX_KEY = 1024;

/** Control characters, and white space other than spaces. */
const UNUSUAL = /[^\P{Cc}\r\n]|[^\S \r\n]/u;

const DASH = /-(?=[ \r\n]|$)/y;
const COLON = /:(?=[ \r\n]|$)/y;
const COMMA = /,/y;
const OPENING = /[[{]/y;
const END_OF_ITEMS = /\]/y;
const END_OF_ENTRIES = /\}/y;
const ANCHOR = /&[\w-]+ +(?=[^&*])/y;
const ANCHOR_AT_LINE_END = /&[\w-]+(?=\r?\n *[^ &*#\r\n])/y;
const ALIAS = /\*[\w-]+/y;
const DOUBLE_QUOTED = /"(?:[^"\\\r\n]|\\["\\])*"/y;
const ESCAPE = /\\(.)/g;
const SINGLE_QUOTED = /'(?:[^'\r\n]|'')*'/y;
/** Words without quotes with the spaces behind them, on a line and within brackets. */
const BLOCK_WORDS = /(?:[^\s\-?.:,[\]{}#&*!|>'"%@`]|-(?=\w)|\.{1,2}(?=[\w/]))(?:[^\r\n:#]|:(?=\S)|(?<=\S)#)*/y;
const FLOW_WORDS =
  /(?:[^\s\-?.:,[\]{}#&*!|>'"%@`]|-(?=\w)|\.{1,2}(?=[\w/]))(?:[^\r\n:#,[\]{}]|:(?=[^\s,[\]{}])|(?<=\S)#)*/y;
/** Whatever means something else than its text, in some spelling. */
const NO_TEXT = /^(?:~|null|true|false|[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|[-+]?\.(?:inf|nan)|0[ox][\da-f]+)$/i;
const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/** Its methods give undefined where the text leaves the subset; nothing may be read after that. */
class SubsetReader {
  readonly #anchors = new Anchors();

  constructor(readonly cursor: LineCursor) {}

  readDocument(): YamlValue | undefined {
    const value = this.#readBlock(-1, MAX_DEPTH);
    return this.cursor.isAtEnd && !this.#anchors.repeatTooMuch ? value : undefined;
  }

  /** A value up to the end of its last line; all its lines but the first are indented by more than `parent`. */
  #readBlock(parent: number, depth: number): YamlValue | undefined {
    const { cursor } = this;
    if (depth > 0 && cursor.sees(DASH)) return this.#readItems(cursor.column, depth - 1);
    if (depth > 0 && cursor.lookAhead(() => this.#readKey(BLOCK_WORDS)) !== undefined)
      return this.#readEntries(cursor.column, depth - 1);
    return this.#readLine(parent, depth);
  }

  #readItems(column: number, depth: number): YamlSequence | undefined {
    const { cursor } = this;
    const at = cursor.here();
    const items: YamlValue[] = [];
    this.#anchors.count();
    while (cursor.column === column && cursor.skip(DASH)) {
      if (!cursor.endLine()) cursor.skipSpaces();
      const item = cursor.column > column ? this.#readBlock(column, depth) : undefined;
      if (item === undefined) return undefined;
      items.push(item);
    }
    return { kind: "sequence", items, at };
  }

  #readEntries(column: number, depth: number): YamlMapping | undefined {
    const { cursor } = this;
    const at = cursor.here();
    const entries = new Map<string, YamlEntry>();
    this.#anchors.count();
    while (cursor.column === column) {
      const key = this.#readKey(BLOCK_WORDS);
      const value = key && this.#readBelow(column, depth);
      if (key === undefined || value === undefined || !addEntry(entries, key, value)) return undefined;
    }
    return { kind: "mapping", entries, at };
  }

  /** The value of a key in the column. */
  #readBelow(column: number, depth: number): YamlValue | undefined {
    const { cursor } = this;
    cursor.skipSpaces();
    const name = cursor.take(ANCHOR_AT_LINE_END);
    const before = this.#anchors.size;
    const value = cursor.endLine() ? this.#readIndented(column, depth) : this.#readLine(column, depth);
    return this.#mark(name, value, before);
  }

  #readIndented(column: number, depth: number): YamlValue | undefined {
    const { cursor } = this;
    // A list may stand in the column of its key.
    const isIndented = cursor.column > column || (cursor.column === column && cursor.sees(DASH));
    return isIndented ? this.#readBlock(column, depth) : undefined;
  }

  #readLine(parent: number, depth: number): YamlValue | undefined {
    const value = this.#readInline(parent, BLOCK_WORDS, depth);
    return this.cursor.endLine() ? value : undefined;
  }

  /** A value that starts and ends within a line, or within the brackets it stands in. */
  #readInline(parent: number, words: RegExp, depth: number): YamlValue | undefined {
    const { cursor } = this;
    if (cursor.next === "&") return this.#readMarked(parent, words, depth);
    this.#anchors.count();
    if (cursor.next === "[" && depth > 0) return this.#readFlowItems(parent, depth - 1);
    if (cursor.next === "{" && depth > 0) return this.#readFlowEntries(parent, depth - 1);
    if (cursor.next === "*") return this.#anchors.repeat(cursor.take(ALIAS).slice(1));
    return this.#readScalar(words);
  }

  #readMarked(parent: number, words: RegExp, depth: number): YamlValue | undefined {
    const name = this.cursor.take(ANCHOR);
    const before = this.#anchors.size;
    return name === "" ? undefined : this.#mark(name, this.#readInline(parent, words, depth), before);
  }

  #mark(anchor: string, value: YamlValue | undefined, before: number): YamlValue | undefined {
    if (value !== undefined && anchor !== "") this.#anchors.mark(anchor.slice(1).trimEnd(), value, before);
    return value;
  }

  #readFlowItems(parent: number, depth: number): YamlSequence | undefined {
    const at = this.cursor.here();
    const items: YamlValue[] = [];
    const isWhole = this.#readBrackets(parent, END_OF_ITEMS, () => {
      const item = this.#readInline(parent, FLOW_WORDS, depth);
      return item !== undefined && items.push(item) > 0;
    });
    return isWhole ? { kind: "sequence", items, at } : undefined;
  }

  #readFlowEntries(parent: number, depth: number): YamlMapping | undefined {
    const at = this.cursor.here();
    const entries = new Map<string, YamlEntry>();
    const isWhole = this.#readBrackets(parent, END_OF_ENTRIES, () => {
      const key = this.#readKey(FLOW_WORDS);
      const value = key && this.#skipSpace(parent) ? this.#readInline(parent, FLOW_WORDS, depth) : undefined;
      return key !== undefined && value !== undefined && addEntry(entries, key, value);
    });
    return isWhole ? { kind: "mapping", entries, at } : undefined;
  }

  /** Reads part after part up to the closing bracket; false where one cannot be read. */
  #readBrackets(parent: number, closing: RegExp, readPart: () => boolean): boolean {
    const { cursor } = this;
    let mayFollow = cursor.skip(OPENING);
    while (this.#skipSpace(parent)) {
      if (cursor.skip(closing)) return true;
      if (!mayFollow || !readPart() || !this.#skipSpace(parent)) return false;
      mayFollow = cursor.skip(COMMA);
    }
    return false;
  }

  /** Goes to the next word within brackets; false where its line is not indented by more than `parent`. */
  #skipSpace(parent: number): boolean {
    if (this.cursor.endLine()) return this.cursor.column > parent;
    this.cursor.skipSpaces();
    return true;
  }

  /** A key and its colon. */
  #readKey(words: RegExp): Located | undefined {
    const { cursor } = this;
    const start = cursor.offset;
    const key = located(this.#readScalar(words));
    return cursor.skip(COLON) && cursor.offset - start <= MAX_KEY ? key : undefined;
  }

  #readScalar(words: RegExp): YamlScalar | undefined {
    const at = this.cursor.here();
    const value = this.#readWords(words);
    return value === undefined ? undefined : { kind: "scalar", value, at };
  }

  #readWords(words: RegExp): YamlScalar["value"] | undefined {
    const { cursor } = this;
    if (cursor.next === "'") return unquote(cursor.take(SINGLE_QUOTED))?.replaceAll("''", "'");
    if (cursor.next === '"') return unquote(cursor.take(DOUBLE_QUOTED))?.replaceAll(ESCAPE, "$1");
    return meaningOf(cursor.take(words).trimEnd());
  }
}

function addEntry(entries: Map<string, YamlEntry>, { text, at }: Located, value: YamlValue): boolean {
  if (entries.has(text)) return false;
  entries.set(text, { key: text, keyAt: at, value });
  return true;
}

function unquote(text: string): string | undefined {
  return text === "" ? undefined : text.slice(1, -1);
}

/** What words without quotes mean; undefined iff that is left to the library. */
function meaningOf(words: string): string | number | boolean | undefined {
  if (words === "true" || words === "false") return words === "true";
  if (NUMBER.test(words)) return Number(words);
  return words === "" || NO_TEXT.test(words) ? undefined : words;
}
