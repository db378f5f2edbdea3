/** Manifest of the reader for Azure Firewall, classic rules and firewall policies. */
import type { Vendor } from "../../model/vendor.js";
import { convertAzureFirewall } from "./convert.js";
import { insertAces } from "./insert-aces.js";
import { detectAzureFirewall, parseAzureFirewall } from "./parse.js";
import type { FirewallFile } from "./types.js";
import { azureFirewallAllowLists } from "./write-allow-lists.js";

export const azureFirewall: Vendor<FirewallFile> = {
  id: "azure-firewall",
  title: "Azure Firewall",
  docs: [
    "https://learn.microsoft.com/azure/firewall/rule-processing",
    "https://learn.microsoft.com/azure/firewall/policy-rule-sets",
    "https://learn.microsoft.com/azure/firewall/snat-private-range",
    "https://learn.microsoft.com/rest/api/virtualnetwork/firewall-policy-rule-collection-groups/get",
  ],
  exportCommand: "az network firewall policy rule-collection-group list --resource-group GROUP --policy-name POLICY",
  detect: detectAzureFirewall,
  parse: parseAzureFirewall,
  convert: convertAzureFirewall,
  allowLists: azureFirewallAllowLists,
  insertAces,
};
