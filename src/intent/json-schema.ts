/** The part of JSON Schema (draft 7) that our schemas use; a keyword outside of it does not compile. */

type TypeName = "string" | "number" | "integer" | "boolean" | "array" | "object";

/** A schema of one value; its keywords ask only about values of the kinds they are for, as JSON Schema has it. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: string;
  readonly type?: TypeName | readonly TypeName[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  /** The pattern in words; editors show it too. */
  readonly patternErrorMessage?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | JsonSchema;
}

/** A name that reports, diagrams and command lines can carry without quoting. */
export const NAME: JsonSchema = {
  type: "string",
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
  patternErrorMessage: "a name is up to 100 letters, digits, `-`, `_` and `.`, and starts with a letter or digit",
};

/** A day, as ISO 8601 writes it. */
export function dayOf(description: string): JsonSchema {
  return {
    ...textOf(description),
    pattern: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$",
    patternErrorMessage: "a day is written `2026-12-31`",
  };
}

/** What may be stated as a fact: text, a number, true or false, or a list of these. */
export const FACT_VALUE: JsonSchema = {
  type: ["string", "number", "boolean", "array"],
  items: { type: ["string", "number", "boolean"] },
};

export function textOf(description: string): JsonSchema {
  return { type: "string", minLength: 1, description };
}

export function nameOf(description: string): JsonSchema {
  return { ...NAME, description };
}

export function listOf(items: JsonSchema, description: string, minItems = 0): JsonSchema {
  return { type: "array", items, minItems, description };
}

export function namesOf(description: string, minItems = 0): JsonSchema {
  return { ...listOf(NAME, description, minItems), uniqueItems: true };
}

/** A mapping with these keys and no others. */
export function recordOf(properties: Record<string, JsonSchema>, required: readonly string[]): JsonSchema {
  return { type: "object", properties, required, additionalProperties: false };
}

/** A mapping with keys of the user's own. */
export function bookOf(values: JsonSchema, description: string): JsonSchema {
  return { type: "object", additionalProperties: values, description };
}
