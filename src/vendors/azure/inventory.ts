/** What stands where in Azure, as exports list it; references are names without their resource paths. */

export interface Subnet {
  readonly name: string;
  readonly prefixes: readonly string[];
  /** Name of its security group. */
  readonly group: string | undefined;
  readonly routeTable: string | undefined;
  readonly natGateway: string | undefined;
}

export interface Peering {
  /** Name of the other network. */
  readonly remote: string;
  /** Prefixes of the other network, as the peering itself tells them. */
  readonly prefixes: readonly string[];
  /** True iff it is connected and part of the `VirtualNetwork` flow; where the export does not say, it is. */
  readonly isOpen: boolean;
  readonly usesRemoteGateways: boolean;
}

export interface VirtualNetwork {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly subnets: readonly Subnet[];
  readonly peerings: readonly Peering[];
}

/** An address of an interface; the id is in lower case. */
export interface IpConfiguration {
  readonly id: string;
  readonly address: string;
  readonly publicAddress: string | undefined;
  /** Ids of backend pools it is in. */
  readonly pools: readonly string[];
}

export interface NetworkInterface {
  readonly name: string;
  /** Name of the machine it belongs to. */
  readonly machine: string | undefined;
  readonly configurations: readonly IpConfiguration[];
  readonly network: string;
  readonly subnet: string;
  readonly group: string | undefined;
}

export interface RouteTable {
  readonly name: string;
  readonly routes: readonly UserRoute[];
}

export interface UserRoute {
  readonly to: string;
  /** `VirtualAppliance`, `VirtualNetworkGateway`, `VnetLocal`, `Internet` or `None`. */
  readonly nextHop: string;
  readonly address: string | undefined;
}

export interface VirtualGateway {
  readonly name: string;
  /** `Vpn` or `ExpressRoute`. */
  readonly kind: string;
  readonly network: string;
  /** True iff it may learn prefixes that no export lists. */
  readonly learnsRoutes: boolean;
}

/** What is at the other end of a VPN. */
export interface LocalGateway {
  readonly name: string;
  readonly prefixes: readonly string[];
}

export interface Connection {
  readonly name: string;
  readonly gateway: string;
  readonly localGateway: string | undefined;
  readonly otherGateway: string | undefined;
}

export interface PublicAddress {
  readonly name: string;
  readonly address: string;
}

export interface LoadBalancer {
  readonly name: string;
  readonly rules: readonly BalancingRule[];
  /** Names of the public addresses that the members of a pool leave with, by the pool's id. */
  readonly outbound: readonly { readonly pool: string; readonly publicAddresses: readonly string[] }[];
}

/** What arrives at a frontend goes to one interface, or to the members of a pool. */
export interface BalancingRule {
  readonly name: string;
  readonly protocol: string;
  readonly publicAddress: string | undefined;
  readonly port: number;
  readonly backendPort: number;
  readonly target: { readonly configuration: string } | { readonly pool: string };
}

export interface NatGateway {
  readonly name: string;
  readonly publicAddresses: readonly string[];
  readonly subnets: readonly { readonly network: string; readonly subnet: string }[];
}

/** An Azure Firewall: where it stands, not what it lets through. */
export interface FirewallPlace {
  readonly name: string;
  readonly address: string | undefined;
  readonly network: string | undefined;
  readonly publicAddresses: readonly string[];
}

export interface Inventory {
  readonly networks: VirtualNetwork[];
  readonly interfaces: NetworkInterface[];
  /** Names of security groups with rules. */
  readonly groups: string[];
  readonly routeTables: RouteTable[];
  readonly gateways: VirtualGateway[];
  readonly localGateways: LocalGateway[];
  readonly connections: Connection[];
  readonly publicAddresses: PublicAddress[];
  readonly loadBalancers: LoadBalancer[];
  readonly natGateways: NatGateway[];
  readonly firewalls: FirewallPlace[];
}

export function emptyInventory(): Inventory {
  return {
    networks: [],
    interfaces: [],
    groups: [],
    routeTables: [],
    gateways: [],
    localGateways: [],
    connections: [],
    publicAddresses: [],
    loadBalancers: [],
    natGateways: [],
    firewalls: [],
  };
}
