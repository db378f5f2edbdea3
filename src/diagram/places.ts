/** Lays down which things of a topology are drawn as frames and which as nodes, and what a flow's way passes of them. */
import { formatAddressRange } from "../model/address.js";
import type { Component, DeviceNode, Link, Network, Topology } from "../model/topology.js";
import type { Verdict } from "../model/verdict.js";
import type { Badge, DiagramNode, Frame } from "./diagram.js";
import { type ComponentGroup, groupComponents, type Likeness } from "./group-components.js";
import { nameList } from "./name-list.js";

/** A topology seen as frames and places. Names are those of the topology, ids those of the picture. */
export interface Places {
  readonly frames: readonly Frame[];
  readonly nodes: readonly DiagramNode[];
  /** The group that stands for a component. */
  readonly groupOf: ReadonlyMap<string, ComponentGroup>;
  /** By component: its node, before places were folded. */
  readonly endOf: ReadonlyMap<string, string>;
  /** The id of the frame or node that stands for the one with an id. The maps below name those before the folding. */
  readonly foldOf: (id: string) => string;
  /** The nodes of forwarding devices, links, networks without components, and proxies. */
  readonly nodeOf: ReadonlyMap<string, string>;
  /** By network: the nodes of the devices that guard all of it. */
  readonly gatesOf: ReadonlyMap<string, readonly string[]>;
  /** By device: every node it is drawn as, or as a badge of. */
  readonly nodesOfDevice: ReadonlyMap<string, readonly string[]>;
}

/** The places of a topology, its components grouped by likeness. */
export function placesOf(topology: Topology, verdicts: readonly Verdict[], by: Likeness): Places {
  const groups = groupComponents(topology, verdicts, by);
  const groupOf = new Map(groups.flatMap((group) => group.members.map(({ name }) => [name, group] as const)));
  const populated = new Set(groups.map(({ members }) => homeOf(members[0] as Component)));
  const empty = topology.networks.filter(({ name }) => !populated.has(name));
  const links = topology.links.filter(({ kind }) => kind !== "lan");
  const forwarding = topology.devices.filter(({ attachments }) => attachments.length > 0);
  const gates = topology.devices.flatMap((device) =>
    device.protects.networks.filter((name) => populated.has(name)).map((network) => ({ device, network })),
  );
  const sites = sitesOf(topology.networks);
  return {
    frames: [...siteFrames(sites), ...networkFrames(topology.networks, populated, sites)],
    nodes: [
      ...groups.map((group) => groupNode(group, topology)),
      ...forwarding.map((device) => deviceNode(device, `device:${device.name}`, siteOfDevice(device, topology, sites))),
      ...gates.map(({ device, network }) => deviceNode(device, gateId(device, network), `network:${network}`)),
      ...empty.map((network) => wayNode(network, sites.has(network.site) ? `site:${network.site}` : undefined)),
      ...links.map((link) => wayNode(link, undefined)),
    ],
    groupOf,
    endOf: new Map([...groupOf].map(([name, { id }]) => [name, id])),
    foldOf: (id) => id,
    nodeOf: new Map([
      ...forwarding.map(({ name }) => [name, `device:${name}`] as const),
      ...[...empty, ...links].map(({ name }) => [name, `way:${name}`] as const),
      ...topology.proxies.map(({ name, component }) => [name, groupOf.get(component)?.id ?? ""] as const),
    ]),
    gatesOf: groupBy(
      gates,
      ({ network }) => network,
      ({ device, network }) => gateId(device, network),
    ),
    nodesOfDevice: nodesOfDevices(topology, groupOf, gates),
  };
}

/** The network a component is drawn in. */
function homeOf(component: Component): string {
  return component.networks[0] ?? "";
}

function gateId(device: DeviceNode, network: string): string {
  return `gate:${device.name}@${network}`;
}

function groupBy<T, V>(items: readonly T[], key: (item: T) => string, value: (item: T) => V): Map<string, V[]> {
  const groups = new Map<string, V[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), value(item)]);
  return groups;
}

// A site of one network that bears its name is that network, and the internet is no site.
function sitesOf(networks: readonly Network[]): Set<string> {
  const inside = networks.filter(({ kind }) => kind !== "internet");
  const counts = groupBy(
    inside,
    ({ site }) => site,
    ({ name }) => name,
  );
  return new Set([...counts].filter(([site, names]) => names.length > 1 || names[0] !== site).map(([site]) => site));
}

function siteFrames(sites: ReadonlySet<string>): Frame[] {
  return [...sites].map((site) => ({ id: `site:${site}`, kind: "site", path: "lan", title: site, subtitle: "" }));
}

function networkFrames(networks: readonly Network[], populated: ReadonlySet<string>, sites: ReadonlySet<string>) {
  return networks
    .filter(({ name }) => populated.has(name))
    .map((network): Frame => {
      const { name, title, kind, site } = network;
      const frame = {
        id: `network:${name}`,
        kind: "network",
        path: kind,
        title,
        subtitle: prefixText(network),
      } as const;
      return kind !== "internet" && sites.has(site) ? { ...frame, parent: `site:${site}` } : frame;
    });
}

function prefixText({ prefixes }: Network): string {
  const [first, ...more] = prefixes.map(formatAddressRange);
  return first === undefined ? "" : more.length === 0 ? first : `${first} and ${more.length} more`;
}

function siteOfDevice(device: DeviceNode, topology: Topology, sites: ReadonlySet<string>): string | undefined {
  const attached = topology.networks.filter(({ name }) => device.attachments.some(({ to }) => to === name));
  const found = new Set(attached.filter(({ kind }) => kind !== "internet").map(({ site }) => site));
  const [site] = found;
  return site !== undefined && found.size === 1 && sites.has(site) ? `site:${site}` : undefined;
}

function groupNode(group: ComponentGroup, topology: Topology): DiagramNode {
  const { id, title, members } = group;
  const [first] = members as [Component];
  const others = first.networks.slice(1);
  return {
    id,
    shape: topology.proxies.some(({ component }) => component === first.name) ? "proxy" : "component",
    path: "lan",
    title,
    lines: [...group.lines, ...(others.length === 0 ? [] : [`also in ${others.join(", ")}`])],
    badges: guardBadges(members, topology),
    tone: "plain",
    count: members.length,
    frame: `network:${homeOf(first)}`,
  };
}

const SHOWN_BADGES = 2;

/** A badge for each device that guards only these components, one for all where there are many. */
function guardBadges(members: readonly Component[], { devices }: Topology): Badge[] {
  const names = new Set(members.map(({ name }) => name));
  const guards = devices.filter(({ protects }) => protects.components.some((name) => names.has(name)));
  if (guards.length <= SHOWN_BADGES)
    return guards.map(({ name, title }) => ({ devices: [name], text: title, tone: "plain" }));
  const guardNames = guards.map(({ name }) => name);
  return [{ devices: guardNames, text: nameList(guardNames), tone: "plain" }];
}

function deviceNode(device: DeviceNode, id: string, frame: string | undefined): DiagramNode {
  const files = device.exports.map(({ file }) => file.split("/").at(-1) as string);
  const lines = files.length === 0 ? ["no export: all passes"] : [files.join(", ")];
  return { ...plainNode(id, "device", device.title, frame), lines };
}

function wayNode(way: Link | Network, frame: string | undefined): DiagramNode {
  const isLink = "between" in way;
  const lines = isLink ? [] : [prefixText(way)].filter((line) => line !== "");
  return { ...plainNode(`way:${way.name}`, "way", isLink ? way.name : way.title, frame), path: way.kind, lines };
}

function plainNode(id: string, shape: DiagramNode["shape"], title: string, frame: string | undefined): DiagramNode {
  const node: DiagramNode = { id, shape, path: "lan", title, lines: [], badges: [], tone: "plain", count: 1 };
  return frame === undefined ? node : { ...node, frame };
}

function nodesOfDevices(
  topology: Topology,
  groupOf: Places["groupOf"],
  gates: readonly { readonly device: DeviceNode; readonly network: string }[],
): Map<string, string[]> {
  const nodes = topology.devices.map(({ name, attachments, protects }): [string, string[]] => {
    const own = attachments.length > 0 ? [`device:${name}`] : [];
    const guarded = protects.components.map((component) => groupOf.get(component)?.id ?? "");
    const gated = gates
      .filter(({ device }) => device.name === name)
      .map(({ device, network }) => gateId(device, network));
    return [name, [...new Set([...own, ...gated, ...guarded])]];
  });
  return new Map(nodes);
}
