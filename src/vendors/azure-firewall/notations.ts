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
  readonly action: { readonly type: string };
}

function toCommands(text: string): string {
  const [policy, group] = resourcesOf(text);
  const collections = (group?.properties["ruleCollections"] ?? []) as unknown as readonly WrittenCollection[];
  const place = `--resource-group "$GROUP" --policy-name ${shellText(policy?.name ?? "")}`;
  const of = "az network firewall policy rule-collection-group";
  const inGroup = `${place} --rule-collection-group-name ${GROUP}`;
  const commands = collections.flatMap(({ name, priority, action, rules }) =>
    rules.map((rule, index) =>
      index === 0
        ? `${of} collection add-filter-collection ${inGroup} --name ${name} --collection-priority ${priority} --action ${action.type} --rule-name ${shellText(rule.name)} ${optionsOf(rule)}`
        : `${of} collection rule add ${inGroup} --collection-name ${name} --name ${shellText(rule.name)} ${optionsOf(rule)}`,
    ),
  );
  return [
    `: "\${GROUP:?set GROUP to the resource group of the policy}"`,
    `az network firewall policy create --resource-group "$GROUP" --name ${shellText(policy?.name ?? "")}`,
    `${of} create ${place} --name ${GROUP} --priority ${GROUP_PRIORITY}`,
    ...commands,
    "",
  ].join("\n");
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
