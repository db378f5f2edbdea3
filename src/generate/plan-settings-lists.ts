/** Turns what requirements ask of proxies into what each client's settings have to choose. */
import { compareAddresses, formatAddress } from "../model/address.js";
import type { Reason } from "../model/allow-list.js";
import type { SettingsEntry, SettingsList } from "../model/settings-list.js";
import type { Component, ProxyNode, Topology } from "../model/topology.js";
import { formatHosts, uniteHostTexts } from "../sets/host-set.js";
import { uniteReasons } from "./merge-entries.js";
import type { RequestNeed } from "./plan-request-lists.js";

/** One list for each component that some need is from, in the order of the topology. */
export function planSettingsLists({ components, proxies }: Topology, needs: readonly RequestNeed[]): SettingsList[] {
  return components.flatMap(({ name }) => {
    const own = needs.filter(({ reason }) => reason.from === name);
    const entries = proxies.flatMap((proxy) => entryFor(proxy, components, own));
    return entries.length === 0 ? [] : [{ client: name, entries }];
  });
}

function entryFor(node: ProxyNode, components: readonly Component[], needs: readonly RequestNeed[]): SettingsEntry[] {
  const asked = needs.filter(({ proxy }) => proxy === node.name);
  if (asked.length === 0) return [];
  const hosts = asked.flatMap(({ requests }) => requests.boxes.flatMap((box) => formatHosts(box.hosts)));
  const reasons: Reason[] = uniteReasons(asked.map(({ reason }) => ({ reasons: [reason] })));
  const proxy = { kind: "proxy", transport: "http", host: hostOf(node, components), port: node.port } as const;
  return [{ hosts: uniteHostTexts(hosts), proxy, reasons }];
}

// The address where there is just one; it needs no name service to be found.
function hostOf({ component, name }: ProxyNode, components: readonly Component[]): string {
  const addresses = components.find((each) => each.name === component)?.addresses;
  const [only, ...others] = addresses?.ranges ?? [];
  if (only !== undefined && others.length === 0 && compareAddresses(only.first, only.last) === 0) {
    return formatAddress(only.first);
  }
  return addresses?.names[0] ?? name;
}
