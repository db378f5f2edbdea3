/** Turns a folder of Azure exports into the text of a topology to go on from. */
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { TextInput } from "../../model/inputs.js";
import { openDocument } from "../../vendors/azure/document.js";
import { expandTemplate } from "../../vendors/azure/expand-template.js";
import { readInventory } from "../../vendors/azure/read-inventory.js";
import { holdsFirewall } from "../../vendors/azure/recognise.js";
import { type Draft, draftDevice, Namer, plainName } from "./draft.js";
import { INTERNET, RoutingPlanner } from "./plan-routing.js";
import { planTranslations } from "./plan-translations.js";
import { isNamed, placeKey, Site } from "./site.js";
import { virtualNetworkLines } from "./virtual-network-set.js";
import { writeDraft } from "./write-draft.js";

/** The YAML of a topology; undefined, with an error, iff the exports hold no virtual network. */
export function initFromAzure(inputs: readonly TextInput[]): Parsed<string | undefined> {
  const opened = inputs.map(({ text, file }) => ({ file, text, ...openDocument(text, file, "init") }));
  const diagnostics = opened.flatMap((document) => document.diagnostics);
  const site = new Site(
    opened.map(({ file, root, text }) => ({
      file,
      inventory: readInventory(expandTemplate(root, new Map()).resources),
      isFirewall: holdsFirewall(text),
    })),
  );
  if (site.networks.size === 0) {
    return { value: undefined, diagnostics: [...diagnostics, nothingFound(inputs[0]?.file ?? "")] };
  }
  return { value: writeDraft(new SitePlanner(site).plan(), virtualNetworkLines(site)), diagnostics };
}

function nothingFound(file: string): Diagnostic {
  const message = "the exports hold no virtual network with subnets";
  const help =
    "put the output of `az network vnet list`, `az network nic list` and `az network nsg list` into the folder";
  return { code: "init/nothing-found", severity: "error", message, help, at: { file, line: 1 }, effect: "none" };
}

/** Drafts the parts of the topology, each from the ones before. */
class SitePlanner {
  private readonly namer = new Namer();
  private readonly subnetNames = new Map<string, string>();
  private readonly componentNames = new Map<string, string>();
  private readonly draft: Draft;

  constructor(private readonly site: Site) {
    const [first] = site.networks.values();
    this.draft = { title: first?.name ?? "azure", networks: [], links: [], components: [], devices: [] };
  }

  plan(): Draft {
    this.planNetworks();
    this.planComponents();
    const routers = new RoutingPlanner(this.site, this.draft, this.namer, this.subnetNames).plan();
    for (const [key, router] of routers) {
      const network = this.site.network(key);
      const componentOf = ({ name }: { readonly name: string }) => this.componentNames.get(name.toLowerCase());
      if (network !== undefined) planTranslations(this.site, network, router, componentOf);
    }
    this.planGroups();
    return this.draft;
  }

  private planNetworks(): void {
    this.draft.networks.push({ name: this.namer.name(INTERNET), kind: "internet" });
    for (const { name, subnets } of this.site.networks.values()) {
      for (const subnet of subnets) {
        const own = this.namer.name(`${name}-${subnet.name}`);
        this.subnetNames.set(placeKey(name, subnet.name), own);
        this.draft.networks.push({ name: own, site: plainName(name), prefixes: subnet.prefixes });
      }
    }
  }

  // A machine with one interface is called by its own name.
  private planComponents(): void {
    const interfaces = this.site.all("interfaces");
    for (const { name, machine, configurations, network, subnet } of interfaces) {
      const at = this.subnetNames.get(placeKey(network, subnet));
      if (at === undefined) continue;
      const isOnly = interfaces.filter((other) => other.machine === machine).length === 1;
      const own = this.namer.name(machine !== undefined && isOnly ? machine : name);
      this.componentNames.set(name.toLowerCase(), own);
      const addresses = configurations.map(({ address }) => address);
      this.draft.components.push({ name: own, network: at, addresses });
    }
    if (this.draft.components.length > 0) return;
    const [network = ""] = this.subnetNames.values();
    const remark = "no interface is in the exports";
    this.draft.components.push({ name: this.namer.name("host"), network, addresses: ["public"], remark });
  }

  private planGroups(): void {
    for (const { file, inventory } of this.site.sources) {
      for (const group of inventory.groups) {
        const networks = [...this.site.networks.values()].flatMap(({ name, subnets }) =>
          subnets
            .filter((subnet) => isNamed({ name: group }, subnet.group))
            .flatMap((subnet) => this.subnetNames.get(placeKey(name, subnet.name)) ?? []),
        );
        const components = this.site
          .all("interfaces")
          .filter((each) => isNamed({ name: group }, each.group))
          .flatMap(({ name }) => this.componentNames.get(name.toLowerCase()) ?? []);
        if (networks.length + components.length === 0) continue;
        this.draft.devices.push({ ...draftDevice(this.namer.name(group), [file]), protects: { networks, components } });
      }
    }
  }
}
