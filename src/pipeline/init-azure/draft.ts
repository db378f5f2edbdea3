/** A topology in the making, and the names in it. */

export interface DraftNetwork {
  readonly name: string;
  readonly site?: string;
  readonly kind?: "internet";
  readonly prefixes?: readonly string[];
}

export interface DraftLink {
  readonly name: string;
  readonly kind: "lan" | "vpn";
  readonly between: readonly [string, string];
}

export interface DraftComponent {
  readonly name: string;
  readonly network: string;
  readonly addresses: readonly string[];
  readonly remark?: string;
}

/** An interface has the name of what it leads to. */
export interface DraftDevice {
  readonly name: string;
  readonly exports: readonly string[];
  readonly networks: string[];
  readonly links: string[];
  readonly protects?: { readonly networks: readonly string[]; readonly components: readonly string[] };
  readonly routes: { readonly to: string; readonly via: string }[];
  readonly endpoints: DraftEndpoint[];
  readonly translations: DraftTranslation[];
  /** What a reader of the topology has to know or add. */
  readonly remarks: string[];
}

export interface DraftEndpoint {
  readonly component: string;
  readonly port: string;
  readonly publicPort: number;
  readonly public: string;
}

export interface DraftTranslation {
  readonly sourceNat?: readonly string[];
  readonly destinationNat?: readonly string[];
  readonly toPort?: number;
  readonly service?: string;
  readonly sources?: readonly string[];
  readonly destinations?: readonly string[];
}

export interface Draft {
  readonly title: string;
  readonly networks: DraftNetwork[];
  readonly links: DraftLink[];
  readonly components: DraftComponent[];
  readonly devices: DraftDevice[];
}

/** A device without anything yet. */
export function draftDevice(name: string, exports: readonly string[] = []): DraftDevice {
  return { name, exports, networks: [], links: [], routes: [], endpoints: [], translations: [], remarks: [] };
}

/** Gives each thing a name nothing else has. */
export class Namer {
  private readonly taken = new Set<string>();

  name(wanted: string): string {
    const base = plainName(wanted);
    let name = base;
    for (let i = 2; this.taken.has(name.toLowerCase()); i++) name = `${base}-${i}`;
    this.taken.add(name.toLowerCase());
    return name;
  }
}

/** A name as topologies allow them. */
export function plainName(text: string): string {
  const cleaned = text.replace(/[^\w.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return cleaned === "" ? "unnamed" : cleaned.slice(0, 90);
}
