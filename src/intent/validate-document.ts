/** Holds a YAML value against a JSON Schema and says every mistake in plain words at its place. */

import type { Diagnostic } from "../model/diagnostic.js";
import { helpForName, nearNames } from "../model/near-names.js";
import type { SourceRef } from "../model/source-ref.js";
import type { JsonSchema } from "./json-schema.js";
import { counted, orList, problem } from "./problem.js";
import { toPlain, type YamlMapping, type YamlScalar, type YamlSequence, type YamlValue } from "./yaml-value.js";

type Report = (slug: string, at: SourceRef, message: string, help?: string) => void;

/** One error for each part of the value that the schema does not allow; none iff it is valid. */
export function validateDocument(document: YamlValue, schema: JsonSchema): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report: Report = (slug, at, message, help) => {
    found.push(problem("error", `schema/${slug}`, at, message, help));
  };
  validate(document, schema, "the file", report);
  return found;
}

/** `name` is what to call the value. */
function validate(value: YamlValue, schema: JsonSchema, name: string, report: Report): void {
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) {
    report("wrong-kind", value.at, `${name} must be ${describeTypes(types)}, not ${describeKind(value)}`);
    return;
  }
  if (schema.enum !== undefined) validateWord(value, schema.enum, name, report);
  if (value.kind === "scalar") validateScalar(value, schema, name, report);
  else if (value.kind === "sequence") validateSequence(value, schema, name, report);
  else validateMapping(value, schema, report);
}

function validateWord(value: YamlValue, allowed: readonly string[], name: string, report: Report): void {
  const word = value.kind === "scalar" ? value.value : undefined;
  if (typeof word === "string" && allowed.includes(word)) return;
  const near = nearNames(String(word), allowed);
  const help = near.length > 0 ? `did you mean ${orList(near)}?` : undefined;
  report("unknown-word", value.at, `${name} must be ${orList(allowed)}`, help);
}

function validateScalar({ value, at }: YamlScalar, schema: JsonSchema, name: string, report: Report): void {
  const { pattern, minLength = 0, minimum = -Infinity, maximum = Infinity } = schema;
  if (typeof value === "string") {
    if (value.length < minLength) report("empty", at, `${name} is empty`);
    else if (pattern !== undefined && !compiled(pattern).test(value)) {
      report("malformed", at, `${name} is not well formed`, schema.patternErrorMessage);
    }
  }
  if (typeof value === "number" && !(minimum <= value && value <= maximum)) {
    report("out-of-range", at, `${name} must lie between ${minimum} and ${maximum}`);
  }
}

function compiled(pattern: string): RegExp {
  const known = COMPILED.get(pattern) ?? new RegExp(pattern, "u");
  COMPILED.set(pattern, known);
  return known;
}

/** The patterns of schemas that were asked for before; they are few. */
const COMPILED = new Map<string, RegExp>();

function validateSequence({ items, at }: YamlSequence, schema: JsonSchema, name: string, report: Report): void {
  const { minItems = 0, maxItems = Infinity } = schema;
  if (items.length < minItems || items.length > maxItems) {
    const wanted = maxItems === Infinity ? `${minItems} or more` : `exactly ${maxItems}`;
    report("wrong-length", at, `${name} holds ${counted(items.length, "item")}, which is not ${wanted}`);
  }
  const seen = new Set<string>();
  for (const item of items) {
    if (schema.items !== undefined) validate(item, schema.items, `an item of ${name}`, report);
    if (schema.uniqueItems !== true) continue;
    const key = JSON.stringify(toPlain(item));
    if (seen.has(key)) report("repeated-item", item.at, `${name} holds the same item twice`);
    seen.add(key);
  }
}

function validateMapping({ entries, at }: YamlMapping, schema: JsonSchema, report: Report): void {
  const { properties = {}, required = [], additionalProperties = {} } = schema;
  for (const key of required) {
    if (!entries.has(key)) report("missing-key", at, `\`${key}\` is missing`);
  }
  for (const { key, keyAt, value } of entries.values()) {
    const known = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    if (known) validate(value, known, `\`${key}\``, report);
    else report("unknown-key", keyAt, `unknown key \`${key}\``, helpForName(key, Object.keys(properties)));
  }
}

const KINDS = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
} as const;

function isOfType(value: YamlValue, type: keyof typeof KINDS): boolean {
  if (value.kind !== "scalar") return type === (value.kind === "sequence" ? "array" : "object");
  // `typeof null` is "object", and a scalar is never a mapping.
  if (value.value === null) return false;
  return type === "integer" ? Number.isInteger(value.value) : typeof value.value === type;
}

function describeTypes(types: readonly (keyof typeof KINDS)[]): string {
  const words = types.map((type) => KINDS[type]);
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function describeKind(value: YamlValue): string {
  if (value.kind !== "scalar") return value.kind === "sequence" ? KINDS.array : KINDS.object;
  return value.value === null ? "nothing" : KINDS[typeof value.value as keyof typeof KINDS];
}
