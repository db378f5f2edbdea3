/** Finds firewalls, firewall policies and rule collection groups in a JSON document of any Azure shape. */
import { type JsonObject, type JsonValue, jsonItems, jsonMember, jsonText } from "../../syntax/json.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { Properties } from "../azure/properties.js";
import { lastSegment, splitPath } from "../azure/resource-path.js";
import { leaveGap, type RuleReading, readCollections, readPriority } from "./read-rules.js";
import type { CollectionGroup, Firewall, FirewallPolicy, FirewallResources, RuleKind, Settings } from "./types.js";

const CLASSIC_PRIORITY = { priority: 0, unreadPriority: undefined } as const;
const CLASSIC_LISTS: readonly (readonly [string, RuleKind])[] = [
  ["natRuleCollections", "nat"],
  ["networkRuleCollections", "network"],
  ["applicationRuleCollections", "application"],
];

/** What a document holds. */
export function readResources(document: JsonValue, ledger: LineLedger): FirewallResources {
  const finder = new ResourceFinder(ledger);
  finder.visit(document, "");
  return finder;
}

class ResourceFinder {
  readonly firewalls: Firewall[] = [];
  readonly policies: FirewallPolicy[] = [];
  readonly groups: CollectionGroup[] = [];

  constructor(private readonly ledger: LineLedger) {}

  /** `policy` is the name of the policy the value stands in. */
  visit(value: JsonValue, policy: string): void {
    if (value.kind === "array") for (const item of value.items) this.visit(item, policy);
    if (value.kind === "object") this.visitObject(value, policy);
  }

  private visitObject(object: JsonObject, policy: string): void {
    const properties = new Properties(object);
    const place = `${properties.text("type") ?? ""} ${properties.text("id") ?? ""}`;
    if (CLASSIC_LISTS.some(([list]) => properties.member(list) !== undefined)) this.addFirewall(properties);
    else if (/\/azureFirewalls(?:\/[^/ ]+)?$/i.test(place.trim()) && properties.member("name")) {
      this.addFirewall(properties);
    } else if (properties.member("ruleCollections") !== undefined) this.addGroup(properties, policy);
    else if (isPolicy(properties, place)) {
      this.addPolicy(properties);
      this.visitMembers(object, lastSegment(properties.text("name") ?? "unnamed"));
    } else this.visitMembers(object, policy);
  }

  private visitMembers(object: JsonObject, policy: string): void {
    for (const member of object.members) this.visit(member.value, policy);
  }

  private addFirewall(properties: Properties): void {
    const name = properties.text("name") ?? "unnamed";
    const reading: RuleReading = { ledger: this.ledger, gaps: [] };
    const collections = CLASSIC_LISTS.flatMap(([list, kind]) => readCollections(properties.value(list), kind, reading));
    this.noteDoubts(properties, reading);
    this.ledger.mark(properties.line, "modelled", `firewall ${name}`);
    this.firewalls.push({
      name,
      policy: this.referredTo(properties, "firewallPolicy"),
      rules: { name: "", policy: "", ...CLASSIC_PRIORITY, collections, gaps: reading.gaps, line: properties.line },
      settings: this.settings(properties),
      line: properties.line,
    });
  }

  private addPolicy(properties: Properties): void {
    const name = lastSegment(properties.text("name") ?? "unnamed");
    const list = properties.value("ruleCollectionGroups");
    this.ledger.mark(properties.line, "modelled", `policy ${name}`);
    this.policies.push({
      name,
      base: this.referredTo(properties, "basePolicy"),
      groups: list?.kind === "array" ? properties.references("ruleCollectionGroups") : undefined,
      settings: this.settings(properties),
      line: properties.line,
    });
  }

  private addGroup(properties: Properties, policy: string): void {
    const reading: RuleReading = { ledger: this.ledger, gaps: [] };
    const path = properties.text("name") ?? "unnamed";
    const { parent, own } = splitPath(path);
    this.noteDoubts(properties, reading);
    const collections = readCollections(properties.value("ruleCollections"), undefined, reading);
    const priority = properties.member("priority");
    this.ledger.mark(properties.line, "modelled", `rule collection group ${path}`);
    if (priority !== undefined) this.ledger.mark(priority.line, "modelled", `rule collection group ${path}`);
    this.groups.push({
      name: own,
      policy: parent || policyOfId(properties) || policy,
      ...readPriority(properties),
      collections,
      gaps: reading.gaps,
      line: properties.line,
    });
  }

  private noteDoubts(properties: Properties, reading: RuleReading): void {
    const copy = properties.member("copy");
    const condition = properties.member("condition");
    if (copy !== undefined) leaveGap(reading, copy.line, "a copy loop makes rules that are not written out");
    if (condition !== undefined) leaveGap(reading, condition.line, "it exists only under a condition");
  }

  /** Name of the resource a property points at. */
  private referredTo(properties: Properties, name: string): string | undefined {
    const member = properties.member(name);
    const [target] = properties.references(name);
    if (member === undefined || isNothing(member.value) || target === undefined) return undefined;
    this.ledger.markRange(member.line, member.value.endLine, "modelled", `${name} ${target}`);
    return target;
  }

  private settings(properties: Properties): Settings {
    const allowed = properties.value("threatIntelWhitelist");
    for (const name of ["threatIntelMode", "threatIntelWhitelist", "snat", "privateRange"]) {
      const member = properties.member(name);
      if (member === undefined || isNothing(member.value)) continue;
      this.ledger.markRange(member.line, member.value.endLine, "modelled", `setting ${name}`);
    }
    return {
      threatIntelMode: properties.text("threatIntelMode") ?? "Alert",
      threatIntelAllowed: ["ipAddresses", "fqdns"].flatMap((key) =>
        itemsOf(jsonMember(allowed, key) ?? allowed).flatMap((item) => jsonText(item) ?? []),
      ),
      privateRanges: privateRangesOf(properties),
      isForcedTunnel: !isNothing(properties.value("managementIpConfiguration")),
    };
  }
}

/** An expression that may be a list stands for one item, which nobody knows. */
function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  return value?.kind === "scalar" ? [value] : jsonItems(value);
}

function isPolicy(properties: Properties, place: string): boolean {
  return /\/firewallPolicies(?:\/[^/ ]+)?$/i.test(place.trim()) && properties.member("name") !== undefined;
}

/** Name of the policy that a resource is a part of, by its own path. */
export function policyOfId(properties: Properties): string | undefined {
  return /\/firewallPolicies\/([^/]+)\//i.exec(properties.text("id") ?? "")?.[1];
}

function isNothing(value: JsonValue | undefined): boolean {
  return value === undefined || (value.kind === "scalar" && (value.value === null || value.value === ""));
}

// A policy lists them under `snat`, PowerShell under `PrivateRange`, a classic firewall as one text among its extras.
function privateRangesOf(properties: Properties): string[] | undefined {
  const snat = properties.value("snat");
  const extras = properties.value("additionalProperties");
  const list = jsonMember(snat, "privateRanges") ?? properties.value("privateRange");
  const text = jsonText(jsonMember(extras, "Network.SNAT.PrivateRanges"));
  const isLearned = /^enabled$/i.test(jsonText(jsonMember(snat, "autoLearnPrivateRanges")) ?? "");
  const ranges = text !== undefined ? text.split(",").map((part) => part.trim()) : texts(list);
  return isLearned ? [...(ranges ?? []), "learned routes"] : ranges;
}

function texts(list: JsonValue | undefined): string[] | undefined {
  return list?.kind === "array" ? list.items.map((item) => jsonText(item) ?? "") : undefined;
}
