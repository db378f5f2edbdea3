/** Turns a folder of Azure exports into the text of a topology to go on from. */
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { TextInput } from "../model/inputs.js";
import { openDocument } from "../vendors/azure/document.js";
import { type Inventory, readInventory, type VirtualNetwork } from "../vendors/azure/read-inventory.js";

interface Source {
  readonly file: string;
  readonly inventory: Inventory;
}

/** The YAML of a topology; undefined, with an error, iff the exports hold no virtual network. */
export function initFromAzure(inputs: readonly TextInput[]): Parsed<string | undefined> {
  const opened = inputs.map(({ text, file }) => ({ file, ...openDocument(text, file, "init") }));
  const diagnostics = opened.flatMap((document) => document.diagnostics);
  const sources = opened.map(({ file, root }) => ({ file, inventory: readInventory(root) }));
  if (sources.some(({ inventory }) => inventory.networks.some(({ subnets }) => subnets.length > 0))) {
    return { value: new Skeleton(sources).text(), diagnostics };
  }
  return { value: undefined, diagnostics: [...diagnostics, nothingFound(inputs[0]?.file ?? "")] };
}

function nothingFound(file: string): Diagnostic {
  const message = "the exports hold no virtual network with subnets";
  const help =
    "put the output of `az network vnet list`, `az network nic list` and `az network nsg list` into the folder";
  return { code: "init/nothing-found", severity: "error", message, help, at: { file, line: 1 }, effect: "none" };
}

/** Writes the parts of the topology; each thing gets a name nothing else has. */
class Skeleton {
  private readonly taken = new Set<string>();
  private readonly networks: ReadonlyMap<string, VirtualNetwork>;
  private readonly subnetNames = new Map<string, string>();
  private readonly routerNames = new Map<string, string>();
  private readonly componentNames = new Map<string, string>();

  constructor(private readonly sources: readonly Source[]) {
    const all = sources.flatMap(({ inventory }) => inventory.networks).filter(({ subnets }) => subnets.length > 0);
    this.networks = new Map(all.map((network) => [network.name.toLowerCase(), network]));
  }

  text(): string {
    const networks = this.networkLines();
    const components = this.componentLines();
    const [first] = this.networks.values();
    return [
      "# Written by `flowproof init --from azure`. Add roles to the components, what lies outside of Azure, and catalogues.",
      `topology: ${quoted(plain(first?.name ?? "azure"))}`,
      "networks:",
      ...networks,
      "components:",
      ...components,
      "devices:",
      ...this.routerLines(),
      ...this.groupLines(),
      ...this.linkLines(),
      "# The space of the network, its peers and what is behind gateways; rules that name the tag are open without it.",
      `# sets: { VirtualNetwork: ${list([...this.networks.values()].flatMap(({ prefixes }) => prefixes))} }`,
      "",
    ].join("\n");
  }

  private named(wanted: string): string {
    const base = plain(wanted);
    let name = base;
    for (let i = 2; this.taken.has(name.toLowerCase()); i++) name = `${base}-${i}`;
    this.taken.add(name.toLowerCase());
    return name;
  }

  private networkLines(): string[] {
    return [...this.networks.values()].flatMap(({ name, subnets }) =>
      subnets.map((subnet) => {
        const own = this.named(`${name}-${subnet.name}`);
        this.subnetNames.set(placeKey(name, subnet.name), own);
        return `  - { name: ${quoted(own)}, site: ${quoted(plain(name))}, prefixes: ${list(subnet.prefixes)} }`;
      }),
    );
  }

  // A machine with one interface is called by its own name.
  private componentLines(): string[] {
    const interfaces = this.sources.flatMap(({ inventory }) => inventory.interfaces);
    const lines = interfaces.flatMap(({ name, machine, addresses, network, subnet }) => {
      const at = this.subnetNames.get(placeKey(network, subnet));
      if (at === undefined) return [];
      const isOnly = interfaces.filter((other) => other.machine === machine).length === 1;
      const own = this.named(machine !== undefined && isOnly ? machine : name);
      this.componentNames.set(name.toLowerCase(), own);
      return [`  - { name: ${quoted(own)}, roles: [], network: ${quoted(at)}, addresses: ${list(addresses)} }`];
    });
    if (lines.length > 0) return lines;
    const [at = ""] = this.subnetNames.values();
    return [
      `  - { name: ${quoted(this.named("host"))}, roles: [], network: ${quoted(at)}, addresses: [public] } # no interface is in the exports`,
    ];
  }

  // The platform routes between the subnets of a network, and between peered networks.
  private routerLines(): string[] {
    for (const { name } of this.networks.values())
      this.routerNames.set(name.toLowerCase(), this.named(`${name}-routing`));
    return [...this.networks.values()].flatMap(({ name, subnets }) => {
      const within = subnets.map((subnet) => quoted(this.subnetNames.get(placeKey(name, subnet.name)) ?? ""));
      const links = this.peerings()
        .filter((pair) => pair.includes(name.toLowerCase()))
        .map(linkName);
      return [
        `  - name: ${quoted(this.routerNames.get(name.toLowerCase()) ?? "")}`,
        "    interfaces:",
        ...within.map((network) => `      - { name: ${network}, network: ${network} }`),
        ...links.map((link) => `      - { name: ${quoted(link)}, link: ${quoted(link)} }`),
      ];
    });
  }

  private groupLines(): string[] {
    return this.sources.flatMap(({ file, inventory }) =>
      inventory.groups.flatMap((group) => {
        const isIt = (name: string | undefined): boolean => name?.toLowerCase() === group.toLowerCase();
        const networks = [...this.networks.values()].flatMap(({ name, subnets }) =>
          subnets
            .filter((subnet) => isIt(subnet.group))
            .flatMap((subnet) => this.subnetNames.get(placeKey(name, subnet.name)) ?? []),
        );
        const components = this.sources
          .flatMap((source) => source.inventory.interfaces)
          .filter((each) => isIt(each.group))
          .flatMap(({ name }) => this.componentNames.get(name.toLowerCase()) ?? []);
        if (networks.length + components.length === 0) return [];
        return [
          `  - name: ${quoted(this.named(group))}`,
          `    exports: ${list([file])}`,
          `    protects: { networks: ${list(networks)}, components: ${list(components)} }`,
        ];
      }),
    );
  }

  private linkLines(): string[] {
    const lines = this.peerings().map((pair) => {
      const ends = pair.map((name) => this.routerNames.get(name) ?? "");
      return `  - { name: ${quoted(linkName(pair))}, kind: lan, between: ${list(ends)} }`;
    });
    return lines.length === 0 ? [] : ["links:", ...lines];
  }

  /** Pairs of peered networks that are both in the exports; lower case, in order. */
  private peerings(): (readonly [string, string])[] {
    const pairs = [...this.networks.values()].flatMap(({ name, peers }) =>
      peers.map((peer) => [name.toLowerCase(), peer.toLowerCase()].sort() as [string, string]),
    );
    const known = pairs.filter(([a, b]) => a !== b && this.networks.has(a) && this.networks.has(b));
    return [...new Map(known.map((pair) => [pair.join(), pair])).values()];
  }
}

function linkName([one, other]: readonly [string, string]): string {
  return plain(`peering-${one}-${other}`);
}

function placeKey(network: string, subnet: string): string {
  return `${network}/${subnet}`.toLowerCase();
}

/** A name as topologies allow them. */
function plain(text: string): string {
  const cleaned = text.replace(/[^\w.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return cleaned === "" ? "unnamed" : cleaned.slice(0, 90);
}

function quoted(text: string): string {
  const isPlain = /^[A-Za-z][\w.-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain || /^\d+\.\d+\.\d+\.\d+(?:\/\d+)?$/.test(text) ? text : JSON.stringify(text);
}

function list(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(", ")}]`;
}
