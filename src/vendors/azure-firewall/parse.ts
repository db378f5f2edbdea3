/** JSON exported from Azure to firewalls, policies and the content of the names they use. */
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { Detection } from "../../model/vendor.js";
import type { JsonValue } from "../../syntax/json.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
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
import { readResources } from "./read-resources.js";
import type { FirewallFile } from "./types.js";

/** Certain iff the text begins as JSON and holds a firewall, a policy, a group of rules or IP groups. */
export function detectAzureFirewall(text: string): Detection {
  if (!isAzureText(text)) return "no";
  const head = text.slice(0, DETECTED_LENGTH);
  if (holdsFirewall(head)) return "certain";
  if (holdsSecurityGroup(head)) return "no";
  return /Microsoft\.Network\/|"systemService"\s*:|deploymentParameters\.json/i.test(head) ? "possible" : "no";
}

/** Never throws; a document that is not JSON holds nothing, and each of its lines is rejected. */
export function parseAzureFirewall(text: string, file: string): Parsed<FirewallFile> {
  const { root, ledger, diagnostics } = openDocument(text, file, "azure-firewall");
  const expanded = expandTemplate(root, new Map());
  const value: FirewallFile = {
    file,
    ...readResources(expanded, ledger),
    ...readNames(expanded, ledger),
    parameterValues: readParameterValues(root, ledger),
    template: isTemplate(root) ? root : undefined,
    ledger,
  };
  const linked = isTemplate(root) ? remarkOnLinkedTemplates(expanded, { file, vendor: "azure-firewall", ledger }) : [];
  const isDamaged = diagnostics.some(({ severity }) => severity === "error");
  return { value, diagnostics: [...diagnostics, ...(isDamaged ? [] : [...linked, ...nothingOfUse(value)])] };
}

/** The file as its template reads with the parameter values of another file. */
export function withParameterValues(file: FirewallFile, values: ReadonlyMap<string, JsonValue>): FirewallFile {
  if (file.template === undefined || values.size === 0) return file;
  const ledger: LineLedger = file.ledger.copy();
  const expanded = expandTemplate(file.template, values);
  return { ...file, ledger, ...readResources(expanded, ledger), ...readNames(expanded, ledger) };
}

function nothingOfUse(value: FirewallFile): Diagnostic[] {
  const counts = [value.firewalls.length, value.policies.length, value.groups.length, value.parameterValues.size];
  counts.push(value.serviceTags.size, value.ipGroups.size, value.networkSpaces.length);
  if (counts.some((count) => count > 0)) return [];
  return [
    {
      code: "azure-firewall/nothing-of-use",
      severity: "info",
      message: "no firewall, policy, rule collection group, IP group or service tag in it",
      at: { file: value.file, line: 1 },
      effect: "none",
    },
  ];
}
