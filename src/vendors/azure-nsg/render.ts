/** An acl to an ARM template of a network security group. */
import type { Ace, Acl } from "../../model/acl.js";
import type { DefinedSet } from "../../model/device.js";
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { SourceRef } from "../../model/source-ref.js";
import { descriptionOf, uniqueName } from "../azure/rule-texts.js";
import { LIMITS, type Limit } from "./limits.js";
import { type RuleShape, type ShapeRefusal, shapesOf } from "./rule-shapes.js";

// includes/azure-virtual-network-limits.md: priorities 100-4096, 1,000 rules in a group
export const FIRST_PRIORITY = 100;
export const LAST_PRIORITY = 4096;
const MOST_RULES = 1000;

/** A rule at its place in a group. */
interface PlacedRule {
  readonly shape: RuleShape;
  readonly priority: number;
  readonly direction: "Inbound" | "Outbound";
}

/** A template whose group decides as the acl does; empty, with an error for each limit, iff there is none. */
export function renderAzureNsg(acl: Acl, sets: readonly DefinedSet[]): Parsed<string> {
  return renderSecurityGroup([acl], sets, `flowproof-${acl.name}`);
}

/** A template of one group that decides in each direction as the acl of that name does; empty iff there is none. */
export function renderSecurityGroup(acls: readonly Acl[], sets: readonly DefinedSet[], name: string): Parsed<string> {
  const placed = acls.map((acl) => placeRules(acl, sets));
  const diagnostics = placed.flatMap((rules) => rules.diagnostics);
  const rules = placed.flatMap(({ value }) => value);
  const [first] = acls;
  if (first !== undefined && rules.length > MOST_RULES) diagnostics.push(limitDiagnostic("rule-count", first.at));
  return { value: diagnostics.length > 0 ? "" : template(name, rules), diagnostics };
}

function placeRules(acl: Acl, sets: readonly DefinedSet[]): Parsed<readonly PlacedRule[]> {
  const diagnostics: Diagnostic[] = [];
  const refuse = ({ limit, at }: ShapeRefusal) => diagnostics.push(limitDiagnostic(limit, at));
  const ordered = inFirstMatchOrder(acl);
  if (ordered === undefined) refuse({ limit: "evaluation", at: acl.at });
  const shapes = (ordered ?? []).flatMap((ace) => {
    const { shapes: own, refusals } = shapesOf(ace, sets);
    for (const limit of refusals) refuse({ limit, at: ace.at });
    return own;
  });
  const last = lastRule(acl);
  if (last === undefined) refuse({ limit: "default", at: acl.at });
  if (last === undefined) return { value: [], diagnostics };
  const direction = acl.name.toLowerCase() === "outbound" ? "Outbound" : "Inbound";
  const step = Math.max(1, Math.min(10, Math.floor((LAST_PRIORITY - FIRST_PRIORITY) / (shapes.length + 1))));
  const rules = shapes.map((shape, index) => ({ shape, priority: FIRST_PRIORITY + index * step, direction }) as const);
  return { value: [...rules, { shape: last, priority: LAST_PRIORITY, direction }], diagnostics };
}

/** The enabled aces in an order in which the first match gives the same answer; undefined iff there is none known. */
function inFirstMatchOrder({ aces, evaluation }: Acl): readonly Ace[] | undefined {
  const enabled = aces.filter((ace) => ace.enabled && ace.action.kind !== "pass");
  if (enabled.some(({ action }) => !["accept", "drop", "reject"].includes(action.kind))) return enabled;
  const accepting = enabled.filter(({ action }) => action.kind === "accept");
  if (evaluation === "first-match") return enabled;
  if (evaluation === "last-match") return enabled.toReversed();
  if (evaluation === "any-accept") return accepting;
  return [...enabled.filter(({ action }) => action.kind !== "accept"), ...accepting];
}

/** The rule in front of the platform's default rules: without it they would allow the virtual network. */
function lastRule({ defaultAction, at }: Acl): RuleShape | undefined {
  const { kind } = defaultAction;
  if (kind !== "accept" && kind !== "drop" && kind !== "reject") return undefined;
  const anywhere = { prefixes: ["*"], ports: ["*"] };
  const access = kind === "accept" ? "Allow" : "Deny";
  return { name: "everything-else", access, protocol: "*", source: anywhere, destination: anywhere, at };
}

function template(name: string, placed: readonly PlacedRule[]): string {
  const names = new Set<string>();
  const rules = placed.map((rule) => ({
    name: uniqueName(rule.shape.name, names),
    properties: propertiesOf(rule),
  }));
  const document = {
    $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    contentVersion: "1.0.0.0",
    resources: [
      {
        type: "Microsoft.Network/networkSecurityGroups",
        apiVersion: "2022-07-01",
        name: uniqueName(name, new Set()),
        location: "[resourceGroup().location]",
        properties: { securityRules: rules },
      },
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** The properties of a rule as templates have them. */
export function propertiesOf({ shape, priority, direction }: PlacedRule): Record<string, string | number | string[]> {
  return {
    ...(shape.remark !== undefined && { description: descriptionOf(shape.remark) }),
    protocol: shape.protocol,
    access: shape.access,
    priority,
    direction,
    ...list("sourceAddressPrefix", "sourceAddressPrefixes", shape.source.prefixes),
    ...list("sourcePortRange", "sourcePortRanges", shape.source.ports),
    ...list("destinationAddressPrefix", "destinationAddressPrefixes", shape.destination.prefixes),
    ...list("destinationPortRange", "destinationPortRanges", shape.destination.ports),
  };
}

function list(one: string, several: string, values: readonly string[]): Record<string, string | string[]> {
  return values.length === 1 ? { [one]: values[0] as string } : { [several]: [...values] };
}

function limitDiagnostic(limit: Limit, at: SourceRef): Diagnostic {
  const message = `a network security group cannot say this: ${LIMITS[limit]}`;
  return { code: `azure-nsg/limit-${limit}`, severity: "error", message, at, effect: "none" };
}
