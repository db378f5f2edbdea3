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
import { isExpression } from "../azure/expression.js";
import { lastSegment, splitPath } from "../azure/resource-path.js";
import { readRule } from "./read-rule.js";
import type { SecurityGroup, SecurityRule } from "./types.js";

const GROUP_TYPE = /\/networkSecurityGroups$/i;
const RULE_TYPE = /\/networkSecurityGroups\/(?:default)?securityRules$/i;

interface GroupParts {
  readonly name: string;
  readonly line: number;
  readonly rules: SecurityRule[];
  readonly incomplete: { readonly reason: string; readonly line: number }[];
}

/** The groups of a document; `isPartial`: it may hold some rules only of a group that it does not make. */
export function readGroups(document: JsonValue, ledger: LineLedger, isPartial: boolean): SecurityGroup[] {
  const finder = new GroupFinder(ledger);
  finder.visit(document);
  return finder.groups(isPartial);
}

class GroupFinder {
  private readonly found: GroupParts[] = [];
  /** Rules that stand outside their group, by the group's lower-case name. */
  private readonly detached = new Map<string, GroupParts>();

  /** Rules of groups whose names are not known: any group may have them. */
  private readonly strays: GroupParts["incomplete"] = [];

  constructor(private readonly ledger: LineLedger) {}

  groups(isPartial: boolean): SecurityGroup[] {
    const names = new Set(this.found.map(({ name }) => name.toLowerCase()));
    const orphans = [...this.detached].filter(([name]) => !names.has(name)).map(([, parts]) => parts);
    const joined = this.found.map((parts) => {
      const { rules = [], incomplete = [] } = this.detached.get(parts.name.toLowerCase()) ?? {};
      for (const rule of rules) this.noteSecond(parts, rule);
      return { ...parts, rules: [...parts.rules, ...rules], incomplete: [...parts.incomplete, ...incomplete] };
    });
    if (isPartial) for (const orphan of orphans) this.leaveOpen(orphan, orphan.line, "the group is made elsewhere");
    const strays = [...this.strays, ...orphans.filter(({ name }) => isExpression(name)).flatMap(strayRules)];
    return [...joined, ...orphans].map((group) => ({ ...group, incomplete: [...group.incomplete, ...strays] }));
  }

  visit(value: JsonValue): void {
    if (value.kind === "array") for (const item of value.items) this.visit(item);
    if (value.kind === "object") this.visitObject(value);
  }

  private visitObject(object: JsonObject): void {
    const type = jsonText(jsonMember(object, "type")) ?? "";
    if (jsonMember(object, "effectiveSecurityRules")?.kind === "array") this.addEffective(object);
    else if (isGroup(object, type)) this.addGroup(object);
    else if (RULE_TYPE.test(type)) this.addDetached(object);
    else for (const member of object.members) this.visit(member.value);
  }

  private addGroup(object: JsonObject): void {
    const nested = jsonMember(object, "properties");
    const named = memberNamed(object, "name");
    const name = jsonText(named?.value) ?? "unnamed";
    const parts: GroupParts = { name, line: named?.line ?? object.line, rules: [], incomplete: [] };
    this.ledger.mark(parts.line, "modelled", `security group ${name}`);
    for (const list of ["securityRules", "defaultSecurityRules"]) {
      this.addRules(parts, memberNamed(object, list) ?? memberNamed(nested, list));
    }
    for (const owner of [object, nested]) this.noteDoubts(parts, owner);
    for (const resource of jsonItems(jsonMember(object, "resources"))) this.addChild(parts, resource);
    this.found.push(parts);
  }

  private addRules(parts: GroupParts, member: JsonMember | undefined): void {
    const list = member?.value;
    if (member === undefined || list === undefined || isNull(list)) return;
    if (list.kind !== "array") {
      this.leaveOpen(parts, member.line, `\`${member.key}\` is not a list that can be read here`);
      return;
    }
    for (const item of list.items) {
      if (item.kind === "object") parts.rules.push(readRule(item, this.ledger));
      else this.leaveOpen(parts, item.line, "a rule is not an object that can be read here");
    }
  }

  private addChild(parts: GroupParts, resource: JsonValue): void {
    if (resource.kind !== "object") return;
    const type = jsonText(jsonMember(resource, "type")) ?? "";
    if (!/(?:^|\/)securityRules$/i.test(type)) return;
    const rule = readRule(resource, this.ledger);
    this.noteSecond(parts, rule);
    parts.rules.push(rule);
    this.noteLoop(parts, resource);
  }

  private noteDoubts(parts: GroupParts, owner: JsonValue | undefined): void {
    const [copy, condition] = [memberNamed(owner, "copy"), memberNamed(owner, "condition")];
    if (copy !== undefined) this.leaveOpen(parts, copy.line, "a copy loop makes rules that are not written out");
    if (condition !== undefined) this.leaveOpen(parts, condition.line, "it exists only under a condition");
  }

  /** A rule in a loop stands for others too. */
  private noteLoop(parts: GroupParts, rule: JsonObject): void {
    const copy = memberNamed(rule, "copy");
    if (copy !== undefined) this.leaveOpen(parts, copy.line, "a copy loop makes rules that are not written out");
  }

  /** Of two rules of one name the one that is deployed last stays, whichever that is; exports write each twice alike. */
  private noteSecond(parts: GroupParts, rule: SecurityRule): void {
    const isOther = ({ name }: SecurityRule) => name.toLowerCase() === rule.name.toLowerCase();
    const others = parts.rules.filter(isOther).filter((other) => wordsOf(other) !== wordsOf(rule));
    if (others.length > 0 && !isExpression(rule.name)) {
      this.leaveOpen(parts, rule.line, `two rules are called ${rule.name}`);
    }
  }

  private leaveOpen(parts: GroupParts, line: number, reason: string): void {
    parts.incomplete.push({ reason, line });
    this.ledger.mark(line, "approximated", reason);
  }

  private addEffective(object: JsonObject): void {
    const reference = jsonMember(object, "networkSecurityGroup");
    const id = jsonText(jsonMember(reference, "id")) ?? "effective rules";
    const list = memberNamed(object, "effectiveSecurityRules");
    const parts: GroupParts = { name: lastSegment(id), line: list?.line ?? object.line, rules: [], incomplete: [] };
    this.ledger.mark(parts.line, "modelled", `effective rules of ${parts.name}`);
    this.addRules(parts, list);
    this.found.push(parts);
  }

  private addDetached(object: JsonObject): void {
    const rule = readRule(object, this.ledger);
    const { parent } = splitPath(jsonText(jsonMember(object, "name")) ?? "");
    const group = parent === "" ? groupOfId(jsonText(jsonMember(object, "id")) ?? "") : parent;
    if (group === undefined) {
      const reason = `it may have the rule ${rule.name}`;
      this.strays.push({ reason, line: rule.line });
      this.ledger.mark(rule.line, "approximated", "a rule of a group whose name is not known");
      return;
    }
    const key = group.toLowerCase();
    const parts = this.detached.get(key) ?? { name: group, line: rule.line, rules: [], incomplete: [] };
    parts.rules.push(rule);
    this.noteLoop(parts, object);
    this.detached.set(key, parts);
  }
}

/** Whatever the name of their group turns out to be, it may be that of another one. */
function strayRules({ rules }: GroupParts): GroupParts["incomplete"] {
  return rules.map(({ name, line }) => ({ reason: `it may have the rule ${name}`, line }));
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

/** What a rule says, wherever it stands. */
function wordsOf(rule: SecurityRule): string {
  return JSON.stringify({ ...rule, name: "", line: 0 }).toLowerCase();
}

function groupOfId(id: string): string {
  return /\/networkSecurityGroups\/([^/]+)\//i.exec(id)?.[1] ?? "unnamed";
}
