/** JSON exported from Azure to security groups and the content of the names they use. */
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { Detection } from "../../model/vendor.js";
import { type JsonValue, jsonMember, jsonText } from "../../syntax/json.js";
import {
  isAzureText,
  isTemplate,
  openDocument,
  readParameterValues,
  remarkOnLinkedTemplates,
} from "../azure/document.js";
import { expandTemplate } from "../azure/expand-template.js";
import { readNames } from "../azure/read-names.js";
import { DETECTED_LENGTH, holdsFirewall, holdsSecurityGroup } from "../azure/recognise.js";
import { readGroups } from "./read-groups.js";
import type { AzureFile } from "./types.js";

/** Each is found in one kind of file: rules, effective rules, networks and interfaces, service tags, parameters. */
const OWN_WORDS: readonly RegExp[] = [
  /"?\b(?:default|effective)?securityRules"?\s*:/i,
  /["']Microsoft\.Network\/(?:networkSecurityGroups|networkInterfaces|virtualNetworks)[/"'@]/i,
  /"azurerm_network_security_(?:group|rule)"/,
  /\baz\s+network\s+nsg\s+rule\s/,
  /"systemService"\s*:\s*"/,
  /deploymentParameters\.json/i,
];

/** Certain iff the text begins as JSON and holds security rules, networks, interfaces, service tags or parameters. */
export function detectAzureNsg(text: string): Detection {
  if (!isAzureText(text)) return "no";
  const head = text.slice(0, DETECTED_LENGTH);
  if (holdsFirewall(head) && !holdsSecurityGroup(head)) return "no";
  if (OWN_WORDS.some((pattern) => pattern.test(head))) return "certain";
  return /^resource \w+ 'Microsoft\.|"(?:id|type)"\s*:\s*"[^"]*Microsoft\.\w+\//im.test(head) ? "possible" : "no";
}

/** Never throws; a document that is not JSON gives no groups, and each of its lines is rejected. */
export function parseAzureNsg(text: string, file: string): Parsed<AzureFile> {
  const { root, ledger, diagnostics } = openDocument(text, file, "azure-nsg");
  const expanded = expandTemplate(root, new Map());
  const value: AzureFile = {
    file,
    groups: readGroups(expanded, ledger, isPartial(root)),
    ...readNames(expanded, ledger),
    parameterValues: readParameterValues(root, ledger),
    template: isTemplate(root) ? root : undefined,
    ledger,
  };
  const linked = isTemplate(root) ? remarkOnLinkedTemplates(expanded, { file, vendor: "azure-nsg", ledger }) : [];
  const isDamaged = diagnostics.some(({ severity }) => severity === "error");
  return { value, diagnostics: [...diagnostics, ...(isDamaged ? [] : [...linked, ...nothingOfUse(value)])] };
}

/** The file as its template reads with the parameter values of another file. */
export function withParameterValues(file: AzureFile, values: ReadonlyMap<string, JsonValue>): AzureFile {
  if (file.template === undefined || values.size === 0) return file;
  const ledger = file.ledger.copy();
  const expanded = expandTemplate(file.template, values);
  return {
    ...file,
    ledger,
    groups: readGroups(expanded, ledger, isPartial(file.template)),
    ...readNames(expanded, ledger),
  };
}

/** ARM and Bicep give rules to groups that exist; in a script or Terraform the rules of a group may well stand alone. */
function isPartial(root: JsonValue): boolean {
  return isTemplate(root) && !/^(?:az|terraform)\//.test(jsonText(jsonMember(root, "$schema")) ?? "");
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
