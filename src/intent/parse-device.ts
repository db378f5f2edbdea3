import type { AddressRange } from "../model/address.js";
import type { Attachment, DeviceNode, ExportFile, MappedEndpoint, ProxyNode, Route } from "../model/topology.js";
import { parseTranslation } from "./parse-translation.js";
import { readEndpoint } from "./read-address.js";
import { readService } from "./read-service.js";
import type { TopologyDraft } from "./topology-draft.js";
import { field, items, type Located, located, number, text, texts, type YamlValue } from "./yaml-value.js";

/** A device; undefined iff it has no name. */
export function parseDevice(value: YamlValue, draft: TopologyDraft): DeviceNode | undefined {
  const name = located(field(value, "name"));
  if (name === undefined) return undefined;
  draft.definitions.push({ kind: "device", name });
  const protects = field(value, "protects");
  return {
    name: name.text,
    title: text(field(value, "title")) ?? name.text,
    ...parseExports(value),
    attachments: items(field(value, "interfaces")).flatMap((item) => parseAttachment(item, draft) ?? []),
    protects: {
      components: draft.refer(["component"], texts(field(protects, "components"))),
      networks: draft.refer(["network"], texts(field(protects, "networks"))),
    },
    mappedEndpoints: items(field(value, "mapped-endpoints")).flatMap((item) => parseMappedEndpoint(item, draft) ?? []),
    translations: items(field(value, "translations")).flatMap((item) => parseTranslation(item, name.text, draft) ?? []),
    routes: items(field(value, "routes")).flatMap((item) => parseRoute(item, name, draft) ?? []),
    at: name.at,
  };
}

/** A proxy; undefined iff it lacks its name, host or port. */
export function parseProxy(value: YamlValue, draft: TopologyDraft): ProxyNode | undefined {
  const [name, component] = [located(field(value, "name")), located(field(value, "component"))];
  const port = number(field(value, "port"));
  if (name !== undefined) draft.definitions.push({ kind: "proxy", name });
  if (component !== undefined) draft.refer(["component"], [component]);
  if (name === undefined || component === undefined || port === undefined) return undefined;
  return { name: name.text, component: component.text, ...parseExports(value), port, at: name.at };
}

function parseExports(value: YamlValue): { exports: readonly ExportFile[]; vendor?: string } {
  const exports = texts(field(value, "exports")).map((file) => ({ file: file.text, at: file.at }));
  const vendor = text(field(value, "vendor"));
  return vendor === undefined ? { exports } : { exports, vendor };
}

function parseAttachment(value: YamlValue, draft: TopologyDraft): Attachment | undefined {
  const name = located(field(value, "name"));
  const [network, link] = [located(field(value, "network")), located(field(value, "link"))];
  if (network !== undefined) draft.refer(["network"], [network]);
  if (link !== undefined) draft.refer(["link"], [link]);
  const to = network ?? link;
  if (name === undefined) return undefined;
  if (to === undefined || (network !== undefined && link !== undefined)) {
    const help = "add either `network:` or `link:`";
    draft.error("interface-without-end", name.at, `interface \`${name.text}\` must lead to one network or link`, help);
  }
  return to && { interface: name.text, to: to.text, at: name.at };
}

function parseMappedEndpoint(value: YamlValue, draft: TopologyDraft): MappedEndpoint | undefined {
  const [component, port] = [located(field(value, "component")), located(field(value, "port"))];
  if (component !== undefined) draft.refer(["component"], [component]);
  const inside = port && parsePort(port, draft);
  const outside = parseOutside(located(field(value, "public")), draft);
  if (component === undefined || inside === undefined) return undefined;
  const publicPort = number(field(value, "public-port")) ?? inside.port;
  return { component: component.text, ...inside, publicPort, ...outside, at: component.at };
}

function parsePort({ text, at }: Located, draft: TopologyDraft): { protocol: number; port: number } | undefined {
  const read = readService(text);
  const service = "services" in read && read.services.length === 1 ? read.services[0] : undefined;
  const ports = service?.destinationPorts;
  if (service !== undefined && ports?.length === 1 && ports[0]?.first === ports[0]?.last) {
    return { protocol: service.protocol, port: ports[0]?.first as number };
  }
  draft.error("not-a-port", at, `\`${text}\` is not one port`, "write protocol and port, such as `tcp/443`");
  return undefined;
}

function parseOutside(
  written: Located | undefined,
  draft: TopologyDraft,
): { publicAddress?: AddressRange; publicName?: string } {
  if (written === undefined) return {};
  const read = readEndpoint(written.text);
  if ("name" in read) return { publicName: read.name };
  const [publicAddress] = draft.ranges([written]);
  return publicAddress === undefined ? {} : { publicAddress: publicAddress.range };
}

function parseRoute(value: YamlValue, device: Located, draft: TopologyDraft): Route | undefined {
  const [to, via] = [located(field(value, "to")), located(field(value, "via"))];
  if (via !== undefined) draft.exits.push({ device: device.text, name: via });
  const [target] = to === undefined ? [] : draft.ranges([to]);
  return target && via && { to: target.range, via: via.text, at: target.at };
}
