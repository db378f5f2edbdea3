/** The rules of a template of ours for other tools: Bicep, the az command line, Terraform. */
import type { Notation } from "../../model/allow-list.js";
import { shellText } from "../azure/shell-text.js";
import { type TemplateResource, toBicep } from "../azure/write-bicep.js";

/** A security rule as `render` writes it. */
export interface TemplateRule {
  readonly name: string;
  readonly properties: Readonly<Record<string, string | number | readonly string[]>>;
}

interface Template {
  readonly resources: readonly { readonly name: string; readonly properties: { securityRules: TemplateRule[] } }[];
}

export const NOTATIONS: readonly Notation[] = [
  { id: "bicep", title: "Bicep", ending: ".bicep", translate: toBicepText },
  { id: "az", title: "az command line", ending: ".sh", translate: toCommands },
  { id: "terraform", title: "Terraform (azurerm)", ending: ".tf", translate: toTerraform },
];

function groupOf(text: string): { readonly name: string; readonly rules: readonly TemplateRule[] } {
  const [resource] = (JSON.parse(text) as Template).resources;
  if (resource === undefined) throw new Error("the template holds no security group");
  return { name: resource.name, rules: resource.properties.securityRules };
}

function toBicepText(text: string): string {
  return toBicep((JSON.parse(text) as { readonly resources: readonly TemplateResource[] }).resources);
}

function toCommands(text: string): string {
  const { name, rules } = groupOf(text);
  const commands = rules.map((rule) => commandOf(name, rule));
  return `: "\${GROUP:?set GROUP to the resource group of the security group}"\n${commands.join("\n")}\n`;
}

/** The command that creates a rule in a group; the resource group is in the variable GROUP. */
export function commandOf(group: string, rule: TemplateRule): string {
  const place = `--resource-group "$GROUP" --nsg-name ${shellText(group)} --name ${shellText(rule.name)}`;
  return [`az network nsg rule create ${place}`, ...optionsOf(rule)].join(" ");
}

/** The command that deletes a rule of a group. */
export function deletionOf(group: string, name: string): string {
  return `az network nsg rule delete --resource-group "$GROUP" --nsg-name ${shellText(group)} --name ${shellText(name)}`;
}

const OPTIONS: readonly (readonly [option: string, property: string])[] = [
  ["description", "description"],
  ["priority", "priority"],
  ["direction", "direction"],
  ["access", "access"],
  ["protocol", "protocol"],
  ["source-address-prefixes", "sourceAddressPrefix"],
  ["source-port-ranges", "sourcePortRange"],
  ["destination-address-prefixes", "destinationAddressPrefix"],
  ["destination-port-ranges", "destinationPortRange"],
];

function optionsOf({ properties }: TemplateRule): string[] {
  return OPTIONS.filter(([, property]) => listOf(properties, property).length > 0).map(
    ([option, property]) => `--${option} ${listOf(properties, property).map(shellText).join(" ")}`,
  );
}

/** The values of a property that is written in the singular where it has one value and in the plural where more. */
function listOf(properties: TemplateRule["properties"], property: string): string[] {
  const value = properties[property] ?? properties[property.replace(/x$/, "xe").concat("s")];
  return (typeof value === "object" ? value : value === undefined ? [] : [value]).map(String);
}

function terraformText(value: string): string {
  return `"${value.replace(/["\\]/g, "\\$&").replaceAll("${", "$${").replaceAll("%{", "%%{")}"`;
}

function toTerraform(text: string): string {
  const { name, rules } = groupOf(text);
  const blocks = rules.map((rule) => {
    const attributes: [string, string][] = [
      ["name", terraformText(rule.name)],
      ...Object.entries(rule.properties).map(([key, one]): [string, string] => [snakeCase(key), terraformValue(one)]),
      ["resource_group_name", "var.resource_group_name"],
      ["network_security_group_name", terraformText(name)],
    ];
    const width = Math.max(...attributes.map(([key]) => key.length));
    const lines = attributes.map(([key, value]) => `  ${key.padEnd(width)} = ${value}`);
    return [`resource "azurerm_network_security_rule" "${labelOf(rule)}" {`, ...lines, "}", ""].join("\n");
  });
  return ['variable "resource_group_name" {', "  type = string", "}", "", ...blocks].join("\n");
}

function terraformValue(value: TemplateRule["properties"][string]): string {
  if (typeof value === "number") return `${value}`;
  return typeof value === "string" ? terraformText(value) : `[${value.map(terraformText).join(", ")}]`;
}

function snakeCase(word: string): string {
  return word.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

// A label begins with a letter; names of rules are unique, and so are priorities within a direction.
function labelOf({ properties }: TemplateRule): string {
  return `${String(properties["direction"]).toLowerCase()}_${properties["priority"]}`;
}
