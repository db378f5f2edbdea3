/** Tells the kinds of Azure exports apart by words that only one of them holds. */

/** A file is recognised by how it begins; what comes later does not count. */
export const DETECTED_LENGTH = 200_000;

/** True iff the text holds an Azure Firewall, a policy or group of rules for one, or IP groups. */
export function holdsFirewall(text: string): boolean {
  return /"?\b(?:(?:nat|network|application)RuleCollections|ruleCollections)"?\s*:|Microsoft\.Network\/(?:azureFirewalls|firewallPolicies|ipGroups)\b|\baz\s+network\s+firewall\s+policy\s/i.test(
    text,
  );
}

/** True iff the text holds rules of a network security group. */
export function holdsSecurityGroup(text: string): boolean {
  return /"?\b(?:default|effective)?securityRules"?\s*:|["']Microsoft\.Network\/networkSecurityGroups[/"'@]|"azurerm_network_security_(?:group|rule)"|\baz\s+network\s+nsg\s/i.test(
    text,
  );
}
