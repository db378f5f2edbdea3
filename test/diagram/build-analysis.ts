/** Builds small analyses by hand, for tests of what draws or tells them. */
import { type AddressRange, parseAddressRange } from "../../src/model/address.js";
import type { Analysis } from "../../src/model/analysis.js";
import type { FlowRequirement } from "../../src/model/requirement.js";
import { PROTOCOL_NUMBERS } from "../../src/model/service.js";
import type { Component, DeviceNode, Link, LinkKind, Network, PathKind, Topology } from "../../src/model/topology.js";
import type { Hop, Verdict } from "../../src/model/verdict.js";

const at = { file: "topology.yaml", line: 1 };

export function range(text: string): AddressRange {
  return parseAddressRange(text) as AddressRange;
}

export function network(name: string, site: string, prefix: string, kind: LinkKind = "lan"): Network {
  return { name, title: name, site, kind, prefixes: prefix === "" ? [] : [range(prefix)], at };
}

export function link(name: string, kind: LinkKind, ...between: [string, string]): Link {
  return { name, kind, between, at };
}

export function component(name: string, home: string, roles: readonly string[], address: string): Component {
  const isName = /[a-z]/.test(address);
  return {
    name,
    title: name,
    roles: roles.map((role) => ({ name: role, at })),
    networks: [home],
    addresses: isName ? { ranges: [], names: [address] } : { ranges: [range(address)], names: [] },
    proxies: [],
    accounts: [],
    facts: { values: new Map() },
    at,
  };
}

/** A device; `attachments` as "interface network", `protects` as names of components or, with a leading `#`, networks. */
export function device(
  name: string,
  file: string,
  attachments: readonly string[],
  protects: readonly string[] = [],
): DeviceNode {
  return {
    name,
    title: name,
    exports: file === "" ? [] : [{ file, at }],
    attachments: attachments.map((text) => {
      const [port, to] = text.split(" ") as [string, string];
      return { interface: port, to, at };
    }),
    protects: {
      components: protects.filter((text) => !text.startsWith("#")),
      networks: protects.filter((text) => text.startsWith("#")).map((text) => text.slice(1)),
    },
    mappedEndpoints: [],
    translations: [],
    routes: [],
    at,
  };
}

export function topology(parts: Partial<Topology>): Topology {
  return {
    name: "sample",
    title: "Sample",
    file: "topology.yaml",
    catalogues: [],
    scenarios: [],
    networks: [],
    links: [],
    components: [],
    devices: [],
    proxies: [],
    names: new Map(),
    sets: new Map(),
    facts: { values: new Map() },
    ...parts,
  };
}

/** A requirement from one role to another on services such as "tcp/443" or "udp/137-138". */
export function requirement(
  id: string,
  from: string,
  to: string,
  services: readonly string[],
  paths: readonly PathKind[] = ["lan"],
): FlowRequirement {
  return {
    id,
    title: `${from} to ${to}`,
    expect: "allow",
    from: [from],
    to: [to],
    services: services.map((name) => ({ name, services: [serviceOf(name)] })),
    paths,
    pairs: "all",
    hosts: [],
    when: [],
    purpose: "",
    citations: [],
    readings: [],
    at: { file: "catalogue.yaml", line: 1 },
  };
}

function serviceOf(text: string) {
  const [name, ports] = text.split("/") as [keyof typeof PROTOCOL_NUMBERS, string | undefined];
  const [first, last = first] = (ports ?? "").split("-").map(Number);
  const protocol = PROTOCOL_NUMBERS[name];
  return ports === undefined
    ? { protocol }
    : { protocol, destinationPorts: [{ first: first as number, last: last as number }] };
}

/** A hop that accepts, or drops with `disposition`, decided at `file:line`. */
export function hop(device: string, where: string, disposition: Hop["disposition"] = "accept"): Hop {
  const [file, line] = where.split(":") as [string, string];
  const decision = {
    hook: "filter FORWARD",
    acl: "FORWARD",
    ace: `ace ${line}`,
    disposition,
    at: { file, line: Number(line) },
  };
  return { device, leg: "first", disposition, decisions: [decision], before: "", after: "", doubts: [] };
}

type Ends = readonly [from: string, to: string];

export function proved(
  wanted: FlowRequirement,
  [from, to]: Ends,
  kind: PathKind,
  nodes: readonly string[],
  hops: readonly Hop[] = [],
): Verdict {
  return { requirement: wanted, from, to, kind: "proved", paths: [{ path: { kind, nodes }, hops }], assumptions: [] };
}

export function refuted(
  wanted: FlowRequirement,
  [from, to]: Ends,
  kind: PathKind,
  nodes: readonly string[],
  hops: readonly Hop[],
): Verdict {
  const decidedBy = hops.at(-1)?.decisions.at(-1);
  return {
    requirement: wanted,
    from,
    to,
    kind: "refuted",
    reason: "blocked",
    explanation: "a rule before it drops these packets",
    path: { kind, nodes },
    hops,
    ...(decidedBy && { decidedBy }),
    nearMisses: [],
    failing: [],
    failingShare: 1,
    assumptions: [],
  };
}

export function undecided(
  wanted: FlowRequirement,
  [from, to]: Ends,
  kind: PathKind,
  nodes: readonly string[],
  hops: readonly Hop[],
): Verdict {
  const doubt = { condition: "-m recent --name seen", at: hops.at(-1)?.decisions.at(-1)?.at ?? at };
  const doubtful = hops.map((each, index) => (index === hops.length - 1 ? { ...each, doubts: [doubt] } : each));
  return {
    requirement: wanted,
    from,
    to,
    kind: "undecided",
    because: [doubt],
    explanation: "",
    path: { kind, nodes },
    hops: doubtful,
    assumptions: [],
  };
}

export function analysis(parts: Partial<Analysis>): Analysis {
  return {
    topology: topology({}),
    catalogues: [],
    verdicts: [],
    prerequisites: [],
    contradictions: [],
    coverage: [],
    diagnostics: [],
    assumptions: [],
    sources: new Map(),
    ...parts,
  };
}
