/** JSON exported from Azure to security groups and the content of the names they use. */
import type { Parsed } from "../../model/diagnostic.js";
import type { Detection } from "../../model/vendor.js";
import { type JsonValue, jsonMember, jsonText } from "../../syntax/json.js";
import { isAzureText, isParameterText, isTemplate } from "../azure/document.js";
import { type ResourceReader, readAzureFile, withParameterValues } from "../azure/read-file.js";
import { DETECTED_LENGTH, holdsFirewall, holdsSecurityGroup } from "../azure/recognise.js";
import { readGroups } from "./read-groups.js";
import type { AzureFile, GroupResources } from "./types.js";

/** Each is found in one kind of file: rules, effective rules, networks and interfaces, service tags. */
const OWN_WORDS: readonly RegExp[] = [
  /"?\b(?:default|effective)?securityRules"?\s*:/i,
  /["']Microsoft\.Network\/(?:networkSecurityGroups|networkInterfaces|virtualNetworks)[/"'@]/i,
  /"azurerm_network_security_(?:group|rule)"/,
  /\baz\s+network\s+nsg\s+rule\s/,
  /"systemService"\s*:\s*"/,
];

/** Certain iff the text begins as JSON and holds security rules, networks, interfaces, service tags or parameters. */
export function detectAzureNsg(text: string, file: string): Detection {
  if (!isAzureText(text, file)) return "no";
  const head = text.slice(0, DETECTED_LENGTH);
  if (holdsFirewall(head) && !holdsSecurityGroup(head)) return "no";
  if (isParameterText(head, file) || OWN_WORDS.some((pattern) => pattern.test(head))) return "certain";
  return /^resource \w+ 'Microsoft\.|"(?:id|type)"\s*:\s*"[^"]*Microsoft\.\w+\//im.test(head) ? "possible" : "no";
}

const READER: ResourceReader<GroupResources> = {
  vendor: "azure-nsg",
  read: (expanded, ledger, root) => ({ groups: readGroups(expanded, ledger, isPartial(root)) }),
  useless: ({ groups, serviceTags, networkSpaces, applicationGroups, parameterValues }) => {
    const counts = [
      groups.length,
      serviceTags.size,
      networkSpaces.length,
      applicationGroups.size,
      parameterValues.size,
    ];
    return counts.some((count) => count > 0)
      ? undefined
      : "no security group, network, group member or service tag in it";
  },
};

/** Never throws; a document that is not JSON gives no groups, and each of its lines is rejected. */
export function parseAzureNsg(text: string, file: string): Parsed<AzureFile> {
  return readAzureFile(text, file, READER);
}

/** The file as its template reads with the parameter values of another file. */
export function withParameters(file: AzureFile, values: ReadonlyMap<string, JsonValue>): AzureFile {
  return withParameterValues(file, values, READER);
}

/** ARM and Bicep give rules to groups that exist; in a script or Terraform the rules of a group may well stand alone. */
function isPartial(root: JsonValue): boolean {
  return isTemplate(root) && !/^(?:az|terraform)\//.test(jsonText(jsonMember(root, "$schema")) ?? "");
}
