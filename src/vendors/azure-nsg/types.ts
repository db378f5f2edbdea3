/** Azure network security in its own words, as one exported file gives it. */
import type { JsonMember } from "../../syntax/json.js";
import type { AzureSource } from "../azure/read-file.js";

export type RuleDirection = "inbound" | "outbound";

/** One side of a rule: any of the prefixes (addresses, tags, `*`) or of the application security groups. */
export interface RuleSide {
  readonly prefixes: readonly string[];
  /** Names of application security groups, without their resource path. */
  readonly applicationGroups: readonly string[];
  /** Addresses the platform itself says the side stands for (effective rules only); empty: not said. */
  readonly expanded: readonly string[];
  readonly ports: readonly string[];
}

/** A security rule; what an expression or a missing property leaves open is undefined or kept as its text. */
export interface SecurityRule {
  readonly name: string;
  readonly priority: number | undefined;
  readonly direction: RuleDirection | undefined;
  /** The texts of those that are not known; undefined where there is none. */
  readonly unread: { readonly priority: string | undefined; readonly direction: string | undefined };
  readonly access: string;
  /** Empty: there is none. */
  readonly description: string;
  readonly protocol: string;
  readonly source: RuleSide;
  readonly destination: RuleSide;
  /** Properties nobody here knows: the rule may match less than the known ones say. */
  readonly unknownProperties: readonly JsonMember[];
  readonly line: number;
}

export interface SecurityGroup {
  readonly name: string;
  readonly rules: readonly SecurityRule[];
  /** Why the rules may not be all of them, e.g. a list that is an expression. */
  readonly incomplete: readonly { readonly reason: string; readonly line: number }[];
  readonly line: number;
}

export interface GroupResources {
  readonly groups: readonly SecurityGroup[];
}

/** What one file contributes: groups of rules, or the content of names other files use. */
export interface AzureFile extends AzureSource, GroupResources {}
