/** Azure Firewall in its own words, as one exported file gives it. */
import type { JsonMember } from "../../syntax/json.js";
import type { AzureSource } from "../azure/read-file.js";

export type RuleKind = "nat" | "network" | "application";

/** Addresses, ranges, tags or `*` as written, and names of IP groups without their resource path. */
export interface RuleSide {
  readonly addresses: readonly string[];
  readonly ipGroups: readonly string[];
}

/** One rule; what a kind of rule does not have is empty. */
export interface FirewallRule {
  readonly name: string;
  readonly kind: RuleKind;
  readonly source: RuleSide;
  readonly destination: RuleSide;
  /** Names the firewall resolves itself (network rules). */
  readonly destinationFqdns: readonly string[];
  readonly protocols: readonly string[];
  readonly ports: readonly string[];
  /** Names clients ask for, `*` allowed (application rules). */
  readonly targetFqdns: readonly string[];
  /** Tags, web categories and URLs: names whose content only the platform knows. */
  readonly targetsUnknown: readonly string[];
  readonly applications: readonly ApplicationProtocol[];
  readonly translation: RuleTranslation;
  readonly unknownProperties: readonly JsonMember[];
  readonly line: number;
}

export interface ApplicationProtocol {
  readonly type: string;
  readonly port: string;
}

export interface RuleTranslation {
  readonly address: string | undefined;
  readonly fqdn: string | undefined;
  readonly port: string | undefined;
}

export interface RuleCollection {
  readonly name: string;
  readonly priority: number | undefined;
  /** The text of a priority that is not known. */
  readonly unreadPriority: string | undefined;
  readonly action: string;
  readonly rules: readonly FirewallRule[];
  readonly line: number;
}

/** Why rules may be missing that are not written out. */
export interface Gap {
  readonly reason: string;
  readonly line: number;
}

/** Collections of a policy that are processed together; a classic firewall has one group of all of its collections. */
export interface CollectionGroup {
  readonly name: string;
  /** Name of the policy it belongs to; of a classic firewall's, empty. */
  readonly policy: string;
  readonly priority: number | undefined;
  readonly unreadPriority: string | undefined;
  readonly collections: readonly RuleCollection[];
  readonly gaps: readonly Gap[];
  readonly line: number;
}

/** What a firewall or policy does besides its rules. */
export interface Settings {
  readonly threatIntelMode: string;
  readonly threatIntelAllowed: readonly string[];
  /** Destinations that network rules reach without source translation; undefined: the platform's own list. */
  readonly privateRanges: readonly string[] | undefined;
  /** Traffic to the internet leaves through another device, and not with the firewall's public addresses. */
  readonly isForcedTunnel: boolean;
}

export interface FirewallPolicy {
  readonly name: string;
  /** Name of the policy it inherits from. */
  readonly base: string | undefined;
  /** Names of its groups as the policy itself lists them; undefined: there is no list. */
  readonly groups: readonly string[] | undefined;
  readonly settings: Settings;
  readonly line: number;
}

export interface Firewall {
  readonly name: string;
  /** Name of the policy that holds its rules; undefined: it has rules of its own. */
  readonly policy: string | undefined;
  readonly rules: CollectionGroup;
  readonly settings: Settings;
  readonly line: number;
}

export interface FirewallResources {
  readonly firewalls: readonly Firewall[];
  readonly policies: readonly FirewallPolicy[];
  readonly groups: readonly CollectionGroup[];
}

/** What one file contributes: firewalls, policies, groups of rules, or the content of names. */
export interface FirewallFile extends AzureSource, FirewallResources {}
