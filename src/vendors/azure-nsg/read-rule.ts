/** One rule object of any Azure export, flattened or nested, to a security rule. */
import type { JsonObject } from "../../syntax/json.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { isExpression } from "../azure/expression.js";
import { IDLE_EVERYWHERE, type KnownProperties, Properties } from "../azure/properties.js";
import { splitPath } from "../azure/resource-path.js";
import type { RuleDirection, RuleSide, SecurityRule } from "./types.js";

const KNOWN: KnownProperties = {
  meant: new Set([
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
  ]),
  idle: new Set([
    ...IDLE_EVERYWHERE,
    "destinationapplicationsecuritygroupstext",
    "sourceapplicationsecuritygroupstext",
  ]),
};

/** Reads a rule and enters what each of its lines became; `fallbackName` serves a rule that has no name of its own. */
export function readRule(rule: JsonObject, ledger: LineLedger, fallbackName = "unnamed"): SecurityRule {
  const properties = new Properties(rule);
  const name = properties.text("name") ?? fallbackName;
  const priority = properties.count("priority");
  const direction = directionOf(properties.text("direction"));
  const unread = (property: string, value: unknown) => (value === undefined ? properties.text(property) : undefined);
  return {
    name: splitPath(name).own,
    priority,
    direction,
    unread: { priority: unread("priority", priority), direction: unread("direction", direction) },
    access: properties.text("access") ?? "",
    description: properties.text("description") ?? "",
    protocol: properties.text("protocol") ?? "",
    source: readSide("source", properties),
    destination: readSide("destination", properties),
    unknownProperties: properties.account(KNOWN, ledger, `rule ${name}`),
    line: properties.line,
  };
}

function directionOf(text: string | undefined): RuleDirection | undefined {
  const lower = text?.toLowerCase();
  return lower === "inbound" || lower === "outbound" ? lower : undefined;
}

function readSide(side: "source" | "destination", properties: Properties): RuleSide {
  return {
    prefixes: properties.texts(`${side}AddressPrefix`, `${side}AddressPrefixes`),
    applicationGroups: properties.references(`${side}ApplicationSecurityGroups`),
    expanded: properties.texts(`expanded${side}AddressPrefix`),
    ports: properties.texts(`${side}PortRange`, `${side}PortRanges`).flatMap(splitList),
  };
}

function splitList(text: string): string[] {
  return isExpression(text) ? [text] : text.split(",").map((part) => part.trim());
}
