/** Files of values for Terraform's variables to the parameter file of a template. */
import {
  type JsonDocument,
  type JsonMember,
  type JsonObject,
  type JsonValue,
  parseJson,
} from "../../../syntax/json.js";
import { parsed } from "../language/tokenize.js";
import { parseAttributes } from "./parse-blocks.js";

/** True iff the file is named as Terraform wants them; nothing in the text tells what it is for. */
export function isVariablesFile(file: string): boolean {
  return /\.tfvars(?:\.json)?$/.test(file);
}

/** The parameter file, or the first error in the text. */
export function parseVariables(text: string, file: string): JsonDocument {
  if (!file.endsWith(".json")) return parsed(() => parameterFile(parseAttributes(text), text));
  const json = parseJson(text);
  return json.value?.kind === "object" ? { ...json, value: parameterFile(json.value.members, text) } : json;
}

/** Of two files that give one variable a value, the one whose place is later counts: others than these are later still. */
export function placeOfVariables(file: string): string {
  const name = file.split(/[\\/]/).at(-1) ?? "";
  const early = ["terraform.tfvars", "terraform.tfvars.json"].indexOf(name);
  if (early >= 0) return `${early}`;
  return /\.auto\.tfvars(?:\.json)?$/.test(name) ? `2 ${name}` : "3";
}

function parameterFile(values: readonly JsonMember[], text: string): JsonValue {
  const place = { line: 1, endLine: text.split("\n").length };
  const object = (members: readonly JsonMember[]): JsonObject => ({ kind: "object", members, ...place });
  const parameters = values.map(({ key, line, value }) => ({
    key,
    line,
    value: object([{ key: "value", line, value }]),
  }));
  const schema: JsonValue = { kind: "scalar", value: "terraform/deploymentParameters.json", ...place };
  return object([
    { key: "$schema", line: 1, value: schema },
    { key: "parameters", line: 1, value: object(parameters) },
  ]);
}
