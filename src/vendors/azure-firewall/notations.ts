/** The rules of a policy of ours for other tools: Bicep, the az command line. */
import type { Notation } from "../../model/allow-list.js";
import { shellText } from "../azure/shell-text.js";
import { type TemplateResource, toBicep } from "../azure/write-bicep.js";
import { GROUP, GROUP_PRIORITY, type RuleCollection } from "./render.js";
import type { PolicyRule } from "./rule-shapes.js";

export const NOTATIONS: readonly Notation[] = [
  { id: "bicep", title: "Bicep", ending: ".bicep", translate: (text) => toBicep(resourcesOf(text)) },
  { id: "az", title: "az command line", ending: ".sh", translate: toCommands },
];

function resourcesOf(text: string): readonly TemplateResource[] {
  return (JSON.parse(text) as { readonly resources: readonly TemplateResource[] }).resources;
}

interface WrittenCollection extends Omit<RuleCollection, "action"> {
  readonly action: { readonly type: RuleCollection["action"] };
}

function toCommands(text: string): string {
  const [policy, group] = resourcesOf(text);
  const collections = (group?.properties["ruleCollections"] ?? []) as unknown as readonly WrittenCollection[];
  const place: GroupPlace = { policy: policy?.name ?? "", group: GROUP };
  return [
    `: "\${GROUP:?set GROUP to the resource group of the policy}"`,
    `az network firewall policy create --resource-group "$GROUP" --name ${shellText(place.policy)}`,
    `${COMMAND} create ${optionsOfPolicy(place)} --name ${GROUP} --priority ${GROUP_PRIORITY}`,
    ...collections.flatMap(({ action, ...collection }) => creationOf(place, { ...collection, action: action.type })),
    "",
  ].join("\n");
}

/** A group of collections; the resource group is in the variable GROUP. */
export interface GroupPlace {
  readonly policy: string;
  readonly group: string;
}

const COMMAND = "az network firewall policy rule-collection-group";

/** The commands that create a collection with its rules. */
export function creationOf(place: GroupPlace, { name, priority, action, rules }: RuleCollection): string[] {
  const [first, ...rest] = rules;
  if (first === undefined) return [];
  const created = `--name ${shellText(name)} --collection-priority ${priority} --action ${action}`;
  return [
    `${COMMAND} collection add-filter-collection ${optionsOfGroup(place)} ${created} --rule-name ${shellText(first.name)} ${optionsOf(first)}`,
    ...rest.map((rule) => additionOf(place, name, rule)),
  ];
}

/** The command that adds a rule to a collection. */
export function additionOf(place: GroupPlace, collection: string, rule: PolicyRule): string {
  return `${COMMAND} collection rule add ${optionsOfRule(place, collection, rule.name)} ${optionsOf(rule)}`;
}

/** The command that takes a rule out of a collection. */
export function removalOf(place: GroupPlace, collection: string, rule: string): string {
  return `${COMMAND} collection rule remove ${optionsOfRule(place, collection, rule)}`;
}

function optionsOfPolicy({ policy }: GroupPlace): string {
  return `--resource-group "$GROUP" --policy-name ${shellText(policy)}`;
}

function optionsOfGroup(place: GroupPlace): string {
  return `${optionsOfPolicy(place)} --rule-collection-group-name ${shellText(place.group)}`;
}

function optionsOfRule(place: GroupPlace, collection: string, rule: string): string {
  return `${optionsOfGroup(place)} --collection-name ${shellText(collection)} --name ${shellText(rule)}`;
}

function optionsOf(rule: PolicyRule): string {
  const list = (option: string, values: readonly string[]) => `--${option} ${values.map(shellText).join(" ")}`;
  const { ruleType, description = "", sourceAddresses } = rule;
  const common = [
    ...(description === "" ? [] : [`--description ${shellText(description)}`]),
    `--rule-type ${ruleType}`,
    list("source-addresses", sourceAddresses),
  ];
  const own =
    rule.ruleType === "NetworkRule"
      ? [
          list("ip-protocols", rule.ipProtocols),
          list("destination-addresses", rule.destinationAddresses),
          list("destination-ports", rule.destinationPorts),
        ]
      : [
          list(
            "protocols",
            rule.protocols.map(({ protocolType, port }) => `${protocolType}=${port}`),
          ),
          list("target-fqdns", rule.targetFqdns),
        ];
  return [...common, ...own].join(" ");
}
