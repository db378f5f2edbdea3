/** The rules every network security group has, whether or not an export lists them. */
import type { RuleDirection, RuleSide, SecurityRule } from "./types.js";

// learn.microsoft.com/azure/virtual-network/network-security-groups-overview, "Default security rules" (2025-07-15)
const TABLE: readonly (readonly [string, RuleDirection, number, string, string, string])[] = [
  ["AllowVnetInBound", "inbound", 65000, "VirtualNetwork", "VirtualNetwork", "Allow"],
  ["AllowAzureLoadBalancerInBound", "inbound", 65001, "AzureLoadBalancer", "*", "Allow"],
  ["DenyAllInBound", "inbound", 65500, "*", "*", "Deny"],
  ["AllowVnetOutBound", "outbound", 65000, "VirtualNetwork", "VirtualNetwork", "Allow"],
  ["AllowInternetOutBound", "outbound", 65001, "*", "Internet", "Allow"],
  ["DenyAllOutBound", "outbound", 65500, "*", "*", "Deny"],
];

/** The default rules that `rules` lacks; they stand at the line of the group they belong to. */
export function missingDefaultRules(rules: readonly SecurityRule[], line: number): SecurityRule[] {
  const present = new Set(rules.map(({ direction, priority }) => `${direction} ${priority}`));
  return TABLE.filter(([, direction, priority]) => !present.has(`${direction} ${priority}`)).map(
    ([name, direction, priority, source, destination, access]) => ({
      name,
      priority,
      direction,
      access,
      description: "",
      protocol: "*",
      source: everyPort(source),
      destination: everyPort(destination),
      unread: { priority: undefined, direction: undefined },
      unknownProperties: [],
      line,
    }),
  );
}

function everyPort(prefix: string): RuleSide {
  return { prefixes: [prefix], applicationGroups: [], expanded: [], ports: ["*"] };
}
