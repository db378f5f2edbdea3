/** Everything the exports of a folder list, found by name. */
import type {
  Inventory,
  IpConfiguration,
  NetworkInterface,
  RouteTable,
  Subnet,
  VirtualGateway,
  VirtualNetwork,
} from "../../vendors/azure/inventory.js";

/** What one file holds. */
export interface Source {
  readonly file: string;
  readonly inventory: Inventory;
  /** It holds rules of an Azure Firewall, or groups of addresses for them. */
  readonly isFirewall: boolean;
}

export class Site {
  /** With subnets, by lower-case name. */
  readonly networks: ReadonlyMap<string, VirtualNetwork>;

  constructor(readonly sources: readonly Source[]) {
    const all = this.all("networks").filter(({ subnets }) => subnets.length > 0);
    this.networks = new Map(all.map((network) => [network.name.toLowerCase(), network]));
  }

  /** The resources of a kind in all files. */
  all<K extends keyof Inventory>(kind: K): Inventory[K][number][] {
    return this.sources.flatMap(({ inventory }) => inventory[kind] as Inventory[K][number][]);
  }

  network(name: string): VirtualNetwork | undefined {
    return this.networks.get(name.toLowerCase());
  }

  routeTable(name: string | undefined): RouteTable | undefined {
    return this.all("routeTables").find((table) => isNamed(table, name));
  }

  gatewaysOf({ name }: VirtualNetwork): VirtualGateway[] {
    return this.all("gateways").filter(({ network }) => network.toLowerCase() === name.toLowerCase());
  }

  publicAddress(name: string | undefined): string | undefined {
    return this.all("publicAddresses").find((address) => isNamed(address, name))?.address;
  }

  interfacesIn({ name }: VirtualNetwork): NetworkInterface[] {
    return this.all("interfaces").filter(({ network }) => network.toLowerCase() === name.toLowerCase());
  }

  /** Prefixes behind the VPNs of a network, as its local gateways state them. */
  onPremises(network: VirtualNetwork): string[] {
    const gateways = this.gatewaysOf(network);
    return this.all("connections")
      .filter(({ gateway }) => gateways.some((own) => isNamed(own, gateway)))
      .flatMap(({ localGateway }) => this.all("localGateways").filter((local) => isNamed(local, localGateway)))
      .flatMap(({ prefixes }) => prefixes);
  }

  /** Prefixes that are reached through a peering. */
  behindPeer(peering: VirtualNetwork["peerings"][number]): string[] {
    const remote = this.network(peering.remote);
    const own = remote?.prefixes ?? peering.prefixes;
    return [...own, ...(peering.usesRemoteGateways && remote !== undefined ? this.onPremises(remote) : [])];
  }
}

export function isNamed({ name }: { readonly name: string }, wanted: string | undefined): boolean {
  return wanted !== undefined && name.toLowerCase() === wanted.toLowerCase();
}

/** A subnet of a network, by a key that is the same in every spelling. */
export function placeKey(network: string, subnet: string): string {
  return `${network}/${subnet}`.toLowerCase();
}

export function isGatewaySubnet({ name }: Subnet): boolean {
  return name.toLowerCase() === "gatewaysubnet";
}

export type Member = NetworkInterface & { readonly configuration: IpConfiguration };
