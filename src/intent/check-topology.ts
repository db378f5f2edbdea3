/** Finds what is well written in a topology and cannot be meant. */

import {
  type AddressRange,
  compareAddresses,
  formatAddressRange,
  isSubrange,
  rangesOverlap,
} from "../model/address.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Topology } from "../model/topology.js";
import { checkDevices } from "./check-devices.js";
import { orList } from "./problem.js";
import type { TopologyDraft } from "./topology-draft.js";

/** Reports contradictions between the parts of a topology, and parts that nothing uses. */
export function checkTopology(topology: Topology, draft: TopologyDraft): void {
  checkOverlaps(topology, draft);
  checkAddresses(topology, draft);
  checkSharedAddresses(topology, draft);
  checkUnusedNetworks(topology, draft);
  checkOwnProxies(topology, draft);
  checkDevices(topology, draft);
}

function checkOverlaps(topology: Topology, draft: TopologyDraft): void {
  const sites = new Map(topology.networks.map(({ name, site }) => [name, site]));
  const placed = draft.prefixes.map((prefix) => ({
    ...prefix,
    place: `${sites.get(prefix.network)} ${prefix.range.family}`,
  }));
  placed.sort((a, b) =>
    a.place === b.place ? compareAddresses(a.range.first, b.range.first) : a.place < b.place ? -1 : 1,
  );
  let widest = placed[0];
  for (const prefix of placed) {
    if (widest === undefined || prefix.place !== widest.place) widest = prefix;
    if (prefix.network !== widest.network && rangesOverlap(prefix.range, widest.range)) {
      const [earlier, later] = isBefore(prefix.at, widest.at) ? [prefix, widest] : [widest, prefix];
      const [one, other] = [formatAddressRange(later.range), formatAddressRange(earlier.range)];
      const help = "an address must belong to one network of its site";
      draft.error("overlap", later.at, `\`${one}\` overlaps \`${other}\` of network \`${earlier.network}\``, help);
    }
    if (compareAddresses(prefix.range.last, widest.range.last) > 0) widest = prefix;
  }
}

function isBefore(a: SourceRef, b: SourceRef): boolean {
  return a.line < b.line || (a.line === b.line && (a.column ?? 0) < (b.column ?? 0));
}

function checkAddresses(topology: Topology, draft: TopologyDraft): void {
  const networks = new Map(topology.networks.map((network) => [network.name, network]));
  const components = new Map(topology.components.map((component) => [component.name, component]));
  for (const { component, ranges, written } of draft.addresses) {
    const attached = components.get(component)?.networks.flatMap((name) => networks.get(name) ?? []) ?? [];
    const prefixes = attached.flatMap((network) => network.prefixes);
    const isOpen = attached.length === 0 || attached.some((network) => network.prefixes.length === 0);
    if (isOpen || ranges.every((range) => prefixes.some((prefix) => isSubrange(range, prefix)))) continue;
    const message = `\`${written.text}\` is not in network ${orList(attached.map(({ name }) => name))}`;
    const help = `${orList(prefixes.map(formatAddressRange))} would be; a public endpoint belongs to the device before it`;
    draft.error("address-outside-network", written.at, message, help);
  }
}

function checkSharedAddresses(topology: Topology, draft: TopologyDraft): void {
  const components = new Map(topology.components.map((component) => [component.name, component]));
  const owners = new Map<string, string>();
  for (const { component, ranges, written } of draft.addresses) {
    const [{ first, last }] = ranges as [AddressRange];
    if (compareAddresses(first, last) !== 0) continue;
    for (const network of components.get(component)?.networks ?? []) {
      const key = `${network} ${first}`;
      const owner = owners.get(key) ?? component;
      owners.set(key, owner);
      if (owner === component) continue;
      draft.warning("shared-address", written.at, `\`${written.text}\` is also an address of \`${owner}\``);
    }
  }
}

function checkUnusedNetworks(topology: Topology, draft: TopologyDraft): void {
  const used = new Set([
    ...topology.components.flatMap(({ networks }) => networks),
    ...topology.devices.flatMap(({ attachments, protects }) => [
      ...attachments.map(({ to }) => to),
      ...protects.networks,
    ]),
    ...topology.links.flatMap(({ between }) => between),
  ]);
  for (const { name, at } of topology.networks) {
    if (!used.has(name)) draft.warning("unused-network", at, `nothing is attached to network \`${name}\``);
  }
}

function checkOwnProxies(topology: Topology, draft: TopologyDraft): void {
  const hosts = new Map(topology.proxies.map(({ name, component }) => [name, component]));
  for (const { name, proxies, at } of topology.components) {
    const own = proxies.find((proxy) => hosts.get(proxy) === name);
    if (own !== undefined)
      draft.error("own-proxy", at, `\`${name}\` sends its requests through \`${own}\`, which runs on it`);
  }
}
