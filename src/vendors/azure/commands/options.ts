/** The options of an az command, and its words as values of a template. */
import type { JsonValue } from "../../../syntax/json.js";
import type { Word } from "./words.js";

export type Options = ReadonlyMap<string, readonly Word[]>;

const OPTION = /^(--?[A-Za-z][\w-]*)(?:=([\s\S]*))?$/;
const WITHOUT_VALUE = new Set(["--no-wait", "--only-show-errors", "--verbose", "--debug"]);

/** Each option with the words after it; `--option=value` too. */
export function optionsOf(words: readonly Word[]): Map<string, Word[]> {
  const options = new Map<string, Word[]>();
  let values: Word[] = [];
  for (const word of words) {
    const [, name, value] = OPTION.exec(writtenOut(word)) ?? [];
    if (name === undefined) values.push(word);
    else {
      values = value === undefined ? [] : [{ source: value, text: word.text === undefined ? undefined : value }];
      options.set(name, values);
    }
  }
  return options;
}

const WITH_LIST = /^--(?:(?:source|destination|dest|target)-[a-z-]+|(?:ip-)?protocols|fqdn-tags|web-categories|tags)$/;

/** True iff a word belongs to no option: az takes none such, and one that is not known may be options, or several words. */
export function hasStrayWords(words: readonly Word[]): boolean {
  return words.some((word, index) => {
    const at = words.slice(0, index).findLastIndex(isOption);
    const [, name = "", value] = OPTION.exec(writtenOut(words[at] ?? word)) ?? [];
    if (isOption(word)) return false;
    if (at < 0) return word.text === undefined;
    const isFirst = index === at + 1 && value === undefined && !WITHOUT_VALUE.has(name);
    return !isFirst && (word.text === undefined || value !== undefined || !WITH_LIST.test(name));
  });
}

/** True iff the words may turn out to begin as a command does, or have it anywhere: behind a variable, or in a text to run. */
export function mayRun(words: readonly Word[], start: readonly string[], anywhere: RegExp): boolean {
  const unknown = words.findIndex(({ text }) => text === undefined);
  const known = words.slice(0, Math.max(0, unknown)).map(({ text }) => text);
  const mayBegin = unknown >= 0 && known.length < start.length && known.every((text, index) => text === start[index]);
  const runsUnknown = unknown >= 0 && known[0] === "eval";
  const ways = [words.map(writtenOut), words.map(({ source }) => source)];
  return mayBegin || runsUnknown || ways.some((texts) => anywhere.test(texts.join(" ")));
}

function isOption(word: Word): boolean {
  return OPTION.test(writtenOut(word));
}

function writtenOut({ text, source }: Word): string {
  return text ?? source;
}

/** The name a rule has, where it is known. */
export function nameOf(rule: JsonValue): string | undefined {
  const name = rule.kind === "object" ? rule.members.find(({ key }) => key === "name")?.value : undefined;
  return name?.kind === "scalar" ? String(name.value) : undefined;
}

/** A word as a value; what only running the script would show is an expression. */
export function wordAt(word: Word | undefined, line: number): JsonValue {
  return textAt(word?.text ?? `[${word?.source ?? "absent"}]`, line);
}

export function textAt(value: string, line: number): JsonValue {
  return { kind: "scalar", value, line, endLine: line };
}
