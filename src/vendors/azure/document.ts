/** One exported JSON text to its document, its ledger and what has to be said about it. */
import type { Diagnostic } from "../../model/diagnostic.js";
import { type JsonDocument, type JsonValue, jsonItems, jsonMember, jsonText, parseJson } from "../../syntax/json.js";
import { LineLedger } from "../../syntax/line-ledger.js";
import { looksLikeBicep, parseBicep } from "./bicep/parse-bicep.js";
import { looksLikeCommands, parseCommands } from "./commands/parse-commands.js";
import { looksLikeTerraform, parseTerraform } from "./terraform/parse-terraform.js";
import { isVariablesFile, parseVariables } from "./terraform/parse-variables.js";

/** A text as JSON; one that is not JSON gives an empty document, with each of its lines rejected. */
export interface AzureDocument {
  readonly root: JsonValue;
  readonly ledger: LineLedger;
  readonly diagnostics: readonly Diagnostic[];
}

const NOTHING: JsonValue = { kind: "array", items: [], line: 1, endLine: 1 };

/** True iff the text is of a form that is read. */
export function isAzureText(text: string, file: string): boolean {
  return FORMS.some((form) => form.isLike(text, file));
}

/** True iff the text gives parameters of templates their values. */
export function isParameterText(text: string, file: string): boolean {
  return isVariablesFile(file) || /deploymentParameters\.json|^\s*using\s+'[^'\n]+\.bicep'/im.test(text);
}

/** True iff the text begins as JSON, comments aside. */
function looksLikeJson(text: string): boolean {
  return /^(?:\s|\/\/[^\n]*\n)*[[{]/.test(text);
}

interface Form {
  readonly id: string;
  readonly title: string;
  isLike(text: string, file: string): boolean;
  read(text: string, file: string): JsonDocument;
}

const JSON_FORM: Form = { id: "json", title: "JSON", isLike: looksLikeJson, read: parseJson };
const FORMS: readonly Form[] = [
  {
    id: "tfvars",
    title: "a file of Terraform's variables",
    isLike: (_, file) => isVariablesFile(file),
    read: parseVariables,
  },
  JSON_FORM,
  { id: "bicep", title: "Bicep", isLike: looksLikeBicep, read: parseBicep },
  { id: "terraform", title: "Terraform", isLike: looksLikeTerraform, read: parseTerraform },
  { id: "commands", title: "a script of az commands", isLike: looksLikeCommands, read: parseCommands },
];

function formOf(text: string, file: string): Form {
  return FORMS.find((form) => form.isLike(text, file)) ?? JSON_FORM;
}

/** Never throws; `vendor` is the id its diagnostics carry. */
export function openDocument(text: string, file: string, vendor: string): AzureDocument {
  const ledger = LineLedger.of(text);
  const form = formOf(text, file);
  const json = form.read(text, file);
  if (json.value !== undefined) return { root: json.value, ledger, diagnostics: repeatedKeys(file, vendor, json) };
  ledger.markRange(1, text.split(/\r?\n/).length, "rejected", `the file is not valid ${form.title}`);
  return { root: NOTHING, ledger, diagnostics: [invalid(text, file, vendor, form, json)] };
}

function invalid(text: string, file: string, vendor: string, { id, title }: Form, { error }: JsonDocument): Diagnostic {
  const isEmpty = text.trim() === "";
  return {
    code: isEmpty ? `${vendor}/empty-file` : `${vendor}/invalid-${id}`,
    severity: "error",
    message: isEmpty ? "the file is empty" : `not valid ${title}: ${error?.message ?? ""}`,
    help: isEmpty ? "did the export command fail?" : "export it again: nothing of a damaged file is used",
    at: { file, line: error?.line ?? 1, ...(isEmpty ? {} : { column: error?.column ?? 1 }) },
    effect: "unknown",
  };
}

function repeatedKeys(file: string, vendor: string, json: JsonDocument): Diagnostic[] {
  return json.duplicates.map(({ message, line, column }) => ({
    code: `${vendor}/repeated-key`,
    severity: "warning",
    message: `${message}; the last value counts`,
    at: { file, line, column },
    effect: "unknown",
  }));
}

/** True iff the document is an ARM deployment template. */
export function isTemplate(document: JsonValue): boolean {
  return /deploymentTemplate\.json/i.test(jsonText(jsonMember(document, "$schema")) ?? "");
}

/** What has to be said of an expanded template's deployments whose own template is in another file. */
export function remarkOnLinkedTemplates(
  expanded: JsonValue,
  { file, vendor, ledger }: { readonly file: string; readonly vendor: string; readonly ledger: LineLedger },
): Diagnostic[] {
  const linked = jsonItems(expanded).filter((item) => DEPLOYMENT_TYPE.test(jsonText(jsonMember(item, "type")) ?? ""));
  return linked.map(({ line, endLine }) => {
    ledger.markRange(line, endLine, "approximated", "the resources of another file");
    const message = "the resources of a template in another file are not here: rules in it are not read";
    const help = "build one template of all files, or export what was deployed";
    return {
      code: `${vendor}/linked-template`,
      severity: "warning",
      message,
      help,
      at: { file, line },
      effect: "unknown",
    };
  });
}

/** Resources that are themselves the deployment of a template. */
export const DEPLOYMENT_TYPE = /^Microsoft\.Resources\/deployments$/i;

/** Values of a template's parameters by lower-case name, where the document is a parameter file; else none. */
export function readParameterValues(document: JsonValue, ledger: LineLedger): Map<string, JsonValue> {
  const values = new Map<string, JsonValue>();
  const parameters = jsonMember(document, "parameters");
  if (!/deploymentParameters\.json/i.test(jsonText(jsonMember(document, "$schema")) ?? "")) return values;
  for (const { key, value } of parameters?.kind === "object" ? parameters.members : []) {
    // A reference to a key vault: the value exists and is nowhere in the files.
    const given = jsonMember(value, "value") ?? { ...UNREADABLE, line: value.line, endLine: value.endLine };
    values.set(key.toLowerCase(), given);
    ledger.markRange(given.line, given.endLine, "modelled", `parameter ${key}`);
  }
  return values;
}

/** Looks like an expression, so that whatever it is used for stays open. */
export const UNREADABLE = { kind: "scalar", value: "[reference]" } as const;
