/** One rule at its place to aces; what is open in it becomes a bound and a reason. */
import type { Ace, Action } from "../../model/acl.js";
import { parseAddress, singleAddress } from "../../model/address.js";
import type { AnyOf, Matches } from "../../model/matches.js";
import type { Translation } from "../../model/nat.js";
import type { Service } from "../../model/service.js";
import type { SourceRef } from "../../model/source-ref.js";
import type { NameBook } from "../azure/name-book.js";
import { readPorts } from "../azure/ports.js";
import { meaningOf } from "../azure/rule-meaning.js";
import { addressCondition, applicationCondition, networkCondition, targetCondition } from "./conditions.js";
import type { OrderedRule } from "./order-rules.js";
import { isPublic } from "./platform-rules.js";
import type { ApplicationProtocol, FirewallRule } from "./types.js";

/** The ace, and why it may match more or less than the device's rule; no reasons: it matches exactly the same. */
export interface ConvertedRule {
  readonly ace: Ace;
  readonly doubts: readonly string[];
}

/** A rule that translates: the translating ace, and the ones by which what it translated is let through. */
export interface ConvertedNatRule extends ConvertedRule {
  /** Asked before the network rules, which may or may not come first. */
  readonly early: Ace;
  /** Asked after them: from the internet only translated packets come, from elsewhere perhaps others too. */
  readonly late: readonly Ace[];
}

/** A network or application rule as an ace of the rules' acl. */
export function convertFilterRule(ordered: OrderedRule, names: NameBook): ConvertedRule {
  const { rule, path, collection } = ordered;
  const at = placeOf(ordered);
  const isNetwork = rule.kind === "network";
  const source = addressCondition(rule.source, [], names, at);
  const destination = isNetwork
    ? addressCondition(rule.destination, rule.destinationFqdns, names, at)
    : targetCondition(rule.targetFqdns, rule.targetsUnknown);
  const service = isNetwork ? networkCondition(rule.protocols, rule.ports) : applicationCondition(rule.applications);
  const unmodeled = [...ordered.conditions, ...unknownOf(ordered), ...(isNetwork ? [] : narrowedTargets(ordered))];
  const action = convertAction(collection.action);
  const opened = action.kind === "unknown" ? [`action \`${collection.action}\` is neither Allow nor Deny`] : [];
  const matches = matchesOf({ source: source.conditions, destination: destination.conditions }, service, unmodeled);
  const doubts = [...unmodeled, ...opened, ...source.doubts, ...destination.doubts, ...service.doubts];
  const spoken = isNetwork ? [] : [spokenBy(rule.applications)];
  const meaning = [...spoken, ...inFull(rule, doubts)];
  const about = meaning.length === 0 ? {} : { meaning: meaning.join(" ") };
  return { ace: { name: path, enabled: true, matches, action, at, ...about }, doubts };
}

/** The words of an ace leave out some of what is open in a rule, as the addresses that narrow its names. */
function inFull(rule: FirewallRule, doubts: readonly string[]): readonly string[] {
  return doubts.length === 0 ? [] : [meaningOf(rule)];
}

/** What the rule has to find spoken, of which the ace's matches hold the ports alone. */
function spokenBy(applications: readonly ApplicationProtocol[]): string {
  const spoken = applications.map(({ type, port }) => `${type.toLowerCase()}:${port}`);
  return [...new Set(spoken)].sort().join(" ");
}

/** A DNAT rule. */
export function convertNatRule(ordered: OrderedRule, names: NameBook): ConvertedNatRule {
  const { rule, path } = ordered;
  const at = placeOf(ordered);
  const source = addressCondition(rule.source, [], names, at);
  const destination = addressCondition(rule.destination, [], names, at);
  const service = networkCondition(rule.protocols, rule.ports);
  const unmodeled = [...ordered.conditions, ...unknownOf(ordered)];
  const { translation, doubts } = convertTranslation(ordered);
  const matches = matchesOf({ source: source.conditions, destination: destination.conditions }, service, unmodeled);
  const translated = translatedMatches(ordered, translation, source.conditions);
  const all = [...unmodeled, ...doubts, ...source.doubts, ...destination.doubts, ...service.doubts];
  const [meaning] = inFull(rule, all);
  const about = { enabled: true, at, ...(meaning !== undefined && { meaning }) };
  const implied = { ...about, name: `${path} (translated)`, action: { kind: "accept" } as const };
  const from = (isInternet: boolean, condition: readonly string[]): Ace => ({
    ...implied,
    matches: { ...translated, ...isPublic("source", isInternet, translated), unmodeled: [...unmodeled, ...condition] },
  });
  return {
    ace: { ...about, name: path, matches, action: { kind: "translate", translation } },
    doubts: all,
    early: {
      ...implied,
      matches: { ...translated, unmodeled: [...unmodeled, "translated packets skip network rules"] },
    },
    late: [from(true, []), from(false, ["the packet was translated, and not sent there directly"])],
  };
}

function placeOf({ rule, file, path }: OrderedRule): SourceRef {
  return { file, line: rule.line, structure: `rule ${path}` };
}

function unknownOf({ rule }: OrderedRule): string[] {
  return rule.unknownProperties.map(({ key }) => `property ${key} of rule ${rule.name}`);
}

// The rule may be for these addresses only; no page says how the list and the names go together.
function narrowedTargets({ rule }: OrderedRule): string[] {
  const { addresses, ipGroups } = rule.destination;
  return addresses.length + ipGroups.length > 0 ? [`destination addresses of application rule ${rule.name}`] : [];
}

function convertAction(action: string): Action {
  const lower = action.toLowerCase();
  if (lower === "allow") return { kind: "accept" };
  return lower === "deny" ? { kind: "drop" } : { kind: "unknown", text: action };
}

function matchesOf(
  sides: Pick<Matches, "source" | "destination">,
  service: { readonly conditions: readonly AnyOf<Service>[] },
  unmodeled: readonly string[],
): Matches {
  const { source = [], destination = [] } = sides;
  return {
    family: "ipv4",
    ...(source.length > 0 && { source }),
    ...(destination.length > 0 && { destination }),
    ...(service.conditions.length > 0 && { service: service.conditions }),
    unmodeled,
  };
}

function convertTranslation({ rule }: OrderedRule): { translation: Translation; doubts: readonly string[] } {
  const { address, fqdn, port } = rule.translation;
  const found = address === undefined ? undefined : parseAddress(address);
  const [first] = port === undefined ? [] : (readPorts([port]).ranges ?? []);
  const text = address ?? fqdn ?? "no address";
  const doubts = [
    ...(found === undefined ? [`the address that \`${text}\` stands for is not known`] : []),
    ...(port !== undefined && first === undefined ? [`\`${port}\` is no port to translate to`] : []),
  ];
  const ports = port !== undefined && first === undefined ? { first: 0, last: 65535 } : first;
  return {
    translation: {
      side: "destination",
      addresses: found ? { kind: "pool", ranges: [singleAddress(found)] } : { kind: "unresolved", text },
      ...(ports && { ports }),
    },
    doubts,
  };
}

function translatedMatches(
  { rule }: OrderedRule,
  { addresses, ports }: Translation,
  source: Matches["source"],
): Matches {
  const destination =
    addresses?.kind === "pool"
      ? addresses.ranges.map((range) => ({ literal: range }))
      : [{ unresolved: `what \`${rule.translation.fqdn ?? rule.name}\` translates to` }];
  const service = networkCondition(rule.protocols, ports ? [`${ports.first}-${ports.last}`] : rule.ports);
  return matchesOf({ source: source ?? [], destination: [{ operands: destination, negated: false }] }, service, []);
}
