/** One rule object of any Azure export, flattened or nested, to a security rule. */
import {
  type JsonMember,
  type JsonObject,
  type JsonValue,
  jsonItems,
  jsonMember,
  jsonText,
} from "../../syntax/json.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { type ExpressionScope, isExpression } from "./arm-expressions.js";
import type { RuleDirection, RuleSide, SecurityRule } from "./types.js";

/** Properties that say which packets a rule decides and how; lower case. */
const MEANT = new Set([
  "name",
  "access",
  "direction",
  "priority",
  "protocol",
  ...["source", "destination"].flatMap((side) => [
    `${side}addressprefix`,
    `${side}addressprefixes`,
    `${side}portrange`,
    `${side}portranges`,
    `${side}applicationsecuritygroups`,
    `expanded${side}addressprefix`,
  ]),
]);

/** Properties that say nothing about packets; lower case. */
const IDLE = new Set([
  "apiversion",
  "comments",
  "dependson",
  "description",
  "destinationapplicationsecuritygroupstext",
  "etag",
  "id",
  "kind",
  "provisioningstate",
  "resourcegroup",
  "sourceapplicationsecuritygroupstext",
  "systemdata",
  "tags",
  "type",
]);

/** Reads a rule and enters what each of its lines became; `fallbackName` serves a rule that has no name of its own. */
export function readRule(
  rule: JsonObject,
  scope: ExpressionScope,
  ledger: LineLedger,
  fallbackName = "unnamed",
): SecurityRule {
  const nested = jsonMember(rule, "properties");
  const outer = rule.members.filter(({ key, value }) => key.toLowerCase() !== "properties" || value.kind !== "object");
  const members = [...(nested?.kind === "object" ? nested.members : []), ...outer];
  const get = (name: string): JsonValue | undefined => resolved(memberOf(members, name), scope);
  const name = jsonText(get("name")) ?? fallbackName;
  const unknownProperties = members.filter((member) => isUnknown(member)).map(({ key }) => key);
  account(members, ledger, name);
  return {
    name: name.slice(name.lastIndexOf("/") + 1),
    priority: numberOf(get("priority")),
    direction: directionOf(jsonText(get("direction"))),
    access: jsonText(get("access")) ?? "",
    protocol: jsonText(get("protocol")) ?? "",
    source: readSide("source", get, scope),
    destination: readSide("destination", get, scope),
    unknownProperties,
    line: members.find(({ key }) => key.toLowerCase() === "name")?.line ?? rule.line,
  };
}

/** The last member of that name: the rule's own before one of its `properties`. */
function memberOf(members: readonly JsonMember[], name: string): JsonValue | undefined {
  const wanted = name.toLowerCase();
  return members.findLast(({ key }) => key.toLowerCase() === wanted)?.value;
}

function resolved(value: JsonValue | undefined, scope: ExpressionScope): JsonValue | undefined {
  return value && scope.resolve(value);
}

function account(members: readonly JsonMember[], ledger: LineLedger, name: string): void {
  for (const member of members) {
    const last = member.value.endLine;
    if (isUnknown(member)) ledger.markRange(member.line, last, "approximated", `unknown property of rule ${name}`);
    else if (MEANT.has(member.key.toLowerCase())) ledger.markRange(member.line, last, "modelled", `rule ${name}`);
  }
}

/** An unknown property that is empty cannot restrict anything. */
function isUnknown({ key, value }: JsonMember): boolean {
  const lower = key.toLowerCase();
  if (MEANT.has(lower) || IDLE.has(lower)) return false;
  return value.kind === "scalar"
    ? value.value !== null && value.value !== ""
    : (value.kind === "array" ? value.items : value.members).length > 0;
}

function numberOf(value: JsonValue | undefined): number | undefined {
  const text = jsonText(value);
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

function directionOf(text: string | undefined): RuleDirection | undefined {
  const lower = text?.toLowerCase();
  return lower === "inbound" || lower === "outbound" ? lower : undefined;
}

function readSide(
  side: "source" | "destination",
  get: (name: string) => JsonValue | undefined,
  scope: ExpressionScope,
): RuleSide {
  const texts = (...names: readonly string[]) => names.flatMap((name) => textsOf(get(name), scope));
  return {
    prefixes: texts(`${side}AddressPrefix`, `${side}AddressPrefixes`),
    applicationGroups: jsonItems(get(`${side}ApplicationSecurityGroups`)).map((group) => groupName(group, scope)),
    expanded: texts(`expanded${side}AddressPrefix`),
    ports: texts(`${side}PortRange`, `${side}PortRanges`).flatMap(splitList),
  };
}

/** The texts of one property, given alone or as a list; an expression that is not constant stays as it is. */
function textsOf(value: JsonValue | undefined, scope: ExpressionScope): string[] {
  if (value === undefined) return [];
  return value.kind === "array" ? value.items.flatMap((item) => flatTexts(scope.resolve(item))) : flatTexts(value);
}

/** Structures nobody expects become a text that stays unresolved. */
function flatTexts(value: JsonValue): string[] {
  if (value.kind === "array")
    return value.items.flatMap((item) => (item.kind === "scalar" ? flatTexts(item) : [OPAQUE]));
  const text = value.kind === "scalar" ? (jsonText(value) ?? "").trim() : OPAQUE;
  return text === "" ? [] : [text];
}

const OPAQUE = "[structure]";

function splitList(text: string): string[] {
  return isExpression(text) ? [text] : text.split(",").map((part) => part.trim());
}

/** Name of the group a reference (`{id}` or a bare path) points at. */
function groupName(group: JsonValue, scope: ExpressionScope): string {
  const id = jsonMember(group, "id", "name") ?? group;
  const text = jsonText(scope.resolve(id)) ?? OPAQUE;
  return isExpression(text) ? text : text.slice(text.lastIndexOf("/") + 1);
}
