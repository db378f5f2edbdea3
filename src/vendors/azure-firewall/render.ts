/** An acl that only accepts to an ARM template of a firewall policy. */
import type { Ace, Acl } from "../../model/acl.js";
import {
  addressFromValue,
  addressValue,
  formatAddressRange,
  PUBLIC_RANGES,
  rangePrefixes,
} from "../../model/address.js";
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { SourceRef } from "../../model/source-ref.js";
import { uniqueName } from "../azure/rule-texts.js";
import type { TemplateResource, TemplateValue } from "../azure/write-bicep.js";
import { LIMITS, type Limit } from "./limits.js";
import { NAMED_PORTS, type NamesRule, type NetworkRule, type PolicyRule, shapesOf } from "./rule-shapes.js";

export interface RuleCollection {
  readonly name: string;
  readonly priority: number;
  readonly action: "Allow" | "Deny";
  readonly rules: readonly PolicyRule[];
}

export const GROUP = "flowproof";
export const GROUP_PRIORITY = 200;
const API = "2023-09-01";
const GROUP_TYPE = "Microsoft.Network/firewallPolicies/ruleCollectionGroups";

/** A template of a policy that decides as the acl does; empty, with an error for each limit, iff there is none. */
export function renderPolicy(acl: Acl, name: string): Parsed<string> {
  const { value: collections, diagnostics } = collectionsOf(acl);
  return { value: diagnostics.length > 0 ? "" : template(policyResources(name, collections)), diagnostics };
}

function collectionsOf(acl: Acl): Parsed<readonly RuleCollection[]> {
  const diagnostics: Diagnostic[] = [];
  const refuse = (limit: Limit, at: SourceRef) => diagnostics.push(limitDiagnostic(limit, at));
  if (acl.defaultAction.kind !== "drop" && acl.defaultAction.kind !== "reject") refuse("default", acl.at);
  const taken = new Set<string>();
  const rules = acl.aces.filter(isAsked).flatMap((ace) => {
    const { rules: own, refusals } = shapesOf(ace);
    if (ace.action.kind !== "accept") refuse("action", ace.at);
    for (const limit of refusals) refuse(limit, ace.at);
    return own.map((rule) => ({ ...rule, name: uniqueName(rule.name, taken) }));
  });
  const network = rules.filter((rule): rule is NetworkRule => rule.ruleType === "NetworkRule");
  const names = rules.filter((rule): rule is NamesRule => rule.ruleType === "ApplicationRule");
  const collections: readonly RuleCollection[] = [
    { name: "addresses", priority: 1000, action: "Allow", rules: network },
    { name: "rest-of-addresses", priority: 2000, action: "Deny", rules: [names.length > 0 ? NOT_PUBLIC : EVERYTHING] },
    { name: "names", priority: 3000, action: "Allow", rules: names },
    { name: "rest-of-names", priority: 4000, action: "Deny", rules: names.length > 0 ? [EVERY_NAME] : [] },
  ];
  return { value: collections.filter((collection) => collection.rules.length > 0), diagnostics };
}

function isAsked({ enabled, action }: Ace): boolean {
  return enabled && action.kind !== "pass";
}

// The built-in collection for names of the platform comes after the last rule: only a rule that denies keeps it out.
const EVERYTHING: NetworkRule = {
  ruleType: "NetworkRule",
  name: "everything-else",
  ipProtocols: ["Any"],
  sourceAddresses: ["*"],
  destinationAddresses: ["*"],
  destinationPorts: ["*"],
};

// A rule for names lets through every address that a client asks by that name: here, of the internet.
const NOT_PUBLIC: NetworkRule = {
  ruleType: "NetworkRule",
  name: "names-are-public",
  ipProtocols: ["TCP"],
  sourceAddresses: ["*"],
  destinationAddresses: notPublic(),
  destinationPorts: NAMED_PORTS.map(({ port }) => `${port}`),
};

const EVERY_NAME: NamesRule = {
  ruleType: "ApplicationRule",
  name: "every-other-name",
  protocols: NAMED_PORTS,
  sourceAddresses: ["*"],
  targetFqdns: ["*"],
};

function notPublic(): string[] {
  const family = "ipv4";
  const ranges = PUBLIC_RANGES.filter((range) => range.family === family)
    .map(({ first, last }) => ({ first: addressValue(first), last: addressValue(last) }))
    .sort((a, b) => (a.first < b.first ? -1 : 1));
  const ends = [-1n, ...ranges.map(({ last }) => last)];
  const starts = [...ranges.map(({ first }) => first), 2n ** 32n];
  const at = (value: bigint) => addressFromValue(value, family);
  const gaps = ends.map((end, index) => ({ first: end + 1n, last: (starts[index] as bigint) - 1n }));
  return gaps
    .filter(({ first, last }) => first <= last)
    .flatMap(({ first, last }) => rangePrefixes({ family, first: at(first), last: at(last) }))
    .map(formatAddressRange);
}

function policyResources(name: string, collections: readonly RuleCollection[]): TemplateResource[] {
  const policy = uniqueName(name, new Set());
  const ruleCollections = collections.map(templateOf);
  const group = { type: GROUP_TYPE, apiVersion: API, name: `${policy}/${GROUP}` };
  return [
    {
      type: "Microsoft.Network/firewallPolicies",
      apiVersion: API,
      name: policy,
      properties: { threatIntelMode: "Alert" },
    },
    { ...group, properties: { priority: GROUP_PRIORITY, ruleCollections } },
  ];
}

/** A collection as templates have it. */
export function templateOf({ name, priority, action, rules }: RuleCollection): {
  readonly [key: string]: TemplateValue;
} {
  return {
    ruleCollectionType: "FirewallPolicyFilterRuleCollection",
    name,
    priority,
    action: { type: action },
    rules: rules.map((rule) => ({ ...rule }) as { readonly [key: string]: TemplateValue }),
  };
}

function template(resources: readonly TemplateResource[]): string {
  const [policy, ...rest] = resources.map(({ name, type, ...own }) => ({ type, name, ...own }));
  const dependsOn = policy === undefined ? [] : [`[resourceId('${policy.type}', '${policy.name}')]`];
  const document = {
    $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    contentVersion: "1.0.0.0",
    resources: [
      { ...policy, location: "[resourceGroup().location]" },
      ...rest.map((resource) => ({ ...resource, dependsOn })),
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function limitDiagnostic(limit: Limit, at: SourceRef): Diagnostic {
  const message = `rules of an Azure Firewall cannot say this: ${LIMITS[limit]}`;
  return { code: `azure-firewall/limit-${limit}`, severity: "error", message, at, effect: "none" };
}
