/** Holds a YAML value against a JSON Schema and says every mistake in plain words at its place. */

import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Diagnostic } from "../model/diagnostic.js";
import { nearNames } from "../model/near-names.js";
import type { SourceRef } from "../model/source-ref.js";
import { counted, orList, problem } from "./problem.js";
import { field, items, toPlain, type YamlValue } from "./yaml-value.js";

/** A JSON Schema, draft 7; `patternErrorMessage` says a pattern in words, as editors show it too. */
export type JsonSchema = Readonly<Record<string, unknown>>;

// Compiling costs some twenty milliseconds, so it is done for the schema in use and at first use.
const compiled = new WeakMap<JsonSchema, ValidateFunction>();

/** One error for each part of the value that the schema does not allow; none iff it is valid. */
export function validateDocument(document: YamlValue, schema: JsonSchema): Diagnostic[] {
  const validate = compiled.get(schema) ?? compile(schema);
  compiled.set(schema, validate);
  if (validate(toPlain(document))) return [];
  return (validate.errors ?? []).map((error) => describeError(error, document));
}

function compile(schema: JsonSchema): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true });
  return ajv.addKeyword("patternErrorMessage").compile(schema);
}

function describeError(error: ErrorObject, document: YamlValue): Diagnostic {
  const { target, name } = findTarget(error.instancePath, document);
  if (error.keyword === "additionalProperties") return describeUnknownKey(error, target);
  const [message, help] = describeKeyword(error, name);
  return problem("error", `schema/${SLUGS[error.keyword] ?? "invalid"}`, findPlace(error, target), message, help);
}

const SLUGS: Readonly<Record<string, string>> = {
  required: "missing-key",
  type: "wrong-kind",
  enum: "unknown-word",
  pattern: "malformed",
  uniqueItems: "repeated-item",
  minimum: "out-of-range",
  maximum: "out-of-range",
  minItems: "wrong-length",
  maxItems: "wrong-length",
};

/** The value an error is about, and what to call it: its key, or its place in the list under a key. */
function findTarget(instancePath: string, document: YamlValue): { target: YamlValue; name: string } {
  let target = document;
  let name = "the file";
  for (const step of instancePath.split("/").slice(1)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (target.kind === "sequence") name = `an item of ${name}`;
    else name = `\`${key}\``;
    target = (target.kind === "sequence" ? items(target)[Number(key)] : field(target, key)) ?? target;
  }
  return { target, name };
}

function findPlace(error: ErrorObject, target: YamlValue): SourceRef {
  if (error.keyword !== "uniqueItems") return target.at;
  const places = [error.params["i"], error.params["j"]].map((index) => items(target)[index]?.at ?? target.at);
  return places.sort((a, b) => b.line - a.line || (b.column ?? 0) - (a.column ?? 0))[0] as SourceRef;
}

function describeUnknownKey(error: ErrorObject, target: YamlValue): Diagnostic {
  const key: string = error.params["additionalProperty"];
  const known = Object.keys(error.parentSchema?.["properties"] ?? {});
  const near = nearNames(key, known);
  const help = near.length > 0 ? `did you mean ${orList(near)}?` : `known here: ${known.join(", ")}`;
  const at = target.kind === "mapping" ? target.entries.get(key)?.keyAt : undefined;
  return problem("error", "schema/unknown-key", at ?? target.at, `unknown key \`${key}\``, help);
}

function describeKeyword(error: ErrorObject, name: string): readonly [message: string, help?: string] {
  const { params, parentSchema, data } = error;
  switch (error.keyword) {
    case "required":
      return [`\`${params["missingProperty"]}\` is missing`];
    case "type":
      return [`${name} must be ${describeTypes(params["type"])}, not ${describeKind(data)}`];
    case "enum":
      return describeUnknownWord(params["allowedValues"], data, name);
    case "pattern":
      return [`${name} is not well formed`, parentSchema?.["patternErrorMessage"] as string];
    case "uniqueItems":
      return [`${name} holds the same item twice`];
    case "minimum":
    case "maximum":
      return [`${name} must lie between ${parentSchema?.["minimum"]} and ${parentSchema?.["maximum"]}`];
    case "minItems":
    case "maxItems":
      return [
        `${name} holds ${counted((data as unknown[]).length, "item")}, which is not ${describeLength(parentSchema)}`,
      ];
    case "minLength":
      return [`${name} is empty`];
    default:
      return [`${name} ${error.message ?? "is not allowed"}`];
  }
}

function describeUnknownWord(allowed: readonly string[], data: unknown, name: string): [string, string?] {
  const near = nearNames(String(data), allowed);
  const message = `${name} must be ${orList(allowed)}`;
  return near.length > 0 ? [message, `did you mean ${orList(near)}?`] : [message];
}

function describeLength(schema: ErrorObject["parentSchema"]): string {
  const [min, max] = [schema?.["minItems"], schema?.["maxItems"]];
  return max === undefined ? `${min} or more` : `exactly ${max}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
};

function describeTypes(types: string | readonly string[]): string {
  const words = [types].flat().map((type) => KINDS[type] ?? type);
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function describeKind(data: unknown): string {
  if (data === null) return "nothing";
  return KINDS[Array.isArray(data) ? "array" : typeof data] ?? "something else";
}
