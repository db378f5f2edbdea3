/** Terraform (azurerm) to an ARM template, as far as security groups need it. */
import type { JsonDocument, JsonMember, JsonObject, JsonValue } from "../../../syntax/json.js";
import { armLiteral, armText, expressionValue } from "../language/arm-text.js";
import { loopMember } from "../language/expressions.js";
import { parsed } from "../language/tokenize.js";
import { type Block, parseBlocks, type Repetition } from "./parse-blocks.js";

/** True iff the text has blocks of Terraform for Azure. */
export function looksLikeTerraform(text: string): boolean {
  return /^\s*resource\s+"azurerm_\w+"\s+"[^"\n]+"\s*\{/m.test(text);
}

/** The template, or the first error in the text. */
export function parseTerraform(text: string): JsonDocument {
  return parsed(() => templateOf(parseBlocks(text), text.split("\n").length));
}

const GROUP = "azurerm_network_security_group";
const RULE = "azurerm_network_security_rule";

// provider hashicorp/azurerm, page "network_security_rule" (4.x)
const PLACING = new Set([
  "resource_group_name",
  "network_security_group_name",
  "location",
  "name",
  "count",
  "for_each",
]);
const IDLE = new Set(["provider", "depends_on", "lifecycle", "timeouts", "tags"]);

function templateOf(blocks: readonly Block[], endLine: number): JsonValue {
  const resources = blocks.filter(({ type }) => type === "resource");
  const groups = resources.filter(({ labels }) => labels[0] === GROUP);
  const rules = resources.filter(({ labels }) => labels[0] === RULE);
  const own = new Map(groups.map((group) => [referenceTo(group), [] as JsonValue[]]));
  const alone = rules.filter((rule) => own.get(groupOf(rule))?.push(detachedRule(rule, undefined)) === undefined);
  const items = [
    ...groups.map((group) => securityGroup(group, own.get(referenceTo(group)) ?? [])),
    ...alone.map((rule) => detachedRule(rule, groupOf(rule))),
    ...blocks.filter(({ type }) => type === "module").map(moduleOf),
  ];
  const line = 1;
  const object = (members: readonly JsonMember[]): JsonObject => ({ kind: "object", members, line, endLine });
  return object([
    stated("$schema", "terraform/deploymentTemplate.json", line),
    { key: "parameters", line, value: object(blocks.flatMap(parameterOf)) },
    { key: "variables", line, value: object([...blocks.flatMap(localsOf), ...resources.flatMap(nameOf)]) },
    { key: "resources", line, value: { kind: "array", items, line, endLine } },
  ]);
}

function stated(key: string, value: string, line: number): JsonMember {
  return { key, line, value: { kind: "scalar", value, line, endLine: line } };
}

function attribute({ attributes }: Block, name: string): JsonValue | undefined {
  return attributes.findLast(({ key }) => key === name)?.value;
}

/** How other blocks call the name of a resource. */
function referenceTo({ labels: [type, label] }: Block): string {
  return `variables(${armLiteral(`${type}.${label}`)}).name`;
}

/** Text of the name of the group a rule is for. */
function groupOf(rule: Block): string {
  const name = attribute(rule, "network_security_group_name");
  return name === undefined ? "reference('group')" : armText(name);
}

function parameterOf(block: Block): JsonMember[] {
  const usual = block.type === "variable" ? attribute(block, "default") : undefined;
  const { line, endLine } = block;
  if (usual === undefined) return [];
  const members = [{ key: "defaultValue", line: usual.line, value: usual }];
  return [{ key: block.labels[0] ?? "", line, value: { kind: "object", members, line, endLine } }];
}

function localsOf({ type, attributes }: Block): readonly JsonMember[] {
  return type === "locals" ? attributes : [];
}

function nameOf(resource: Block): JsonMember[] {
  const [type, label] = resource.labels;
  const name = attribute(resource, "name");
  const { line, endLine } = resource;
  if (name === undefined || resource.repeated !== undefined) return [];
  const id = expressionValue(`resourceId(${armLiteral(type ?? "")}, ${armText(name)})`, line);
  const members = [
    { key: "name", line, value: name },
    { key: "id", line, value: id },
  ];
  return [{ key: `${type}.${label}`, line, value: { kind: "object", members, line, endLine } }];
}

function securityGroup(block: Block, rules: readonly JsonValue[]): JsonValue {
  const { line, endLine } = block;
  const inline = block.blocks.filter(({ type }) => type === "security_rule").map(inlineRule);
  const made = block.blocks.filter(({ type, labels }) => type === "dynamic" && labels[0] === "security_rule");
  const members: JsonMember[] = [
    stated("type", "Microsoft.Network/networkSecurityGroups", line),
    ...named(block),
    ...repeated(block.repeated, line),
    ...made.map(dynamicRules),
  ];
  const items = [...listedRules(attribute(block, "security_rule")), ...inline, ...ignoredRules(block)];
  members.push({ key: "securityRules", line, value: { kind: "array", items, line, endLine } });
  members.push({ key: "resources", line, value: { kind: "array", items: rules, line, endLine } });
  return { kind: "object", members, line, endLine };
}

/** `security_rule = [{ ... }]`; what is no list here may hold any rules. */
function listedRules(listed: JsonValue | undefined): readonly JsonValue[] {
  if (listed === undefined) return [];
  const list = withCamelKeys(listed);
  return list.kind === "array" ? list.items : [list];
}

/** Where changes of the rules are ignored the group has those that others gave it. */
function ignoredRules({ blocks, line, endLine }: Block): readonly JsonValue[] {
  const isIgnored = blocks.some((block) => {
    const ignored = block.type === "lifecycle" ? attribute(block, "ignore_changes") : undefined;
    return ignored !== undefined && /'(?:security_rule|all)'/.test(armText(ignored));
  });
  return isIgnored ? [{ kind: "scalar", value: "[ignore_changes]", line, endLine }] : [];
}

/** The resources of a module are in other files. */
function moduleOf({ line, endLine }: Block): JsonValue {
  return { kind: "object", members: [stated("type", "Microsoft.Resources/deployments", line)], line, endLine };
}

function named(block: Block): JsonMember[] {
  return block.attributes.filter(({ key }) => key === "name");
}

function repeated(repetition: Repetition | undefined, line: number): JsonMember[] {
  if (repetition === undefined) return [];
  const members = [
    stated("name", repetition.id, line),
    { key: "count", line, value: expressionValue(repetition.count, line) },
  ];
  return [{ key: "copy", line, value: { kind: "object", members, line, endLine: line } }];
}

/** `group`: text of the group's name, where the rule does not stand in it. */
function detachedRule(block: Block, group: string | undefined): JsonValue {
  const { line, endLine } = block;
  const name = attribute(block, "name");
  const path = `format(${armLiteral("{0}/{1}")}, ${group}, ${name === undefined ? "null()" : armText(name)})`;
  const type = group === undefined ? "securityRules" : "Microsoft.Network/networkSecurityGroups/securityRules";
  const members = [
    stated("type", type, line),
    ...(group === undefined ? named(block) : [{ key: "name", line, value: expressionValue(path, line) }]),
    ...repeated(block.repeated, line),
    ...block.attributes.filter(({ key }) => !PLACING.has(key) && !IDLE.has(key)).map(camelMember),
  ];
  return { kind: "object", members, line, endLine };
}

function inlineRule({ attributes, line, endLine }: Block): JsonValue {
  return { kind: "object", members: attributes.map(camelMember), line, endLine };
}

function dynamicRules({ blocks, repeated: repetition, line, endLine }: Block): JsonMember {
  const content = blocks.find(({ type }) => type === "content");
  if (content === undefined || repetition === undefined) {
    return { key: "securityRules", line, value: { kind: "scalar", value: "[a dynamic block]", line, endLine } };
  }
  const loop = { ...repetition, body: inlineRule(content), condition: undefined, line, endLine };
  return loopMember("securityRules", line, loop);
}

function withCamelKeys(list: JsonValue): JsonValue {
  if (list.kind === "array") return { ...list, items: list.items.map(withCamelKeys) };
  return list.kind === "object" ? { ...list, members: list.members.map(camelMember) } : list;
}

function camelMember({ key, line, value }: JsonMember): JsonMember {
  const camel = key.replace(/_ids$/, "s").replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return { key: camel, line, value };
}
