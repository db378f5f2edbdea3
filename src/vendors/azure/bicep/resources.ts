/** Puts declared resources into those they say they are part of. */
import type { JsonMember, JsonObject, JsonValue } from "../../../syntax/json.js";
import { armLiteral, armText, expressionValue } from "../language/arm-text.js";

/** A declared resource and what is known of it elsewhere in the text. */
export interface Declared {
  readonly type: string;
  readonly isExisting: boolean;
  /** Text of the expression of its name; undefined in a loop, where each has another. */
  readonly name: string | undefined;
  readonly value: JsonObject;
}

/** Resources whose parent is declared too stand in it, so that names nobody knows still join them. */
export function assembleResources(declared: ReadonlyMap<string, Declared>): JsonValue[] {
  const roots: JsonValue[] = [];
  const children = new Map<string, Declared[]>();
  for (const one of declared.values()) {
    const parent = parentOf(one);
    const owner = parent === undefined ? undefined : declared.get(parent);
    if (parent === undefined || owner === undefined || owner.isExisting || parentOf(owner) !== undefined) {
      roots.push(owner === undefined ? one.value : named(one, owner));
    } else children.set(parent, [...(children.get(parent) ?? []), one]);
  }
  for (const [symbol, parts] of children) {
    const owner = declared.get(symbol)?.value;
    const at = owner === undefined ? -1 : roots.indexOf(owner);
    if (owner !== undefined && at >= 0) roots[at] = withParts(owner, parts.map(shortened));
  }
  return roots.map((root) => (root.kind === "object" ? withParts(root, []) : root));
}

/** The symbol a resource names as its parent. */
function parentOf({ value }: Declared): string | undefined {
  const parent = value.members.find(({ key }) => key === "parent")?.value;
  const text = parent?.kind === "scalar" ? String(parent.value) : "";
  return /^\[reference\('(\w+)'\)\]$/.exec(text)?.[1];
}

/** Of a parent that exists elsewhere a part has the name in its own. */
function named({ value }: Declared, owner: Declared): JsonObject {
  const members = value.members.map((member): JsonMember => {
    if (member.key !== "name" || owner.name === undefined) return member;
    const text = `format(${armLiteral("{0}/{1}")}, ${owner.name}, ${armText(member.value)})`;
    return { ...member, value: expressionValue(text, member.line) };
  });
  return { ...value, members };
}

function shortened({ value }: Declared): JsonObject {
  const members = value.members.map((member): JsonMember => {
    if (member.key !== "type" || member.value.kind !== "scalar") return member;
    const type = String(member.value.value);
    return { ...member, value: { ...member.value, value: type.slice(type.lastIndexOf("/") + 1) } };
  });
  return { ...value, members };
}

/** The resource with one list of all the resources in it. */
function withParts(resource: JsonObject, more: readonly JsonValue[]): JsonObject {
  const isPart = ({ key }: JsonMember): boolean => key === "resources";
  const listed = resource.members
    .filter(isPart)
    .flatMap(({ value }) => (value.kind === "array" ? value.items : [value]));
  const parts = [...listed, ...more].map((part) => (part.kind === "object" ? withParts(part, []) : part));
  const members = resource.members.filter((member) => !isPart(member) && member.key !== "parent");
  if (parts.length === 0) return { ...resource, members };
  const { line, endLine } = resource;
  return {
    ...resource,
    members: [...members, { key: "resources", line, value: { kind: "array", items: parts, line, endLine } }],
  };
}
