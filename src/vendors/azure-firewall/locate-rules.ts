/** Finds the groups of a policy in the JSON of an export, with the lists that hold their collections and rules. */
import { type JsonArray, type JsonObject, type JsonValue, jsonItems, jsonMember, jsonText } from "../../syntax/json.js";
import { isExpression } from "../azure/expression.js";
import { Properties } from "../azure/properties.js";
import { splitPath } from "../azure/resource-path.js";
import { policyOfId } from "./read-resources.js";

/** A group whose name and policy are written out. */
export interface LocatedGroup {
  readonly name: string;
  readonly policy: string;
  readonly priority: number | undefined;
  readonly collections: readonly LocatedCollection[];
  readonly list: JsonArray;
}

export interface LocatedCollection {
  readonly name: string;
  readonly priority: number | undefined;
  readonly action: string;
  /** What all of its rules are; undefined: of several kinds, or there are none. */
  readonly ruleType: string | undefined;
  readonly rules: readonly LocatedRule[];
  readonly list: JsonArray;
}

export interface LocatedRule {
  readonly name: string;
  readonly object: JsonObject;
}

/** The groups in the order in which they are written; what is not written out as lists is left out. */
export function locateGroups(value: JsonValue): LocatedGroup[] {
  if (value.kind === "array") return value.items.flatMap(locateGroups);
  if (value.kind === "scalar") return [];
  const properties = new Properties(value);
  const list = properties.value("ruleCollections");
  if (list?.kind !== "array") return value.members.flatMap((member) => locateGroups(member.value));
  const { parent, own } = splitPath(properties.text("name") ?? "");
  const policy = parent || policyOfId(properties) || "";
  if ([own, policy].some((name) => name === "" || isExpression(name))) return [];
  const collections = list.items.flatMap(locateCollection);
  return [{ name: own, policy, priority: properties.count("priority"), collections, list }];
}

function locateCollection(value: JsonValue): LocatedCollection[] {
  if (value.kind !== "object") return [];
  const properties = new Properties(value);
  const list = properties.value("rules");
  const name = properties.text("name");
  if (list?.kind !== "array" || name === undefined) return [];
  const types = jsonItems(list).map((rule) => jsonText(jsonMember(rule, "ruleType"))?.toLowerCase());
  return [
    {
      ...{ name, list, priority: properties.count("priority") },
      action: jsonText(jsonMember(properties.value("action"), "type")) ?? "",
      ruleType: types.every((type) => type === types[0]) ? types[0] : undefined,
      rules: list.items.flatMap((rule) => (rule.kind === "object" ? locateRule(rule) : [])),
    },
  ];
}

function locateRule(object: JsonObject): LocatedRule[] {
  const name = jsonText(jsonMember(object, "name"));
  return name === undefined ? [] : [{ name, object }];
}
