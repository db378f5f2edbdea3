/** A small analysis with one verdict of each kind and one answer of each kind, for the tests of the reports. */
import { type Address, parseAddress } from "../../src/model/address.js";
import type { Analysis } from "../../src/model/analysis.js";
import type { Packet } from "../../src/model/flow.js";
import type { Presentation } from "../../src/model/reporter.js";
import type { FlowRequirement } from "../../src/model/requirement.js";
import type { Decision, Hop, Verdict } from "../../src/model/verdict.js";

export const plainScreen: Presentation = { color: false, width: 80, explain: false };

const edge = "site/edge.rules";
const sources = new Map([
  [
    edge,
    [
      "*filter",
      ":FORWARD DROP [0:0]",
      "-A FORWARD -p tcp --dport 9080 -j ACCEPT",
      "-A FORWARD -p tcp --dport 443 -m recent --rcheck -j ACCEPT",
      '-A FORWARD -p tcp --dport 9443 -m comment --comment "password=hunter2" -j DROP',
      "COMMIT",
    ],
  ],
]);

export function requirement(id: string, port: number): FlowRequirement {
  return {
    id,
    title: `service ${port}`,
    expect: "allow",
    from: ["client"],
    to: ["server"],
    services: [{ name: "data", services: [{ protocol: 6, destinationPorts: [{ first: port, last: port }] }] }],
    paths: ["vpn"],
    pairs: "all",
    hosts: [],
    when: [],
    purpose: "replication",
    citations: [{ document: "handbook", section: "Ports" }],
    readings: id === "F2" ? ["C1"] : [],
    at: { file: "requirements/own.yaml", line: 4 },
  };
}

export const packet: Packet = {
  family: "ipv4",
  source: parseAddress("10.1.0.4") as Address,
  destination: parseAddress("10.2.0.5") as Address,
  protocol: 6,
  sourcePort: 49152,
  destinationPort: 9443,
  tcpFlags: 2,
  state: "new",
  ingressInterface: "eth0",
  egressInterface: "eth1",
  fragment: "first-or-whole",
};

export function decision(line: number, disposition: Decision["disposition"]): Decision {
  const at = { file: edge, line };
  return { hook: "filter FORWARD", acl: "FORWARD", ace: `ace ${line - 2}`, disposition, at };
}

export function hop(line: number, disposition: Hop["disposition"]): Hop {
  const flow = "tcp 10.1.0.4 → 10.2.0.5";
  const decisions = [decision(line, disposition)];
  return { device: "edge", leg: "first", disposition, decisions, before: flow, after: flow, doubts: [] };
}

const path = { kind: "vpn", nodes: ["office", "edge", "cloud"] } as const;

export function proved(from: string): Verdict {
  const paths = [{ path, hops: [hop(3, "accept")] }];
  return { kind: "proved", requirement: requirement("F1", 9080), from, to: "server-1", paths, assumptions: [] };
}

export function refuted(from: string): Verdict {
  return {
    kind: "refuted",
    requirement: requirement("F2", 9443),
    ...{ from, to: "server-1", reason: "blocked", path },
    explanation: "edge drops the first packet",
    witness: { kind: "packet", leg: "first", packet },
    hops: [hop(5, "drop")],
    decidedBy: decision(5, "drop"),
    nearMisses: [{ ace: "ace 2", difference: "it is for another destination port", at: { file: edge, line: 4 } }],
    failing: ["tcp 10.1.0.4 → 10.2.0.5:9443"],
    failingShare: 1,
    assumptions: [],
  };
}

export function undecided(from: string): Verdict {
  return {
    kind: "undecided",
    requirement: requirement("F3", 443),
    ...{ from, to: "server-1", path },
    because: [{ condition: "`-m recent` is not modelled", at: { file: edge, line: 4 } }],
    explanation: "edge may drop the first packet",
    hops: [hop(4, "accept")],
    assumptions: ["names are resolved as stated"],
  };
}

const noFacts = { values: new Map() };

export const sampleAnalysis: Analysis = {
  topology: {
    ...{ name: "site", title: "Two sites", file: "site/topology.yaml", catalogues: [], scenarios: [], networks: [] },
    ...{ links: [], components: [], devices: [], proxies: [], names: new Map(), sets: new Map(), facts: noFacts },
  },
  catalogues: [],
  verdicts: [proved("client-1"), proved("client-2"), refuted("client-1"), undecided("client-1")],
  prerequisites: [
    {
      ...{ id: "R1", title: "disks fit", component: "server-1", outcome: "not-met", severity: "error" },
      explanation: "16 disks, at most 15 fit",
      at: { file: "site/topology.yaml", line: 9 },
    },
    {
      id: "R2",
      title: "names are English",
      outcome: "unchecked",
      severity: "error",
      explanation: "`names` not stated",
    },
    { id: "R3", title: "cache is large", outcome: "met", severity: "warning", explanation: "700 GB" },
  ],
  contradictions: [
    {
      ...{ id: "C1", title: "port of the data", readings: ["9443 as drawn", "9080 as written"] },
      ...{ treatedAs: "both are asked for", citations: [], at: { file: "requirements/own.yaml", line: 40 } },
    },
  ],
  coverage: [
    {
      ...{ file: edge, vendor: "iptables" },
      lines: [
        { line: 1, fate: "harmless", note: "table" },
        { line: 2, fate: "modelled", note: "policy" },
        { line: 3, fate: "modelled", note: "ace 1" },
        { line: 4, fate: "approximated", note: "`-m recent`" },
        { line: 5, fate: "modelled", note: "ace 3" },
        { line: 6, fate: "harmless", note: "end" },
      ],
    },
  ],
  diagnostics: [
    {
      ...{ code: "iptables/unmodelled", severity: "warning", message: "`recent` is not modelled" },
      ...{ help: "it may match or not", at: { file: edge, line: 4 }, effect: "unknown" },
    },
    {
      ...{ code: "read/note", severity: "info", message: "nothing of weight" },
      ...{ at: { file: edge, line: 1 }, effect: "none" },
    },
  ],
  assumptions: ["router `core` has no export and is taken to forward everything"],
  sources,
};
