/** An exported load balancer to what it does with what arrives at its public addresses, and what leaves by them. */
import { type JsonValue, jsonItems, jsonMember, jsonText } from "../../syntax/json.js";
import type { BalancingRule, LoadBalancer } from "./inventory.js";
import { propertiesOf, referred } from "./inventory-values.js";

/** Inbound NAT rules and balancing rules alike; a rule whose interface or pool is not told is left out. */
export function readBalancer(name: string, own: JsonValue): LoadBalancer {
  const frontends = new Map(
    jsonItems(jsonMember(own, "frontendIPConfigurations")).map((frontend) => [
      jsonText(jsonMember(frontend, "name"))?.toLowerCase() ?? "",
      referred(jsonMember(propertiesOf(frontend), "publicIPAddress")),
    ]),
  );
  const rulesOf = (list: string): BalancingRule[] =>
    jsonItems(jsonMember(own, list)).flatMap((rule) => readRule(rule, frontends));
  return {
    name,
    rules: [...rulesOf("inboundNatRules"), ...rulesOf("loadBalancingRules")],
    outbound: jsonItems(jsonMember(own, "outboundRules")).flatMap((rule) => readOutbound(rule, frontends)),
  };
}

type Frontends = ReadonlyMap<string, string | undefined>;

function frontendOf(reference: JsonValue | undefined, frontends: Frontends): string | undefined {
  return frontends.get(referred(reference)?.toLowerCase() ?? "");
}

function readRule(rule: JsonValue, frontends: Frontends): BalancingRule[] {
  const own = propertiesOf(rule);
  const [port, backendPort] = ["frontendPort", "backendPort"].map((key) => Number(jsonText(jsonMember(own, key))));
  const configuration = jsonText(jsonMember(jsonMember(own, "backendIPConfiguration"), "id"));
  const pool = jsonText(jsonMember(jsonMember(own, "backendAddressPool"), "id"));
  const target =
    configuration === undefined ? pool && { pool: pool.toLowerCase() } : { configuration: configuration.toLowerCase() };
  if (!target || !port || !backendPort) return [];
  return [
    {
      name: jsonText(jsonMember(rule, "name")) ?? "rule",
      protocol: (jsonText(jsonMember(own, "protocol")) ?? "").toLowerCase(),
      publicAddress: frontendOf(jsonMember(own, "frontendIPConfiguration"), frontends),
      port,
      backendPort,
      target,
    },
  ];
}

function readOutbound(rule: JsonValue, frontends: Frontends): LoadBalancer["outbound"] {
  const own = propertiesOf(rule);
  const pool = jsonText(jsonMember(jsonMember(own, "backendAddressPool"), "id"));
  const used = jsonItems(jsonMember(own, "frontendIPConfigurations"));
  const publicAddresses = used.flatMap((frontend) => frontendOf(frontend, frontends) ?? []);
  return pool === undefined ? [] : [{ pool: pool.toLowerCase(), publicAddresses }];
}
