/** Manifest of the reader for Azure network security groups. */
import type { Vendor } from "../../model/vendor.js";
import { convertAzureNsg } from "./convert.js";
import { insertAces } from "./insert-aces.js";
import { detectAzureNsg, parseAzureNsg } from "./parse.js";
import { renderAzureNsg } from "./render.js";
import type { AzureFile } from "./types.js";
import { azureNsgAllowLists } from "./write-allow-lists.js";

export const azureNsg: Vendor<AzureFile> = {
  id: "azure-nsg",
  title: "Azure network security groups",
  docs: [
    "https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview",
    "https://learn.microsoft.com/azure/virtual-network/service-tags-overview",
    "https://learn.microsoft.com/rest/api/virtualnetwork/network-security-groups/get",
  ],
  exportCommand: "az network nsg show --resource-group GROUP --name NSG --output json",
  detect: detectAzureNsg,
  parse: parseAzureNsg,
  convert: convertAzureNsg,
  render: renderAzureNsg,
  allowLists: azureNsgAllowLists,
  insertAces,
};
