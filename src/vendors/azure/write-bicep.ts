/** An ARM template of ours as Bicep: the same resources, with their properties one to a line. */

/** JSON without `null`, which templates of ours do not hold. */
export type TemplateValue =
  | string
  | number
  | boolean
  | readonly TemplateValue[]
  | { readonly [key: string]: TemplateValue };

export interface TemplateResource {
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly properties: { readonly [key: string]: TemplateValue };
}

/** `resources`: parents before what is in them, whose names begin with the parent's. */
export function toBicep(resources: readonly TemplateResource[]): string {
  const symbols = new Map(resources.map(({ name }, index) => [name, index === 0 ? "main" : `part${index}`]));
  const lines = resources.flatMap((resource) => {
    const slash = resource.name.lastIndexOf("/");
    const parent = slash < 0 ? undefined : symbols.get(resource.name.slice(0, slash));
    return [
      "",
      `resource ${symbols.get(resource.name)} '${resource.type}@${resource.apiVersion}' = {`,
      ...(parent === undefined ? [] : [`  parent: ${parent}`]),
      `  name: ${bicepText(resource.name.slice(slash + 1))}`,
      ...(parent === undefined ? ["  location: location"] : []),
      ...memberLines("properties", resource.properties, "  "),
      "}",
    ];
  });
  return ["param location string = resourceGroup().location", ...lines, ""].join("\n");
}

function memberLines(key: string, value: TemplateValue, indent: string): string[] {
  const [first = "", ...rest] = valueLines(value, indent);
  return [`${indent}${key}: ${first}`, ...rest];
}

function valueLines(value: TemplateValue, indent: string): string[] {
  const inner = `${indent}  `;
  if (typeof value === "string") return [bicepText(value)];
  if (typeof value !== "object") return [`${value}`];
  if (!isList(value)) {
    return ["{", ...Object.entries(value).flatMap(([key, one]) => memberLines(key, one, inner)), `${indent}}`];
  }
  const items = value.flatMap((item) => {
    const [first = "", ...rest] = valueLines(item, inner);
    return [`${inner}${first}`, ...rest];
  });
  return ["[", ...items, `${indent}]`];
}

function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

// Bicep language, "Strings": single quotes; backslash, quote and the beginning of an expression are escaped.
function bicepText(value: string): string {
  return `'${value.replace(/['\\]/g, "\\$&").replaceAll("${", "\\${")}'`;
}
