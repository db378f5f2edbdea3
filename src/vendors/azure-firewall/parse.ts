/** JSON exported from Azure to firewalls, policies and the content of the names they use. */
import type { Parsed } from "../../model/diagnostic.js";
import type { Detection } from "../../model/vendor.js";
import type { JsonValue } from "../../syntax/json.js";
import { isAzureText, isParameterText } from "../azure/document.js";
import { type ResourceReader, readAzureFile, withParameterValues } from "../azure/read-file.js";
import { DETECTED_LENGTH, holdsFirewall, holdsSecurityGroup } from "../azure/recognise.js";
import { readResources } from "./read-resources.js";
import type { FirewallFile, FirewallResources } from "./types.js";

/** Certain iff the text begins as JSON and holds a firewall, a policy, a group of rules or IP groups. */
export function detectAzureFirewall(text: string, file: string): Detection {
  if (!isAzureText(text, file)) return "no";
  const head = text.slice(0, DETECTED_LENGTH);
  if (holdsFirewall(head)) return "certain";
  if (holdsSecurityGroup(head)) return "no";
  return isParameterText(head, file) || /Microsoft\.Network\/|"systemService"\s*:/i.test(head) ? "possible" : "no";
}

const READER: ResourceReader<FirewallResources> = {
  vendor: "azure-firewall",
  read: readResources,
  useless: ({ firewalls, policies, groups, parameterValues, serviceTags, ipGroups, networkSpaces }) => {
    const lists = [firewalls.length, policies.length, groups.length, networkSpaces.length];
    const names = [parameterValues.size, serviceTags.size, ipGroups.size];
    return [...lists, ...names].some((count) => count > 0)
      ? undefined
      : "no firewall, policy, rule collection group, IP group or service tag in it";
  },
};

/** Never throws; a document that is not JSON holds nothing, and each of its lines is rejected. */
export function parseAzureFirewall(text: string, file: string): Parsed<FirewallFile> {
  return readAzureFile(text, file, READER);
}

/** The file as its template reads with the parameter values of another file. */
export function withParameters(file: FirewallFile, values: ReadonlyMap<string, JsonValue>): FirewallFile {
  return withParameterValues(file, values, READER);
}
