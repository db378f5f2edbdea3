import type { Vendor } from "../model/vendor.js";
import { azureFirewall } from "./azure-firewall/index.js";
import { azureNsg } from "./azure-nsg/index.js";
import { iptables } from "./iptables/index.js";
import { nftables } from "./nftables/index.js";
import { pac } from "./pac/index.js";
import { squid } from "./squid/index.js";
import { windowsFirewall } from "./windows-firewall/index.js";
import { winhttp } from "./winhttp/index.js";

/** Every format flowproof reads, one line each, in the order help and messages list them. */
export const vendors: readonly Vendor[] = [
  iptables,
  nftables,
  azureNsg,
  azureFirewall,
  windowsFirewall,
  squid,
  pac,
  winhttp,
];
