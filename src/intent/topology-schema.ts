/** JSON Schema of topology files; `schemas/topology.schema.json` is written from it. */

import type { JsonSchema } from "./validate-document.js";

/** A name that reports, diagrams and command lines can carry without quoting. */
export const nameSchema = {
  type: "string",
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
  patternErrorMessage: "a name is up to 100 letters, digits, `-`, `_` and `.`, and starts with a letter or digit",
};

/** What may be stated as a fact: text, a number, true or false, or a list of these. */
export const factValueSchema = {
  type: ["string", "number", "boolean", "array"],
  items: { type: ["string", "number", "boolean"] },
};

const listOf = (items: object, description: string, minItems = 0) => ({ type: "array", items, description, minItems });
const text = (description: string) => ({ type: "string", minLength: 1, description });
const names = (description: string) => ({ ...listOf(nameSchema, description), uniqueItems: true });
const port = (description: string) => ({ type: "integer", minimum: 1, maximum: 65535, description });
const record = (properties: Record<string, object>, required: readonly string[]) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const title = text("What reports call it; the name where absent.");
const addresses = (description: string) =>
  listOf(text("`10.1.2.10`, `10.1.0.0/16` or `10.1.2.1-10.1.2.9`."), description);
const oneOrMore = (description: string) => ({
  type: ["string", "array"],
  minLength: 1,
  minItems: 1,
  items: text("An address, prefix or range."),
  description,
});
const addressBook = (description: string) => ({
  type: "object",
  additionalProperties: addresses("Its addresses."),
  description,
});
const linkKind = { enum: ["lan", "vpn", "internet"] };
const facts = {
  type: "object",
  additionalProperties: factValueSchema,
  description: "What prerequisites and conditional requirements of the catalogues ask about.",
};
const exportFiles = listOf(
  text("A path, relative to this file."),
  "Files that hold its configuration, all of one device.",
);
const vendor = text("The format of its exports; found out where absent.");

const network = record(
  {
    name: nameSchema,
    title,
    site: { ...nameSchema, description: "The place it belongs to; networks of one site must not overlap." },
    kind: { ...linkKind, default: "lan" },
    prefixes: addresses("All addresses of the network; none stated: any address may be there."),
  },
  ["name"],
);

const link = record(
  {
    name: nameSchema,
    kind: linkKind,
    between: { ...listOf(nameSchema, "The two networks or devices it joins.", 2), maxItems: 2 },
  },
  ["name", "kind", "between"],
);

const component = record(
  {
    name: nameSchema,
    title,
    roles: names("The roles of the catalogues it plays."),
    network: { ...nameSchema, description: "The network it is attached to." },
    networks: names("The networks it is attached to, where there are several."),
    addresses: listOf(
      text("`10.1.2.10`, `10.1.0.0/16`, `10.1.2.1-10.1.2.9`, `host.example`, `*.example` or `public`."),
      "Its addresses and names; `public` is every address of the internet.",
    ),
    proxies: names("The proxies it sends requests through."),
    accounts: listOf(text("An account name."), "Accounts with which it can answer a proxy's challenge."),
    facts,
  },
  ["name"],
);

const mappedEndpoint = record(
  {
    component: { ...nameSchema, description: "Where the device sends what arrives for the public port." },
    port: text("Protocol and port there, such as `tcp/443`."),
    "public-port": port("The port outside; the same as inside where absent."),
    public: text("The address or name outside; any public address where absent (known only after deployment)."),
  },
  ["component", "port"],
);

const translation = record(
  {
    "source-nat": oneOrMore("New source: addresses, `interface` (the one it leaves by) or `unknown`."),
    "destination-nat": oneOrMore("New destination: addresses, `interface` (the one it came in by) or `unknown`."),
    "keep-host-bits": { type: "boolean", description: "Only the network part is replaced; needs one prefix." },
    "to-ports": { type: ["string", "integer"], description: "The new port or range of ports, `443` or `1024-65535`." },
    "arrives-from": { ...nameSchema, description: "Only what comes in from this network or link." },
    "leaves-to": { ...nameSchema, description: "Only what leaves to this network or link." },
    sources: addresses("Only packets from these."),
    destinations: addresses("Only packets to these."),
    service: text("Only packets of this service, such as `tcp/443`."),
  },
  [],
);

const device = record(
  {
    name: nameSchema,
    title,
    exports: exportFiles,
    vendor,
    interfaces: listOf(
      record({ name: text("As the exports call it."), network: nameSchema, link: nameSchema }, ["name"]),
      "Interfaces or zones and the network or link on their other side.",
    ),
    protects: {
      ...record({ components: names("Hosts it stands before."), networks: names("Networks it stands before.") }, []),
      description: "What a host firewall or security group stands before.",
    },
    "mapped-endpoints": listOf(mappedEndpoint, "Ports of components reachable under a public address."),
    translations: listOf(translation, "Address translations that no export holds."),
    routes: listOf(
      record({ to: text("An address or prefix."), via: nameSchema }, ["to", "via"]),
      "Where packets leave; without routes every attachment may be taken.",
    ),
  },
  ["name"],
);

const proxy = record(
  {
    name: nameSchema,
    component: { ...nameSchema, description: "The host it runs on." },
    exports: exportFiles,
    vendor,
    port: port("The port clients connect to."),
  },
  ["name", "component", "port"],
);

export const topologySchema: JsonSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "flowproof topology",
  description: "Hosts with their roles, the networks between them and the devices whose exports decide what passes.",
  ...record(
    {
      topology: { ...nameSchema, description: "The name of the topology." },
      title,
      catalogues: listOf(text("`asr-classic`, or a path relative to this file."), "What has to be proved."),
      scenarios: names("The scenarios of the catalogues that apply; every requirement where absent."),
      facts,
      networks: listOf(network, "Networks.", 1),
      links: listOf(link, "Connections between networks or devices."),
      components: listOf(component, "Hosts and services.", 1),
      devices: listOf(device, "Where policy is enforced."),
      proxies: listOf(proxy, "Application proxies."),
      names: addressBook("What names resolve to."),
      sets: addressBook("What is in sets that exports only name, such as service tags."),
    },
    ["topology", "networks", "components"],
  ),
};
