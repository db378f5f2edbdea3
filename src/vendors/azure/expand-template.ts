/** An ARM template to the resources it deploys, with every value in them that is certain. */
import { type JsonObject, type JsonValue, jsonItems, jsonMember, jsonText } from "../../syntax/json.js";
import { DEPLOYMENT_TYPE, isTemplate } from "./document.js";
import { type ParameterValues, TemplateScope } from "./template-scope.js";

export interface ExpandedTemplate {
  /** The resources as one list; a document that is no template stays itself. */
  readonly resources: JsonValue;
  /** Parameters whose default went into them. */
  readonly defaults: readonly string[];
}

/**
 * What a template deploys: loops run, resources whose condition is false left out, nested deployments opened. What is not
 * certain stays an expression, a `condition` or a `copy`.
 */
export function expandTemplate(document: JsonValue, parameters: ParameterValues): ExpandedTemplate {
  if (!isTemplate(document)) return { resources: document, defaults: [] };
  const scope = TemplateScope.of(document, parameters);
  const items = resourcesOf(document, scope);
  const resources: JsonValue = { kind: "array", items, line: document.line, endLine: document.endLine };
  return { resources, defaults: [...scope.defaults] };
}

/** Newer templates name their resources instead of listing them. */
function resourcesOf(owner: JsonValue, scope: TemplateScope): JsonValue[] {
  const resources = jsonMember(owner, "resources");
  const listed = resources?.kind === "object" ? resources.members.map(({ value }) => value) : jsonItems(resources);
  return listed.flatMap((resource) => (resource.kind === "object" ? expandResource(resource, scope) : [resource]));
}

function expandResource(resource: JsonObject, scope: TemplateScope): JsonValue[] {
  const copy = jsonMember(resource, "copy");
  const rounds = copy && scope.rounds(copy);
  if (rounds === undefined) return expandOnce(resource, scope);
  const once = without(resource, "copy");
  const name = jsonText(jsonMember(copy, "name")) ?? "";
  return Array.from({ length: rounds }, (_, index) => expandOnce(once, scope.inRoundOfResource(name, index))).flat();
}

function expandOnce(resource: JsonObject, scope: TemplateScope): JsonValue[] {
  if (jsonMember(resource, "existing") !== undefined && scope.truth(jsonMember(resource, "existing"))) return [];
  const isDeployed = scope.truth(jsonMember(resource, "condition"));
  if (isDeployed === false) return [];
  const plain = isDeployed === true ? without(resource, "condition") : resource;
  const type = jsonText(jsonMember(plain, "type")) ?? "";
  if (DEPLOYMENT_TYPE.test(type)) return expandDeployment(plain, scope).map((inner) => withDoubtsOf(plain, inner));
  const own = scope.resolve(without(plain, "resources"));
  const children = resourcesOf(plain, scope);
  if (own.kind !== "object" || children.length === 0) return [own];
  const inner: JsonValue = { kind: "array", items: children, line: own.line, endLine: own.endLine };
  return [{ ...own, members: [...own.members, { key: "resources", line: own.line, value: inner }] }];
}

/** A deployment has a template of its own; unless it says otherwise, its expressions are those of the outer one. */
function expandDeployment(resource: JsonObject, scope: TemplateScope): JsonValue[] {
  const own = jsonMember(resource, "properties");
  const template = jsonMember(own, "template");
  if (template === undefined) return [scope.resolve(resource)];
  const evaluation = jsonMember(jsonMember(own, "expressionEvaluationOptions"), "scope");
  if (jsonText(evaluation)?.toLowerCase() !== "inner") return resourcesOf(template, scope);
  return resourcesOf(template, scope.nested(template, givenParameters(own, template, scope)));
}

// A parameter that is given by a file elsewhere or a key vault has a value that nobody here knows, not its default.
function givenParameters(own: JsonValue | undefined, template: JsonValue, scope: TemplateScope): ParameterValues {
  const isElsewhere = jsonMember(own, "parametersLink") !== undefined;
  const declared = isElsewhere ? jsonMember(template, "parameters") : undefined;
  const given = jsonMember(own, "parameters");
  const values = new Map<string, JsonValue>();
  for (const { key, value } of declared?.kind === "object" ? declared.members : []) {
    values.set(key.toLowerCase(), { ...ELSEWHERE, line: value.line, endLine: value.endLine });
  }
  for (const { key, value } of given?.kind === "object" ? given.members : []) {
    const stated = jsonMember(value, "value");
    const place = { line: value.line, endLine: value.endLine };
    values.set(key.toLowerCase(), stated === undefined ? { ...ELSEWHERE, ...place } : scope.resolve(stated));
  }
  return values;
}

const ELSEWHERE = { kind: "scalar", value: "[reference]" } as const;

/** A resource exists perhaps, or several times, where that is so of the deployment it is in. */
function withDoubtsOf({ members }: JsonObject, resource: JsonValue): JsonValue {
  const doubts = members.filter(({ key }) => /^(?:condition|copy)$/i.test(key));
  return resource.kind === "object" ? { ...resource, members: [...resource.members, ...doubts] } : resource;
}

function without(object: JsonObject, ...names: readonly string[]): JsonObject {
  return { ...object, members: object.members.filter(({ key }) => !names.includes(key.toLowerCase())) };
}
