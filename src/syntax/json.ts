/** JSON text to a tree whose values know their physical lines. */

/** A value with the first and last physical line it stands on. */
export type JsonValue = JsonObject | JsonArray | JsonScalar;

export interface JsonObject {
  readonly kind: "object";
  readonly members: readonly JsonMember[];
  readonly line: number;
  readonly endLine: number;
}

export interface JsonMember {
  readonly key: string;
  readonly line: number;
  readonly value: JsonValue;
}

export interface JsonArray {
  readonly kind: "array";
  readonly items: readonly JsonValue[];
  readonly line: number;
  readonly endLine: number;
}

export interface JsonScalar {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  readonly line: number;
  readonly endLine: number;
}

/** Something wrong at one place of the text. */
export interface JsonProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** The value of a text, or the first error in it; a key given twice is reported and its last value counts. */
export interface JsonDocument {
  readonly value: JsonValue | undefined;
  readonly error: JsonProblem | undefined;
  readonly duplicates: readonly JsonProblem[];
}

/** Nesting deeper than this is refused: no export needs it, and recursion stays bounded. */
export const MAX_JSON_DEPTH = 200;

class JsonError extends Error {}

const QUOTE = 34;
const BACKSLASH = 92;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const LITERALS: readonly (readonly [string, boolean | null])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

/** Parses RFC 8259 JSON; comments are allowed between tokens, as template languages built on JSON allow them. */
export function parseJson(text: string): JsonDocument {
  const reader = new JsonReader(text);
  try {
    return { value: reader.document(), error: undefined, duplicates: reader.duplicates };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return { value: undefined, error: reader.problem(error.message), duplicates: reader.duplicates };
  }
}

class JsonReader {
  readonly duplicates: JsonProblem[] = [];
  private at = 0;
  private line = 1;
  private lineStart = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  document(): JsonValue {
    this.skipBlank();
    if (this.at >= this.text.length) this.fail("the text is empty");
    const value = this.value();
    this.skipBlank();
    if (this.at < this.text.length) this.fail("text after the end of the value");
    return value;
  }

  problem(message: string): JsonProblem {
    return { message, line: this.line, column: this.at - this.lineStart + 1 };
  }

  private fail(message: string): never {
    throw new JsonError(
      this.at >= this.text.length && message !== "the text is empty" ? "the text ends early" : message,
    );
  }

  private value(): JsonValue {
    const char = this.text[this.at];
    if (char === "{") return this.nested(() => this.object());
    if (char === "[") return this.nested(() => this.array());
    const line = this.line;
    return { kind: "scalar", value: this.scalar(char), line, endLine: line };
  }

  private scalar(char: string | undefined): string | number | boolean | null {
    if (char === '"') return this.string();
    for (const [word, value] of LITERALS) {
      if (char === word[0] && this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  private nested(read: () => JsonValue): JsonValue {
    if (++this.depth > MAX_JSON_DEPTH) this.fail(`nested deeper than ${MAX_JSON_DEPTH} levels`);
    const value = read();
    this.depth--;
    return value;
  }

  private object(): JsonObject {
    const line = this.line;
    const members: JsonMember[] = [];
    const keys = new Set<string>();
    this.items("}", () => {
      if (this.text.charCodeAt(this.at) !== QUOTE) this.fail("expected a key in quotes");
      const problem = this.problem("");
      const key = this.string();
      if (keys.has(key)) this.duplicates.push({ ...problem, message: `the key \`${key}\` is given twice` });
      keys.add(key);
      this.skipBlank();
      if (this.text[this.at] !== ":") this.fail("expected `:` after a key");
      this.at++;
      this.skipBlank();
      members.push({ key, line: problem.line, value: this.value() });
    });
    return { kind: "object", members, line, endLine: this.line };
  }

  private array(): JsonArray {
    const line = this.line;
    const items: JsonValue[] = [];
    this.items("]", () => items.push(this.value()));
    return { kind: "array", items, line, endLine: this.line };
  }

  /** Reads what stands between the bracket at the cursor and `close`, separated by commas. */
  private items(close: string, readItem: () => void): void {
    this.at++;
    this.skipBlank();
    if (this.text[this.at] === close) {
      this.at++;
      return;
    }
    for (;;) {
      readItem();
      this.skipBlank();
      const char = this.text[this.at];
      if (char !== "," && char !== close) this.fail(`expected \`,\` or \`${close}\``);
      this.at++;
      if (char === close) return;
      this.skipBlank();
    }
  }

  private string(): string {
    let start = ++this.at;
    let value = "";
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === QUOTE) {
        value += this.text.slice(start, this.at++);
        return value;
      }
      if (code === BACKSLASH) {
        value += this.text.slice(start, this.at) + this.escape();
        start = this.at;
      } else if (code >= 32) {
        this.at++;
      } else this.fail("a text in quotes must end on its line"); // also NaN: the end of the input
    }
  }

  private escape(): string {
    const char = this.text[this.at + 1] ?? "";
    if (char === "u") {
      const digits = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("`\\u` needs four hexadecimal digits");
      this.at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const plain = Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : undefined;
    if (plain === undefined) this.fail("unknown escape in a text");
    this.at += 2;
    return plain;
  }

  private number(): number {
    const pattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) this.fail("expected a value");
    this.at = pattern.lastIndex;
    return Number(match[0]);
  }

  private skipBlank(): void {
    for (;;) {
      const char = this.text[this.at];
      if (char === "\n") this.newLine();
      else if (char === " " || char === "\t" || char === "\r") this.at++;
      else if (char !== "/" || !this.skipComment()) return;
    }
  }

  private newLine(): void {
    this.at++;
    this.line++;
    this.lineStart = this.at;
  }

  private skipComment(): boolean {
    const opening = this.text.slice(this.at, this.at + 2);
    if (opening !== "//" && opening !== "/*") return false;
    const closing = opening === "//" ? "\n" : "*/";
    const found = this.text.indexOf(closing, this.at + 2);
    const end = found < 0 ? this.text.length : found + (closing === "\n" ? 0 : 2);
    while (this.at < end) {
      if (this.text[this.at] === "\n") this.newLine();
      else this.at++;
    }
    return true;
  }
}

/** The value of an object's member, its name compared without regard to case; undefined iff there is none. */
export function jsonMember(value: JsonValue | undefined, ...names: readonly string[]): JsonValue | undefined {
  if (value?.kind !== "object") return undefined;
  for (const name of names) {
    const wanted = name.toLowerCase();
    const member = value.members.findLast(({ key }) => key.length === name.length && key.toLowerCase() === wanted);
    if (member !== undefined) return member.value;
  }
  return undefined;
}

/** The text of a scalar text or number; undefined for everything else. */
export function jsonText(value: JsonValue | undefined): string | undefined {
  if (value?.kind !== "scalar") return undefined;
  return typeof value.value === "string" || typeof value.value === "number" ? String(value.value) : undefined;
}

/** The items of an array; of anything else, none. */
export function jsonItems(value: JsonValue | undefined): readonly JsonValue[] {
  return value?.kind === "array" ? value.items : [];
}
