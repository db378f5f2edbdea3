/** Finds the security groups in a JSON document of any Azure shape: flattened, nested, a list, a template, effective. */
import {
  type JsonMember,
  type JsonObject,
  type JsonValue,
  jsonItems,
  jsonMember,
  jsonText,
} from "../../syntax/json.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { type ExpressionScope, NO_EXPRESSIONS, templateScope } from "../azure/arm-expressions.js";
import { isTemplate } from "../azure/document.js";
import { lastSegment } from "../azure/properties.js";
import { readRule } from "./read-rule.js";
import type { SecurityGroup, SecurityRule } from "./types.js";

const GROUP_TYPE = /\/networkSecurityGroups$/i;
const RULE_TYPE = /\/networkSecurityGroups\/(?:default)?securityRules$/i;
const DEPLOYMENT_TYPE = /^Microsoft\.Resources\/deployments$/i;

interface GroupParts {
  readonly name: string;
  readonly line: number;
  readonly rules: SecurityRule[];
  readonly incomplete: { readonly reason: string; readonly line: number }[];
}

/** The groups of a document; `parameterValues` are those a template is deployed with. */
export function readGroups(
  document: JsonValue,
  parameterValues: ReadonlyMap<string, JsonValue>,
  ledger: LineLedger,
): SecurityGroup[] {
  const scope = isTemplate(document) ? templateScope(document, parameterValues) : NO_EXPRESSIONS;
  const finder = new GroupFinder(ledger);
  finder.visit(document, scope);
  return finder.groups();
}

class GroupFinder {
  private readonly found: GroupParts[] = [];
  /** Rules that stand outside their group, by the group's lower-case name. */
  private readonly detached = new Map<string, GroupParts>();

  constructor(private readonly ledger: LineLedger) {}

  groups(): SecurityGroup[] {
    const names = new Set(this.found.map(({ name }) => name.toLowerCase()));
    const orphans = [...this.detached].filter(([name]) => !names.has(name)).map(([, parts]) => parts);
    const joined = this.found.map((parts) => {
      const rules = this.detached.get(parts.name.toLowerCase())?.rules ?? [];
      return { ...parts, rules: [...parts.rules, ...rules] };
    });
    return [...joined, ...orphans];
  }

  visit(value: JsonValue, scope: ExpressionScope): void {
    if (value.kind === "array") for (const item of value.items) this.visit(item, scope);
    if (value.kind === "object") this.visitObject(value, scope);
  }

  private visitObject(object: JsonObject, scope: ExpressionScope): void {
    const type = jsonText(jsonMember(object, "type")) ?? "";
    if (jsonMember(object, "effectiveSecurityRules")?.kind === "array") this.addEffective(object, scope);
    else if (isGroup(object, type)) this.addGroup(object, scope);
    else if (RULE_TYPE.test(type)) this.addDetached(object, scope);
    else {
      // A nested deployment has parameters and variables of its own: nothing of the outer template holds there.
      const inner = DEPLOYMENT_TYPE.test(type) ? NO_EXPRESSIONS : scope;
      for (const member of object.members) this.visit(member.value, inner);
    }
  }

  private addGroup(object: JsonObject, scope: ExpressionScope): void {
    const nested = jsonMember(object, "properties");
    const named = memberNamed(object, "name");
    const name = textOf(named?.value, scope) ?? "unnamed";
    const parts: GroupParts = { name, line: named?.line ?? object.line, rules: [], incomplete: [] };
    this.ledger.mark(parts.line, "modelled", `security group ${name}`);
    for (const list of ["securityRules", "defaultSecurityRules"]) {
      this.addRules(parts, memberNamed(object, list) ?? memberNamed(nested, list), scope);
    }
    for (const owner of [object, nested]) this.noteCopy(parts, memberNamed(owner, "copy"));
    for (const resource of jsonItems(jsonMember(object, "resources"))) this.addChild(parts, resource, scope);
    this.found.push(parts);
  }

  private addRules(parts: GroupParts, member: JsonMember | undefined, scope: ExpressionScope): void {
    const list = member && scope.resolve(member.value);
    if (member === undefined || list === undefined || isNull(list)) return;
    if (list.kind !== "array") {
      this.leaveOpen(parts, member.line, `\`${member.key}\` is not a list that can be read here`);
      return;
    }
    for (const item of list.items) {
      const rule = scope.resolve(item);
      if (rule.kind === "object") parts.rules.push(readRule(rule, scope, this.ledger));
      else this.leaveOpen(parts, item.line, "a rule is not an object that can be read here");
    }
  }

  private addChild(parts: GroupParts, resource: JsonValue, scope: ExpressionScope): void {
    if (resource.kind !== "object") return;
    const type = jsonText(jsonMember(resource, "type")) ?? "";
    if (/(?:^|\/)securityRules$/i.test(type)) parts.rules.push(readRule(resource, scope, this.ledger));
  }

  private noteCopy(parts: GroupParts, copy: JsonMember | undefined): void {
    if (copy !== undefined) this.leaveOpen(parts, copy.line, "a copy loop makes rules that are not written out");
  }

  private leaveOpen(parts: GroupParts, line: number, reason: string): void {
    parts.incomplete.push({ reason, line });
    this.ledger.mark(line, "approximated", reason);
  }

  private addEffective(object: JsonObject, scope: ExpressionScope): void {
    const reference = jsonMember(object, "networkSecurityGroup");
    const id = jsonText(jsonMember(reference, "id")) ?? "effective rules";
    const list = memberNamed(object, "effectiveSecurityRules");
    const parts: GroupParts = { name: lastSegment(id), line: list?.line ?? object.line, rules: [], incomplete: [] };
    this.ledger.mark(parts.line, "modelled", `effective rules of ${parts.name}`);
    this.addRules(parts, list, scope);
    this.found.push(parts);
  }

  private addDetached(object: JsonObject, scope: ExpressionScope): void {
    const rule = readRule(object, scope, this.ledger);
    const path = textOf(jsonMember(object, "name"), scope) ?? "";
    const id = jsonText(jsonMember(object, "id")) ?? "";
    const group = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : groupOfId(id);
    const key = group.toLowerCase();
    const parts = this.detached.get(key) ?? { name: group, line: rule.line, rules: [], incomplete: [] };
    parts.rules.push(rule);
    this.detached.set(key, parts);
  }
}

/**
 * A resource of the type, or an object with a name and rule lists. An object with rule lists but no name is only a
 * reference to a group, as PowerShell writes it into subnets and interfaces.
 */
function isGroup(object: JsonObject, type: string): boolean {
  if (GROUP_TYPE.test(type)) return memberNamed(object, "properties") !== undefined || hasRules(object);
  const named = jsonText(jsonMember(object, "name"));
  return named !== undefined && type === "" && (hasRules(object) || hasRules(jsonMember(object, "properties")));
}

function hasRules(value: JsonValue | undefined): boolean {
  return ["securityRules", "defaultSecurityRules"].some((name) => {
    const list = jsonMember(value, name);
    return list !== undefined && !isNull(list);
  });
}

function isNull(value: JsonValue): boolean {
  return value.kind === "scalar" && value.value === null;
}

function memberNamed(value: JsonValue | undefined, name: string): JsonMember | undefined {
  if (value?.kind !== "object") return undefined;
  return value.members.findLast(({ key }) => key.toLowerCase() === name.toLowerCase());
}

function textOf(value: JsonValue | undefined, scope: ExpressionScope): string | undefined {
  return value && jsonText(scope.resolve(value));
}

function groupOfId(id: string): string {
  return /\/networkSecurityGroups\/([^/]+)\//i.exec(id)?.[1] ?? "unnamed";
}
