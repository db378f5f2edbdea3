import type { AddressRange } from "../model/address.js";
import type { Component } from "../model/topology.js";
import { readEndpoint } from "./read-address.js";
import { readFacts } from "./read-facts.js";
import type { TopologyDraft } from "./topology-draft.js";
import { field, type Located, located, text, texts, type YamlValue } from "./yaml-value.js";

/** A component; undefined iff it has no name. */
export function parseComponent(value: YamlValue, draft: TopologyDraft): Component | undefined {
  const name = located(field(value, "name"));
  if (name === undefined) return undefined;
  draft.definitions.push({ kind: "component", name });
  return {
    name: name.text,
    title: text(field(value, "title")) ?? name.text,
    roles: texts(field(value, "roles")).map((role) => ({ name: role.text, at: role.at })),
    networks: parseNetworks(value, name, draft),
    addresses: parseAddresses(value, name, draft),
    proxies: draft.refer(["proxy"], texts(field(value, "proxies"))),
    ...settingsOf(located(field(value, "proxy-settings"))),
    accounts: texts(field(value, "accounts")).map((account) => account.text),
    facts: readFacts(field(value, "facts")),
    at: name.at,
  };
}

function settingsOf(file: Located | undefined): Pick<Component, "proxySettings"> {
  return file === undefined ? {} : { proxySettings: { file: file.text, at: file.at } };
}

function parseNetworks(value: YamlValue, name: Located, draft: TopologyDraft): string[] {
  const single = located(field(value, "network"));
  const several = texts(field(value, "networks"));
  if (single !== undefined && field(value, "networks") !== undefined) {
    draft.error("two-network-keys", single.at, "`network` and `networks` stand side by side", "keep one of them");
  }
  const all = single === undefined ? several : [single, ...several];
  if (all.length === 0) {
    const help = "add `network: <name of a network>`";
    draft.error("no-network", name.at, `component \`${name.text}\` is attached to no network`, help);
  }
  return draft.refer(["network"], all);
}

function parseAddresses(value: YamlValue, name: Located, draft: TopologyDraft): Component["addresses"] {
  const ranges: AddressRange[] = [];
  const names: string[] = [];
  const all = texts(field(value, "addresses"));
  for (const written of all) {
    const read = readEndpoint(written.text);
    if ("mistake" in read) draft.error("not-an-address", written.at, read.mistake, read.help);
    else if ("name" in read) names.push(read.name);
    else {
      ranges.push(...read.ranges);
      draft.addresses.push({ component: name.text, ranges: read.ranges, written });
    }
  }
  if (all.length === 0) {
    const help = "add `addresses: [...]`; `public` is every address of the internet";
    draft.error("no-address", name.at, `component \`${name.text}\` has no address and no name`, help);
  }
  return { ranges, names };
}
