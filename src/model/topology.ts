import type { AddressRange } from "./address.js";
import type { Translation } from "./nat.js";
import type { PortRange } from "./service.js";
import type { SourceRef } from "./source-ref.js";

/** What a path is made of; `proxy` is the kind of a path whose flow goes through an application proxy. */
export type PathKind = "lan" | "vpn" | "internet" | "proxy";

/** The kind of a network or link. */
export type LinkKind = Exclude<PathKind, "proxy">;

/** A fact a user states about a component or the whole topology, e.g. `data-disks: 15`. */
export type FactValue = string | number | boolean | readonly (string | number | boolean)[];

export interface Facts {
  readonly values: ReadonlyMap<string, { readonly value: FactValue; readonly at: SourceRef }>;
}

/** A name as the user wrote it and where, kept where only a later stage can tell whether it exists. */
export interface Mention {
  readonly name: string;
  readonly at: SourceRef;
}

/** Addresses of one component: known ranges, and names. A name without known addresses may be any public address. */
export interface ComponentAddresses {
  readonly ranges: readonly AddressRange[];
  /** FQDNs, lower case; a leading `*.` stands for every name below. */
  readonly names: readonly string[];
}

/** A host or service with the roles it plays. */
export interface Component {
  readonly name: string;
  readonly title: string;
  readonly roles: readonly Mention[];
  /** Networks it is attached to, at least one. */
  readonly networks: readonly string[];
  readonly addresses: ComponentAddresses;
  /** Names of application proxies it sends requests through. */
  readonly proxies: readonly string[];
  /** The file that tells it its proxies for each request; then `proxies` says nothing. */
  readonly proxySettings?: ExportFile;
  /** Accounts it can answer a proxy's challenge with. */
  readonly accounts: readonly string[];
  readonly facts: Facts;
  readonly at: SourceRef;
}

export interface Network {
  readonly name: string;
  readonly title: string;
  /** The place it belongs to; a network that states none is a site of its own name. */
  readonly site: string;
  readonly kind: LinkKind;
  readonly prefixes: readonly AddressRange[];
  readonly at: SourceRef;
}

/** A direct connection between two networks or devices. */
export interface Link {
  readonly name: string;
  readonly kind: LinkKind;
  readonly between: readonly [string, string];
  readonly at: SourceRef;
}

/** A forwarding interface of a device: the network or link on its other side. */
export interface Attachment {
  readonly interface: string;
  readonly to: string;
  readonly at: SourceRef;
}

/** A translation stated in the topology because no export holds it. */
export interface StatedTranslation {
  readonly translation: Translation;
  /** Packets it applies to; empty lists: all. `arrivesFrom`/`leavesTo` name an attachment's network or link. */
  readonly arrivesFrom?: string;
  readonly leavesTo?: string;
  readonly sources: readonly AddressRange[];
  readonly destinations: readonly AddressRange[];
  readonly service?: { readonly protocol: number; readonly ports: readonly PortRange[] };
  readonly at: SourceRef;
}

/** A file of a device's configuration, relative to the topology. */
export interface ExportFile {
  readonly file: string;
  readonly at: SourceRef;
}

/** A port of a component reachable under a public address (or a name not yet known) and port at a device. */
export interface MappedEndpoint {
  readonly component: string;
  readonly protocol: number;
  readonly port: number;
  readonly publicPort: number;
  /** Absent: known only after deployment; then any public address. */
  readonly publicAddress?: AddressRange;
  readonly publicName?: string;
  readonly at: SourceRef;
}

/** A route of a device: packets to `to` leave by the attachment to `via`. */
export interface Route {
  readonly to: AddressRange;
  readonly via: string;
  readonly at: SourceRef;
}

/**
 * Where policy is enforced. With attachments it forwards between them; with `protects` it stands before components or
 * whole networks (a host firewall, a security group); with both it does both.
 */
export interface DeviceNode {
  readonly name: string;
  readonly title: string;
  /** Empty: it forwards everything, and a report says so. */
  readonly exports: readonly ExportFile[];
  /** Vendor id; absent: detected. */
  readonly vendor?: string;
  readonly attachments: readonly Attachment[];
  readonly protects: { readonly components: readonly string[]; readonly networks: readonly string[] };
  readonly mappedEndpoints: readonly MappedEndpoint[];
  readonly translations: readonly StatedTranslation[];
  readonly routes: readonly Route[];
  readonly at: SourceRef;
}

/** An application proxy: the component it runs on and the device whose exports hold its rules. */
export interface ProxyNode {
  readonly name: string;
  readonly component: string;
  readonly exports: readonly ExportFile[];
  readonly vendor?: string;
  readonly port: number;
  readonly at: SourceRef;
}

/** A service tag whose addresses a name or a set of the topology has besides those written out. */
export interface TagUse {
  readonly book: "names" | "sets";
  /** The name or set, as the topology has it. */
  readonly key: string;
  readonly tag: Mention;
}

/** A user's topology file, checked. */
export interface Topology {
  readonly name: string;
  readonly title: string;
  readonly file: string;
  /** Catalogues to prove against: names of shipped ones or paths. */
  readonly catalogues: readonly Mention[];
  /** Scenarios of the catalogues that apply; empty: every requirement. */
  readonly scenarios: readonly Mention[];
  readonly networks: readonly Network[];
  readonly links: readonly Link[];
  readonly components: readonly Component[];
  readonly devices: readonly DeviceNode[];
  readonly proxies: readonly ProxyNode[];
  /** What names resolve to, stated by the user; keys lower case. */
  readonly names: ReadonlyMap<string, readonly AddressRange[]>;
  /** Content of sets that exports name without defining it, such as service tags. */
  readonly sets: ReadonlyMap<string, readonly AddressRange[]>;
  /** Tags that the vendor's file of service tags says the addresses of. */
  readonly tagUses?: readonly TagUse[];
  readonly serviceTags?: ExportFile;
  readonly facts: Facts;
}
