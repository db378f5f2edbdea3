/** The platform's routing as devices: one for each network, and one for each subnet that has routes of its own. */
import type { RouteTable, Subnet, VirtualNetwork } from "../../vendors/azure/inventory.js";
import { type Draft, type DraftDevice, draftDevice, type Namer } from "./draft.js";
import { isPrefix, withoutDropped } from "./prefixes.js";
import { isGatewaySubnet, isNamed, placeKey, type Site } from "./site.js";

export const INTERNET = "internet";

/** Adds routers, gateways and what routes lead to; `subnetNames` are those of the drafted networks. */
export class RoutingPlanner {
  private readonly cores = new Map<string, DraftDevice>();
  private readonly appliances = new Map<string, DraftDevice>();
  /** Links from routers to appliances by their pair. */
  private readonly ways = new Map<string, string>();
  /** Links between peers by their pair. */
  private readonly peerings = new Map<string, string>();

  constructor(
    private readonly site: Site,
    private readonly draft: Draft,
    private readonly namer: Namer,
    private readonly subnetNames: ReadonlyMap<string, string>,
  ) {}

  /** The router of each network, by the network's lower-case name. */
  plan(): ReadonlyMap<string, DraftDevice> {
    for (const [key, { name }] of this.site.networks) this.cores.set(key, this.device(`${name}-routing`));
    for (const network of this.site.networks.values()) this.planPeerings(network);
    for (const network of this.site.networks.values()) this.planNetwork(network);
    for (const core of this.cores.values()) this.leadToInternet(core);
    this.planAppliances();
    return this.cores;
  }

  private device(wanted: string, exports: readonly string[] = []): DraftDevice {
    const device = draftDevice(this.namer.name(wanted), exports);
    this.draft.devices.push(device);
    return device;
  }

  private core(network: string): DraftDevice {
    return this.cores.get(network.toLowerCase()) as DraftDevice;
  }

  private link(wanted: string, kind: "lan" | "vpn", one: DraftDevice, other: DraftDevice): string {
    const name = this.namer.name(wanted);
    this.draft.links.push({ name, kind, between: [one.name, other.name] });
    one.links.push(name);
    other.links.push(name);
    return name;
  }

  private leadToInternet(core: DraftDevice): void {
    core.networks.push(INTERNET);
    core.routes.push({ to: "0.0.0.0/0", via: INTERNET });
  }

  private planPeerings(network: VirtualNetwork): void {
    const own = network.name.toLowerCase();
    for (const { remote } of network.peerings) {
      const other = remote.toLowerCase();
      const [first = "", second = ""] = [own, other].sort();
      const pair = pairOf(own, other);
      if (own === other || this.peerings.has(pair)) continue;
      if (!this.cores.has(other))
        this.core(own).remarks.push(`it is peered with ${remote}, which is not in the exports`);
      else this.peerings.set(pair, this.link(`peering-${pair}`, "lan", this.core(first), this.core(second)));
    }
  }

  private planNetwork(network: VirtualNetwork): void {
    const core = this.core(network.name);
    for (const peering of network.peerings) {
      const link = this.peerings.get(pairOf(network.name, peering.remote));
      if (link === undefined || !peering.isOpen) continue;
      core.routes.push(...this.site.behindPeer(peering).map((to) => ({ to, via: link })));
    }
    this.planGateways(network, core);
    for (const subnet of network.subnets) this.planSubnet(network, subnet, core);
  }

  private planSubnet(network: VirtualNetwork, subnet: Subnet, core: DraftDevice): void {
    const own = this.subnetNames.get(placeKey(network.name, subnet.name)) ?? "";
    const table = isGatewaySubnet(subnet) ? undefined : this.site.routeTable(subnet.routeTable);
    if (subnet.routeTable !== undefined && this.site.routeTable(subnet.routeTable) === undefined) {
      core.remarks.push(`${subnet.name} has routes of the table ${subnet.routeTable}, which is not in the exports`);
    }
    if (table === undefined) {
      core.networks.push(own);
      return;
    }
    const router = this.device(`${own}-routing`);
    router.networks.push(own);
    const link = this.link(`${own}-to-${network.name}`, "lan", router, core);
    core.routes.push(...subnet.prefixes.map((to) => ({ to, via: link })));
    const dropped = this.addUserRoutes(router, table, link, subnet.prefixes);
    const usual = [...network.prefixes, ...network.peerings.flatMap((peering) => this.site.behindPeer(peering))];
    const systemRoutes = [...usual, ...this.site.onPremises(network), "0.0.0.0/0"];
    router.routes.push(...systemRoutes.map((to) => ({ to, via: link })));
    keepFrom(router, dropped);
  }

  /**
   * Routes a user made come before those the platform has for the same prefix. Gives the prefixes that no route may lead:
   * what is for them is dropped, or goes where the topology does not follow.
   */
  private addUserRoutes(
    router: DraftDevice,
    { routes }: RouteTable,
    core: string,
    back: readonly string[],
  ): readonly string[] {
    const dropped: string[] = [];
    for (const { to, nextHop, address } of routes) {
      const kind = nextHop.toLowerCase();
      if (!isPrefix(to))
        router.remarks.push(`its route to ${to}, by ${nextHop}, is not written: it may lead some packets`);
      else if (kind === "virtualappliance") {
        router.routes.push({ to, via: this.leadToAppliance(router, address ?? "", back) });
      } else if (kind === "vnetlocal" || kind === "internet") router.routes.push({ to, via: core });
      else {
        dropped.push(to);
        router.remarks.push(
          kind === "none" ? `it drops what is for ${to}` : `its route to ${to} leads to a ${nextHop}: add it`,
        );
      }
    }
    return dropped;
  }

  private leadToAppliance(router: DraftDevice, address: string, back: readonly string[]): string {
    const appliance = this.appliance(address);
    const pair = `${router.name}/${appliance.name}`;
    const known = this.ways.get(pair);
    if (known !== undefined) return known;
    const link = this.link(`${router.name}-to-${appliance.name}`, "lan", router, appliance);
    this.ways.set(pair, link);
    appliance.routes.push(...back.map((to) => ({ to, via: link })));
    return link;
  }

  /** The firewall of that private address; else a device that somebody has to say more about. */
  private appliance(address: string): DraftDevice {
    const known = this.appliances.get(address);
    if (known !== undefined) return known;
    const firewall = this.site.all("firewalls").find((each) => each.address === address);
    const files = this.site.sources.filter(({ isFirewall }) => isFirewall).map(({ file }) => file);
    const appliance = this.device(firewall?.name ?? `appliance-${address}`, firewall === undefined ? [] : files);
    if (firewall === undefined) appliance.remarks.push(`routes lead to ${address}: add the exports of what is there`);
    this.appliances.set(address, appliance);
    return appliance;
  }

  private planAppliances(): void {
    for (const { address } of this.site.all("firewalls")) if (address !== undefined) this.appliance(address);
    for (const [address, appliance] of this.appliances) {
      const firewall = this.site.all("firewalls").find((each) => each.address === address);
      const nearest = firewall?.network ?? this.networkOf(address);
      const network = nearest === undefined ? undefined : this.site.network(nearest);
      if (network === undefined) continue;
      const core = this.core(network.name);
      const link = this.link(`${appliance.name}-to-${network.name}`, "lan", appliance, core);
      const inside = [...network.prefixes, ...network.peerings.flatMap((peering) => this.site.behindPeer(peering))];
      appliance.routes.push(...[...inside, ...this.site.onPremises(network)].map((to) => ({ to, via: link })));
      if ((firewall?.publicAddresses.length ?? 0) > 0) this.leadToInternet(appliance);
      else appliance.routes.push({ to: "0.0.0.0/0", via: link });
    }
  }

  private networkOf(address: string): string | undefined {
    const interfaces = this.site.all("interfaces");
    return interfaces.find(({ configurations }) => configurations.some((each) => each.address === address))?.network;
  }

  private planGateways(network: VirtualNetwork, core: DraftDevice): void {
    for (const { name, kind } of this.site.gatewaysOf(network)) {
      const gateway = this.device(name);
      const link = this.link(`${name}-to-${network.name}`, "lan", gateway, core);
      const table = this.site.routeTable(network.subnets.find(isGatewaySubnet)?.routeTable);
      this.planConnections(name, gateway, core, link);
      const dropped =
        table === undefined ? [] : this.addUserRoutes(gateway, table, link, this.site.onPremises(network));
      const users = [...this.site.networks.values()].filter((other) =>
        other.peerings.some((peering) => peering.usesRemoteGateways && isNamed(network, peering.remote)),
      );
      gateway.routes.push(...[network, ...users].flatMap(({ prefixes }) => prefixes).map((to) => ({ to, via: link })));
      keepFrom(gateway, dropped);
      if (kind.toLowerCase() !== "vpn") gateway.remarks.push("what its circuit leads to is in no export: add it");
    }
  }

  private planConnections(own: string, gateway: DraftDevice, core: DraftDevice, inward: string): void {
    for (const { name, gateway: from, localGateway } of this.site.all("connections")) {
      const local = this.site.all("localGateways").find((each) => isNamed(each, localGateway));
      if (from.toLowerCase() !== own.toLowerCase()) continue;
      if (local === undefined) {
        gateway.remarks.push(`the other side of its connection ${name} is not in the exports`);
        continue;
      }
      const site = this.namer.name(local.name);
      this.draft.networks.push({ name: site, site, prefixes: local.prefixes });
      const link = this.namer.name(name);
      this.draft.links.push({ name: link, kind: "vpn", between: [gateway.name, site] });
      gateway.links.push(link);
      gateway.routes.push(...local.prefixes.map((to) => ({ to, via: link })));
      core.routes.push(...local.prefixes.map((to) => ({ to, via: inward })));
    }
  }
}

/** Takes care that no route of the device leads what is for the prefixes. */
function keepFrom(device: DraftDevice, prefixes: readonly string[]): void {
  device.routes.splice(0, device.routes.length, ...withoutDropped(device.routes, prefixes));
}

/** The same for both directions of a peering. */
function pairOf(one: string, other: string): string {
  return [one.toLowerCase(), other.toLowerCase()].sort().join("/");
}
