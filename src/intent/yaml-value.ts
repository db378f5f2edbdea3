import type { SourceRef } from "../model/source-ref.js";

/** A value of a YAML document that knows where it stands. */
export type YamlValue = YamlScalar | YamlSequence | YamlMapping;

export interface YamlScalar {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  readonly at: SourceRef;
}

export interface YamlSequence {
  readonly kind: "sequence";
  readonly items: readonly YamlValue[];
  readonly at: SourceRef;
}

export interface YamlMapping {
  readonly kind: "mapping";
  readonly entries: ReadonlyMap<string, YamlEntry>;
  readonly at: SourceRef;
}

/** A key of a mapping with its value. */
export interface YamlEntry {
  readonly key: string;
  readonly keyAt: SourceRef;
  readonly value: YamlValue;
}

/** A text and where it stands. */
export interface Located {
  readonly text: string;
  readonly at: SourceRef;
}

/** The value under a key; undefined iff `value` is no mapping or lacks the key. */
export function field(value: YamlValue | undefined, key: string): YamlValue | undefined {
  return value?.kind === "mapping" ? value.entries.get(key)?.value : undefined;
}

/** The items of a list; none iff `value` is no list. */
export function items(value: YamlValue | undefined): readonly YamlValue[] {
  return value?.kind === "sequence" ? value.items : [];
}

/** The entries of a mapping in their order; none iff `value` is no mapping. */
export function entries(value: YamlValue | undefined): readonly YamlEntry[] {
  return value?.kind === "mapping" ? [...value.entries.values()] : [];
}

/** The text with its place; undefined iff `value` is no text. */
export function located(value: YamlValue | undefined): Located | undefined {
  return value?.kind === "scalar" && typeof value.value === "string" ? { text: value.value, at: value.at } : undefined;
}

/** The text; undefined iff `value` is none. */
export function text(value: YamlValue | undefined): string | undefined {
  return located(value)?.text;
}

/** The number; undefined iff `value` is none. */
export function number(value: YamlValue | undefined): number | undefined {
  return value?.kind === "scalar" && typeof value.value === "number" ? value.value : undefined;
}

/** The texts of a list, leaving out what is no text. */
export function texts(value: YamlValue | undefined): Located[] {
  return items(value).flatMap((item) => located(item) ?? []);
}

/** The same value without places, as JSON has it. */
export function toPlain(value: YamlValue): unknown {
  if (value.kind === "scalar") return value.value;
  if (value.kind === "sequence") return value.items.map(toPlain);
  return Object.fromEntries(entries(value).map((entry) => [entry.key, toPlain(entry.value)]));
}
