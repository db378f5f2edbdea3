/** JSON Schema of topology files; `schemas/topology.schema.json` is written from it. */

import { bookOf, FACT_VALUE, type JsonSchema, listOf, NAME, nameOf, namesOf, recordOf, textOf } from "./json-schema.js";

const port = (description: string): JsonSchema => ({ type: "integer", minimum: 1, maximum: 65535, description });
const title = textOf("What reports call it; the name where absent.");
const addresses = (description: string, minItems = 0) =>
  listOf(textOf("`10.1.2.10`, `10.1.0.0/16` or `10.1.2.1-10.1.2.9`."), description, minItems);
const oneOrMore = (description: string): JsonSchema => ({
  type: ["string", "array"],
  minLength: 1,
  minItems: 1,
  items: textOf("An address, prefix or range."),
  description,
});
const addressBook = (description: string, minItems: number) =>
  bookOf(addresses("Its addresses.", minItems), description);
const linkKind: JsonSchema = { enum: ["lan", "vpn", "internet"] };
const facts = bookOf(FACT_VALUE, "What prerequisites and conditional requirements of the catalogues ask about.");
const exportFiles = listOf(
  textOf("A path, relative to this file."),
  "Files that hold its configuration, all of one device.",
);
const vendor = textOf("The format of its exports; found out where absent.");

const network = recordOf(
  {
    name: NAME,
    title,
    site: nameOf("The place it belongs to; networks of one site must not overlap."),
    kind: { ...linkKind, default: "lan" },
    prefixes: addresses("All addresses of the network; none stated: any address may be there."),
  },
  ["name"],
);

const link = recordOf(
  {
    name: NAME,
    kind: linkKind,
    between: { ...listOf(NAME, "The two networks or devices it joins.", 2), maxItems: 2 },
  },
  ["name", "kind", "between"],
);

const component = recordOf(
  {
    name: NAME,
    title,
    roles: namesOf("The roles of the catalogues it plays."),
    network: nameOf("The network it is attached to."),
    networks: namesOf("The networks it is attached to, where there are several."),
    addresses: listOf(
      textOf("`10.1.2.10`, `10.1.0.0/16`, `10.1.2.1-10.1.2.9`, `host.example`, `*.example` or `public`."),
      "Its addresses and names; `public` is every address of the internet.",
    ),
    proxies: namesOf("The proxies it sends requests through."),
    "proxy-settings": textOf(
      "A path, relative to this file: the script or the settings by which it chooses a proxy for each request.",
    ),
    accounts: listOf(textOf("An account name."), "Accounts with which it can answer a proxy's challenge."),
    facts,
  },
  ["name"],
);

const mappedEndpoint = recordOf(
  {
    component: nameOf("Where the device sends what arrives for the public port."),
    port: textOf("Protocol and port there, such as `tcp/443`."),
    "public-port": port("The port outside; the same as inside where absent."),
    public: textOf("The address or name outside; any public address where absent (known only after deployment)."),
  },
  ["component", "port"],
);

const translation = recordOf(
  {
    "source-nat": oneOrMore("New source: addresses, `interface` (the one it leaves by) or `unknown`."),
    "destination-nat": oneOrMore("New destination: addresses, `interface` (the one it came in by) or `unknown`."),
    "keep-host-bits": { type: "boolean", description: "Only the network part is replaced; needs one prefix." },
    "to-ports": { type: ["string", "integer"], description: "The new port or range of ports, `443` or `1024-65535`." },
    "arrives-from": nameOf("Only what comes in from this network or link."),
    "leaves-to": nameOf("Only what leaves to this network or link."),
    sources: addresses("Only packets from these."),
    destinations: addresses("Only packets to these."),
    service: textOf("Only packets of this service, such as `tcp/443`."),
  },
  [],
);

const device = recordOf(
  {
    name: NAME,
    title,
    exports: exportFiles,
    vendor,
    interfaces: listOf(
      recordOf({ name: textOf("As the exports call it."), network: NAME, link: NAME }, ["name"]),
      "Interfaces or zones and the network or link on their other side.",
    ),
    protects: {
      ...recordOf(
        { components: namesOf("Hosts it stands before."), networks: namesOf("Networks it stands before.") },
        [],
      ),
      description: "What a host firewall or security group stands before.",
    },
    "mapped-endpoints": listOf(mappedEndpoint, "Ports of components reachable under a public address."),
    translations: listOf(translation, "Address translations that no export holds."),
    routes: listOf(
      recordOf({ to: textOf("An address or prefix."), via: NAME }, ["to", "via"]),
      "Where packets leave; without routes every attachment may be taken.",
    ),
  },
  ["name"],
);

const proxy = recordOf(
  {
    name: NAME,
    component: nameOf("The host it runs on."),
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
  ...recordOf(
    {
      topology: nameOf("The name of the topology."),
      title,
      catalogues: listOf(textOf("`asr-classic`, or a path relative to this file."), "What has to be proved."),
      scenarios: namesOf("The scenarios of the catalogues that apply; every requirement where absent."),
      facts,
      networks: listOf(network, "Networks.", 1),
      links: listOf(link, "Connections between networks or devices."),
      components: listOf(component, "Hosts and services.", 1),
      devices: listOf(device, "Where policy is enforced."),
      proxies: listOf(proxy, "Application proxies."),
      "service-tags": textOf("The vendor's file of service tags, for `tag:NAME` under `names` and `sets`."),
      names: addressBook("What names resolve to; `tag:NAME` is every address of a service tag.", 1),
      sets: addressBook("What is in sets that exports only name, such as service tags.", 0),
    },
    ["topology", "networks", "components"],
  ),
};
