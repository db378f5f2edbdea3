/** Public addresses, load balancers and NAT gateways as the translations of a network's router. */
import type { BalancingRule, VirtualNetwork } from "../../vendors/azure/inventory.js";
import type { DraftDevice } from "./draft.js";
import { isNamed, type Member, placeKey, type Site } from "./site.js";

/** Adds what the router of the network translates; `componentOf` gives the component of an interface. */
export function planTranslations(
  site: Site,
  network: VirtualNetwork,
  router: DraftDevice,
  componentOf: (member: Member) => string | undefined,
): void {
  const members = site
    .interfacesIn(network)
    .flatMap((each) => each.configurations.map((configuration): Member => ({ ...each, configuration })));
  for (const balancer of site.all("loadBalancers")) {
    for (const rule of balancer.rules) addRule(site, rule, members, router, componentOf);
  }
  addNatGateways(site, network, router);
  for (const { configuration } of members) {
    const outside = site.publicAddress(configuration.publicAddress);
    if (outside === undefined) continue;
    router.translations.push({ destinationNat: [configuration.address], destinations: [outside] });
    router.translations.push({ sourceNat: [outside], sources: [configuration.address] });
  }
  addOutbound(site, members, router);
  // learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access: an address the platform chooses
  router.translations.push({ sourceNat: ["unknown"], sources: network.prefixes });
}

function addRule(
  site: Site,
  rule: BalancingRule,
  members: readonly Member[],
  router: DraftDevice,
  componentOf: (member: Member) => string | undefined,
): void {
  const { target, port, backendPort, name } = rule;
  const behind = members.filter(({ configuration: { id, pools } }) =>
    "pool" in target ? pools.includes(target.pool) : id === target.configuration,
  );
  const outside = site.publicAddress(rule.publicAddress);
  const [only, ...others] = behind;
  if (only === undefined) return;
  if (outside === undefined || (rule.protocol !== "tcp" && rule.protocol !== "udp")) {
    router.remarks.push(
      `load balancing rule ${name} is not written: it has no public address, or is for all protocols`,
    );
    return;
  }
  const component = componentOf(only);
  if (others.length === 0 && component !== undefined) {
    const inside = `${rule.protocol}/${backendPort}`;
    router.endpoints.push({ component, port: inside, publicPort: port, public: outside });
    return;
  }
  router.translations.push({
    destinationNat: behind.map(({ configuration }) => configuration.address),
    toPort: backendPort,
    service: `${rule.protocol}/${port}`,
    destinations: [outside],
  });
}

// page "NAT gateway resource": it comes before public addresses of machines and of load balancers
function addNatGateways(site: Site, { name, subnets }: VirtualNetwork, router: DraftDevice): void {
  for (const { natGateway, prefixes, name: subnet } of subnets) {
    const isIts = (place: { readonly network: string; readonly subnet: string }): boolean =>
      placeKey(place.network, place.subnet) === placeKey(name, subnet);
    const gateway = site.all("natGateways").find((each) => isNamed(each, natGateway) || each.subnets.some(isIts));
    if (gateway === undefined) continue;
    const outside = gateway.publicAddresses.flatMap((name) => site.publicAddress(name) ?? []);
    router.translations.push({ sourceNat: outside.length > 0 ? outside : ["unknown"], sources: prefixes });
  }
}

function addOutbound(site: Site, members: readonly Member[], router: DraftDevice): void {
  for (const { pool, publicAddresses } of site.all("loadBalancers").flatMap(({ outbound }) => outbound)) {
    const inside = members.filter(({ configuration }) => configuration.pools.includes(pool));
    const outside = publicAddresses.flatMap((name) => site.publicAddress(name) ?? []);
    if (inside.length === 0 || outside.length === 0) continue;
    router.translations.push({ sourceNat: outside, sources: inside.map(({ configuration }) => configuration.address) });
  }
}
