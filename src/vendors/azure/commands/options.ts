/** The options of an az command, and its words as values of a template. */
import type { JsonValue } from "../../../syntax/json.js";
import type { Word } from "./shell.js";

export type Options = ReadonlyMap<string, readonly Word[]>;

/** Each option with the words after it; `--option=value` too. */
export function optionsOf(words: readonly Word[]): Map<string, Word[]> {
  const options = new Map<string, Word[]>();
  let values: Word[] = [];
  for (const word of words) {
    const [, name, value] = /^(--?[A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(word.source) ?? [];
    if (name === undefined) values.push(word);
    else {
      values = value === undefined ? [] : [{ source: value, text: word.text?.slice(name.length + 1) }];
      options.set(name, values);
    }
  }
  return options;
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
