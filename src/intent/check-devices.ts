/** Finds interfaces, links, routes and mapped endpoints of a topology that lead nowhere. */

import { formatAddressRange } from "../model/address.js";
import { protocolName } from "../model/service.js";
import type { DeviceNode, MappedEndpoint, Topology } from "../model/topology.js";
import type { TopologyDraft } from "./topology-draft.js";

/** Reports devices that stand nowhere and what leads out of them to nowhere. */
export function checkDevices(topology: Topology, draft: TopologyDraft): void {
  for (const device of topology.devices) {
    checkInterfaces(device, draft);
    checkIdle(device, draft);
  }
  checkLinks(topology, draft);
  checkExits(topology, draft);
  checkMappedEndpoints(topology, draft);
}

function checkInterfaces(device: DeviceNode, draft: TopologyDraft): void {
  const first = new Map<string, number>();
  for (const { interface: name, at } of device.attachments) {
    const line = first.get(name);
    if (line === undefined) first.set(name, at.line);
    else draft.error("repeated-interface", at, `\`${device.name}\` already has interface \`${name}\` on line ${line}`);
  }
}

function checkIdle({ name, attachments, protects, at }: DeviceNode, draft: TopologyDraft): void {
  if (attachments.length + protects.components.length + protects.networks.length > 0) return;
  const help = "add `interfaces:` or `protects:`";
  draft.warning("idle-device", at, `no packet can pass device \`${name}\``, help);
}

function checkLinks(topology: Topology, draft: TopologyDraft): void {
  const links = new Map(topology.links.map((link) => [link.name, link]));
  const devices = new Map(topology.devices.map((device) => [device.name, device]));
  for (const { link, end } of draft.ends) {
    const device = devices.get(end.text);
    if (device === undefined || device.attachments.some(({ to }) => to === link)) continue;
    const help = `give it an interface with \`link: ${link}\``;
    draft.error("dangling-link", end.at, `device \`${end.text}\` has no interface on link \`${link}\``, help);
  }
  for (const { name, attachments } of topology.devices) {
    for (const { to, at } of attachments) {
      const link = links.get(to);
      if (link === undefined || link.between.includes(name)) continue;
      draft.error(
        "dangling-link",
        at,
        `link \`${to}\` joins ${link.between.join(" and ")}, and not device \`${name}\``,
      );
    }
  }
}

function checkExits(topology: Topology, draft: TopologyDraft): void {
  const devices = new Map(topology.devices.map((device) => [device.name, device]));
  for (const { device, name } of draft.exits) {
    const exits = devices.get(device)?.attachments.map(({ to }) => to) ?? [];
    if (exits.includes(name.text)) continue;
    const help = exits.length === 0 ? "it has no interfaces" : `its interfaces lead to ${exits.join(", ")}`;
    draft.error("no-such-exit", name.at, `no interface of \`${device}\` leads to \`${name.text}\``, help);
  }
}

function checkMappedEndpoints(topology: Topology, draft: TopologyDraft): void {
  const components = new Map(topology.components.map((component) => [component.name, component]));
  const neighbours = findNeighbours(topology);
  for (const device of topology.devices) {
    checkRepeatedEndpoints(device.mappedEndpoints, draft);
    if (device.mappedEndpoints.length === 0) continue;
    const reached = findReached(device, neighbours);
    for (const { component, at } of device.mappedEndpoints) {
      const networks = components.get(component)?.networks ?? [];
      const isBefore = device.protects.components.includes(component);
      if (networks.length === 0 || isBefore || networks.some((network) => reached.has(network))) continue;
      const help = `attach it to ${networks.join(" or ")}, or to something that leads there`;
      draft.error("unreachable-endpoint", at, `\`${device.name}\` cannot reach \`${component}\``, help);
    }
  }
}

function checkRepeatedEndpoints(endpoints: readonly MappedEndpoint[], draft: TopologyDraft): void {
  const first = new Map<string, MappedEndpoint>();
  for (const endpoint of endpoints) {
    const { publicAddress, publicName, protocol, publicPort, at } = endpoint;
    const outside = publicAddress === undefined ? publicName : formatAddressRange(publicAddress);
    // Endpoints whose address is not known yet may well get different ones.
    if (outside === undefined) continue;
    const key = `${outside} ${protocolName(protocol)}/${publicPort}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, endpoint);
    else draft.error("repeated-endpoint", at, `\`${key}\` already leads to \`${other.component}\``);
  }
}

/** What each network, link and device is joined with, leaving out the internet, which joins everything. */
function findNeighbours(topology: Topology): Map<string, string[]> {
  const neighbours = new Map<string, string[]>();
  const join = (from: string, to: string): void => {
    const known = neighbours.get(from);
    if (known === undefined) neighbours.set(from, [to]);
    else known.push(to);
  };
  const internet = new Set(topology.networks.filter(({ kind }) => kind === "internet").map(({ name }) => name));
  const pairs = [
    ...topology.links.flatMap(({ name, between }) => between.map((end): [string, string] => [name, end])),
    ...topology.devices.flatMap(({ name, attachments }) => attachments.map(({ to }): [string, string] => [name, to])),
  ];
  for (const [a, b] of pairs) {
    if (internet.has(a) || internet.has(b)) continue;
    join(a, b);
    join(b, a);
  }
  return neighbours;
}

function findReached(device: DeviceNode, neighbours: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set([device.name, ...device.protects.networks, ...device.attachments.map(({ to }) => to)]);
  for (const node of reached) for (const next of neighbours.get(node) ?? []) reached.add(next);
  return reached;
}
