/** One ace to the rules of a firewall policy that together say the same. */
import type { Ace } from "../../model/acl.js";
import { formatAddressRange, rangePrefixes } from "../../model/address.js";
import { type AnyOf, asksBeyondFlows, type Endpoint, isNamedEndpoint, type Matches } from "../../model/matches.js";
import { formatRanges, type Service } from "../../model/service.js";
import { descriptionOf } from "../azure/rule-texts.js";
import type { Limit } from "./limits.js";

/** A rule in the words of templates. */
export type PolicyRule = NetworkRule | NamesRule;

interface RuleLabel {
  readonly name: string;
  readonly description?: string;
}

export interface NetworkRule extends RuleLabel {
  readonly ruleType: "NetworkRule";
  readonly ipProtocols: readonly string[];
  readonly sourceAddresses: readonly string[];
  readonly destinationAddresses: readonly string[];
  readonly destinationPorts: readonly string[];
}

export interface NamesRule extends RuleLabel {
  readonly ruleType: "ApplicationRule";
  readonly protocols: readonly { readonly protocolType: string; readonly port: number }[];
  readonly sourceAddresses: readonly string[];
  readonly targetFqdns: readonly string[];
}

export interface RuleShapes {
  readonly rules: readonly PolicyRule[];
  readonly refusals: readonly Limit[];
}

const WORDS_OF_PROTOCOL = new Map([
  [6, "TCP"],
  [17, "UDP"],
  [1, "ICMP"],
]);

/** Where names are asked for, and what is spoken there. */
export const NAMED_PORTS = [
  { protocolType: "Http", port: 80 },
  { protocolType: "Https", port: 443 },
];

/** No rules and no refusals: the ace matches nothing. What becomes of its packets is the rules' collection's. */
export function shapesOf(ace: Ace): RuleShapes {
  const refusals = new Set<Limit>(refusedFields(ace.matches));
  const only = <T>(conditions: readonly AnyOf<T>[] | undefined): readonly T[] | undefined => {
    const [first, ...more] = conditions ?? [];
    if (more.length > 0) refusals.add("conjunction");
    if (first?.negated) refusals.add("negation");
    const literals = first?.operands.flatMap((operand) => ("literal" in operand ? [operand.literal] : []));
    if (literals?.length !== first?.operands.length) refusals.add("unknown-operand");
    return literals;
  };
  const sourceAddresses = addresses(only(ace.matches.source), refusals);
  const destinations = only(ace.matches.destination);
  const services = only(ace.matches.service);
  const names = destinations?.flatMap((endpoint) => ("requested" in endpoint ? [endpoint.requested] : [])) ?? [];
  const label = { name: ace.name, ...(ace.remark !== undefined && { description: descriptionOf(ace.remark) }) };
  const rules =
    names.length > 0 && names.length === destinations?.length
      ? namesRule(label, sourceAddresses, names, services, refusals)
      : networkRules(label, sourceAddresses, addresses(destinations, refusals), services, refusals);
  return { rules: refusals.size > 0 ? [] : rules, refusals: [...refusals] };
}

function refusedFields(matches: Matches): Limit[] {
  const hasConditions = matches.unmodeled.length > 0;
  return [
    ...(hasConditions ? (["condition"] as const) : []),
    ...(asksBeyondFlows(matches) ? (["field"] as const) : []),
  ];
}

/** A rule needs some; every address is `*`. */
function addresses(endpoints: readonly Endpoint[] | undefined, refusals: Set<Limit>): string[] {
  if (endpoints === undefined) return ["*"];
  return endpoints.flatMap((endpoint) => {
    const isRange = !isNamedEndpoint(endpoint) && "first" in endpoint && endpoint.family === "ipv4";
    if (isRange) return rangePrefixes(endpoint).map(formatAddressRange);
    refusals.add("endpoint");
    return [];
  });
}

function namesRule(
  label: RuleLabel,
  sourceAddresses: readonly string[],
  targetFqdns: readonly string[],
  services: readonly Service[] | undefined,
  refusals: Set<Limit>,
): NamesRule[] {
  const protocols = (services ?? [undefined]).flatMap((service) => {
    const [port, ...more] = service?.destinationPorts ?? [];
    const spoken = NAMED_PORTS.find((named) => named.port === port?.first && named.port === port.last);
    if (service?.protocol !== 6 || spoken === undefined || more.length > 0) refusals.add("name-port");
    if (hasForeignFields(service)) refusals.add("field");
    return spoken === undefined ? [] : [spoken];
  });
  if (sourceAddresses.length === 0) return [];
  return [{ ruleType: "ApplicationRule", ...label, protocols, sourceAddresses, targetFqdns }];
}

function hasForeignFields(service: Service | undefined): boolean {
  const { sourcePorts, icmpTypes, icmpCodes, tcpFlags } = service ?? { protocol: 6 };
  return [sourcePorts, icmpTypes, icmpCodes, tcpFlags].some((field) => field !== undefined);
}

// Each protocol keeps its own ports: together in one rule they would be every combination.
function networkRules(
  label: RuleLabel,
  sourceAddresses: readonly string[],
  destinationAddresses: readonly string[],
  services: readonly Service[] | undefined,
  refusals: Set<Limit>,
): NetworkRule[] {
  if (services === undefined) refusals.add("protocol");
  if (sourceAddresses.length === 0 || destinationAddresses.length === 0) return [];
  return (services ?? []).flatMap((service, index) => {
    const word = WORDS_OF_PROTOCOL.get(service.protocol);
    if (word === undefined) refusals.add("protocol");
    if (hasForeignFields(service)) refusals.add("field");
    const ports = service.destinationPorts?.map((range) => formatRanges([range])) ?? ["*"];
    if (word === undefined || ports.length === 0) return [];
    const name = index === 0 ? label.name : `${label.name} ${index + 1}`;
    const rule = { ipProtocols: [word], sourceAddresses, destinationAddresses, destinationPorts: ports };
    return [{ ruleType: "NetworkRule" as const, ...label, name, ...rule }];
  });
}
