/** Rule collections of a classic firewall or a policy, flattened or nested, to rules. */
import { type JsonObject, type JsonValue, jsonItems, jsonMember, jsonText } from "../../syntax/json.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { isExpression } from "../azure/expression.js";
import { IDLE_EVERYWHERE, type KnownProperties, Properties } from "../azure/properties.js";
import { lastSegment } from "../azure/resource-path.js";
import type { ApplicationProtocol, FirewallRule, Gap, RuleCollection, RuleKind } from "./types.js";

const RULE: KnownProperties = {
  meant: new Set([
    "name",
    "ruletype",
    "sourceaddresses",
    "sourceipgroups",
    "destinationaddresses",
    "destinationipgroups",
    "destinationfqdns",
    "destinationports",
    "protocols",
    "ipprotocols",
    "targetfqdns",
    "fqdntags",
    "webcategories",
    "targeturls",
    "translatedaddress",
    "translatedfqdn",
    "translatedport",
  ]),
  idle: new Set([...IDLE_EVERYWHERE, "actions", "direction", "httpheaderstoinsert", "priority", "terminatetls"]),
};

const COLLECTION: KnownProperties = {
  meant: new Set(["name", "priority", "action", "rules", "rulecollectiontype"]),
  idle: new Set(IDLE_EVERYWHERE),
};

/** What reading a list of collections takes and leaves. */
export interface RuleReading {
  readonly ledger: LineLedger;
  readonly gaps: Gap[];
}

/** The collections of a list; `kind` is that of their rules where the list itself tells it. */
export function readCollections(
  list: JsonValue | undefined,
  kind: RuleKind | undefined,
  reading: RuleReading,
): RuleCollection[] {
  return readItems(list, "rule collections", reading).map((object) => readCollection(object, kind, reading));
}

/** The objects of a list; whatever else stands in its place leaves a gap. */
function readItems(list: JsonValue | undefined, what: string, reading: RuleReading): JsonObject[] {
  if (list === undefined || (list.kind === "scalar" && list.value === null)) return [];
  if (list.kind !== "array") {
    leaveGap(reading, list.line, `the list of ${what} cannot be read here`);
    return [];
  }
  return list.items.flatMap((item) => {
    if (item.kind === "object") return [item];
    leaveGap(reading, item.line, `one of the ${what} cannot be read here`);
    return [];
  });
}

/** Notes that something is not written out where it should be. */
export function leaveGap({ gaps, ledger }: RuleReading, line: number, reason: string): void {
  gaps.push({ reason, line });
  ledger.mark(line, "approximated", reason);
}

function readCollection(object: JsonObject, kind: RuleKind | undefined, reading: RuleReading): RuleCollection {
  const properties = new Properties(object);
  const name = properties.text("name") ?? "unnamed";
  const action = properties.member("action");
  const type = properties.text("ruleCollectionType");
  const isNat = kind === "nat" || type?.toLowerCase() === "firewallpolicynatrulecollection";
  if (type !== undefined && !isNat && type.toLowerCase() !== "firewallpolicyfilterrulecollection") {
    leaveGap(reading, properties.line, `collection ${name} is of a kind nobody knows`);
  }
  const unknown = properties.account(COLLECTION_WITHOUT_RULES, reading.ledger, `collection ${name}`);
  for (const property of unknown) leaveGap(reading, properties.line, `property ${property.key} of collection ${name}`);
  const rules = readItems(properties.value("rules"), `rules of collection ${name}`, reading);
  return {
    name,
    ...readPriority(properties),
    action: isNat ? "Dnat" : (jsonText(jsonMember(action?.value, "type")) ?? properties.text("action") ?? ""),
    rules: rules.flatMap((rule) => readRule(rule, isNat ? "nat" : kind, reading)),
    line: properties.line,
  };
}

// Lines of rules get their fates from the rules.
const COLLECTION_WITHOUT_RULES: KnownProperties = {
  meant: new Set([...COLLECTION.meant].filter((name) => name !== "rules")),
  idle: new Set([...COLLECTION.idle, "rules"]),
};

/** The priority, or the text of one that is not known. */
export function readPriority(properties: Properties): Pick<RuleCollection, "priority" | "unreadPriority"> {
  const priority = properties.count("priority");
  return { priority, unreadPriority: priority === undefined ? properties.text("priority") : undefined };
}

function readRule(object: JsonObject, kind: RuleKind | undefined, reading: RuleReading): FirewallRule[] {
  const properties = new Properties(object);
  const name = lastSegment(properties.text("name") ?? "unnamed");
  const own = kind ?? kindOf(properties.text("ruleType") ?? "");
  if (own === undefined) {
    leaveGap(reading, properties.line, `rule ${name} is of a kind nobody knows`);
    return [];
  }
  const targets = properties.texts("targetFqdns");
  const rule: FirewallRule = {
    name,
    kind: own,
    source: { addresses: properties.texts("sourceAddresses"), ipGroups: properties.references("sourceIpGroups") },
    destination: {
      addresses: properties.texts("destinationAddresses"),
      ipGroups: properties.references("destinationIpGroups"),
    },
    destinationFqdns: properties.texts("destinationFqdns"),
    protocols: own === "application" ? [] : properties.texts("protocols", "ipProtocols"),
    ports: properties.texts("destinationPorts").flatMap((text) => text.split(",").map((part) => part.trim())),
    targetFqdns: targets.filter((target) => !isExpression(target)),
    targetsUnknown: [...targets.filter(isExpression), ...properties.texts("fqdnTags", "webCategories", "targetUrls")],
    applications: own === "application" ? readApplications(properties.value("protocols")) : [],
    translation: {
      address: properties.text("translatedAddress") || undefined,
      fqdn: properties.text("translatedFqdn") || undefined,
      port: properties.text("translatedPort") || undefined,
    },
    unknownProperties: properties.account(RULE, reading.ledger, `rule ${name}`),
    line: properties.line,
  };
  return [rule];
}

function kindOf(ruleType: string): RuleKind | undefined {
  const kinds: readonly RuleKind[] = ["nat", "network", "application"];
  return kinds.find((kind) => ruleType.toLowerCase() === `${kind}rule`);
}

function readApplications(list: JsonValue | undefined): ApplicationProtocol[] {
  return jsonItems(list).map((item) => ({
    type: jsonText(jsonMember(item, "protocolType")) ?? "",
    port: jsonText(jsonMember(item, "port")) ?? "",
  }));
}
