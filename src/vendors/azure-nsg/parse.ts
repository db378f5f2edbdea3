/** JSON exported from Azure to security groups and the content of the names they use. */
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { Detection } from "../../model/vendor.js";
import { type JsonDocument, type JsonValue, jsonMember, jsonText, parseJson } from "../../syntax/json.js";
import { LineLedger } from "../../syntax/line-ledger.js";
import { isTemplate, readGroups } from "./read-groups.js";
import { readAddresses, readServiceTags } from "./read-names.js";
import type { AzureFile } from "./types.js";

/** Each is found in one kind of file: rules, effective rules, networks and interfaces, service tags, parameters. */
const OWN_WORDS: readonly RegExp[] = [
  /"(?:default|effective)?securityRules"\s*:/i,
  /"Microsoft\.Network\/(?:networkSecurityGroups|networkInterfaces|virtualNetworks)[/"]/i,
  /"systemService"\s*:\s*"[^"]*",\s*"addressPrefixes"\s*:/,
  /deploymentParameters\.json/i,
];

/** A file is recognised by how it begins; what comes later does not count. */
const DETECTED_LENGTH = 200_000;

/** Certain iff the text begins as JSON and holds security rules, networks, interfaces, service tags or parameters. */
export function detectAzureNsg(text: string): Detection {
  if (!/^(?:\s|\/\/[^\n]*\n)*[[{]/.test(text)) return "no";
  const head = text.slice(0, DETECTED_LENGTH);
  if (OWN_WORDS.some((pattern) => pattern.test(head))) return "certain";
  return /"(?:id|type)"\s*:\s*"[^"]*Microsoft\.\w+\//i.test(head) ? "possible" : "no";
}

/** Never throws; a document that is not JSON gives no groups, and each of its lines is rejected. */
export function parseAzureNsg(text: string, file: string): Parsed<AzureFile> {
  const ledger = LineLedger.of(text);
  const json = parseJson(text);
  if (json.value === undefined) return rejected(text, file, ledger, json);
  const value = readDocument(json.value, file, ledger);
  return { value, diagnostics: [...repeatedKeys(file, json), ...nothingOfUse(value)] };
}

/** The file as its template reads with the parameter values of another file. */
export function withParameterValues(file: AzureFile, values: ReadonlyMap<string, JsonValue>): AzureFile {
  if (file.template === undefined || values.size === 0) return file;
  const ledger = file.ledger.copy();
  return { ...file, ledger, groups: readGroups(file.template, values, ledger) };
}

function readDocument(document: JsonValue, file: string, ledger: LineLedger): AzureFile {
  return {
    file,
    groups: readGroups(document, new Map(), ledger),
    serviceTags: readServiceTags(document, ledger),
    ...readAddresses(document, ledger),
    parameterValues: readParameterValues(document, ledger),
    template: isTemplate(document) ? document : undefined,
    ledger,
  };
}

function readParameterValues(document: JsonValue, ledger: LineLedger): Map<string, JsonValue> {
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
const UNREADABLE = { kind: "scalar", value: "[reference]" } as const;

function rejected(text: string, file: string, ledger: LineLedger, { error }: JsonDocument): Parsed<AzureFile> {
  const isEmpty = text.trim() === "";
  const at = { file, line: error?.line ?? 1, ...(isEmpty ? {} : { column: error?.column ?? 1 }) };
  ledger.markRange(1, text.split(/\r?\n/).length, "rejected", "the file is not valid JSON");
  const value = readDocument({ kind: "array", items: [], line: 1, endLine: 1 }, file, ledger);
  const diagnostic: Diagnostic = {
    code: isEmpty ? "azure-nsg/empty-file" : "azure-nsg/invalid-json",
    severity: "error",
    message: isEmpty ? "the file is empty" : `not valid JSON: ${error?.message ?? ""}`,
    help: isEmpty ? "did the export command fail?" : "export it again: nothing of a damaged file is used",
    at,
    effect: "unknown",
  };
  return { value, diagnostics: [diagnostic] };
}

function repeatedKeys(file: string, json: JsonDocument): Diagnostic[] {
  return json.duplicates.map(({ message, line, column }) => ({
    code: "azure-nsg/repeated-key",
    severity: "warning",
    message: `${message}; the last value counts`,
    at: { file, line, column },
    effect: "unknown",
  }));
}

function nothingOfUse(value: AzureFile): Diagnostic[] {
  const counts = [value.groups.length, value.serviceTags.size, value.networkSpaces.length];
  counts.push(value.applicationGroups.size, value.parameterValues.size);
  if (counts.some((count) => count > 0)) return [];
  return [
    {
      code: "azure-nsg/nothing-of-use",
      severity: "info",
      message: "no security group, network, group member or service tag in it",
      at: { file: value.file, line: 1 },
      effect: "none",
    },
  ];
}
