/**
 * Measures what a service-tags file costs: reading one of public size, and a proof by a tag of it beside the same proof with
 * the tag's prefixes written out. `node dist/bench/service-tags.js [file]`; without a file one is made.
 */
import { readFileSync } from "node:fs";
import { proveTopology } from "../src/pipeline/prove-topology.js";
import { azureNsg } from "../src/vendors/azure-nsg/index.js";

const ROUNDS = 7;
const TAGS = 3_000;
const PREFIXES_OF_A_TAG = 30;

interface TagFile {
  readonly values: readonly {
    readonly name: string;
    readonly properties: { readonly addressPrefixes: readonly string[] };
  }[];
}

/** Least user CPU seconds of several rounds; noise only adds. */
function seconds(work: () => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = process.cpuUsage();
    work();
    return process.cpuUsage(start).user / 1e6;
  });
  return Math.min(...rounds);
}

/** 3,000 tags of 30 public prefixes, all different, in the layout of the public file. */
function madeFile(): string {
  const prefix = (number: number) => `${20 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}.0/24`;
  const values = Array.from({ length: TAGS }, (_, tag) => ({
    name: `Service${tag}`,
    id: `Service${tag}`,
    properties: {
      changeNumber: 1,
      region: "",
      platform: "Azure",
      systemService: `Service${tag}`,
      addressPrefixes: Array.from({ length: PREFIXES_OF_A_TAG }, (_, i) => prefix(tag * PREFIXES_OF_A_TAG + i)),
    },
  }));
  return JSON.stringify({ changeNumber: 1, cloud: "Public", values }, undefined, 2);
}

function ruleFor(destination: object): string {
  const rule = {
    name: "out",
    priority: 100,
    direction: "Outbound",
    access: "Allow",
    protocol: "Tcp",
    sourceAddressPrefix: "*",
    sourcePortRange: "*",
    destinationPortRange: "443",
    ...destination,
  };
  return JSON.stringify({ name: "nsg", securityRules: [rule] });
}

const CATALOGUE = `
catalogue: bench
title: One flow
roles: { client: asks, server: answers }
documents: { here: the benchmark }
requirements:
  - { id: T1, title: out, from: client, to: server, services: [tcp/443], paths: [lan, internet], purpose: bench, cites: [{ document: here, section: all }] }
`;

function topology(addresses: readonly string[]): string {
  return `
topology: bench
networks:
  - { name: vnet, prefixes: [10.0.0.0/16] }
  - { name: outside }
components:
  - { name: vm, roles: [client], network: vnet, addresses: [10.0.0.4] }
  - { name: service, roles: [server], network: outside, addresses: ${JSON.stringify(addresses)} }
devices:
  - { name: nsg, exports: [nsg.json, tags.json], vendor: azure-nsg, protects: { components: [vm] } }
  - { name: router, interfaces: [{ name: in, network: vnet }, { name: out, network: outside }] }
`;
}

/** The verdict on the way to every prefix, through a group with that rule and beside a file of tags. */
function prove(addresses: readonly string[], destination: object, tags: string): string {
  const exports = new Map([
    ["nsg.json", { file: "nsg.json", text: ruleFor(destination) }],
    ["tags.json", { file: "tags.json", text: tags }],
  ]);
  const { analysis } = proveTopology(
    {
      topology: { file: "topology.yaml", text: topology(addresses) },
      exports,
      catalogues: [{ file: "catalogue.yaml", text: CATALOGUE }],
      diagnostics: [],
    },
    { only: [] },
  );
  return analysis?.verdicts[0]?.kind ?? "unusable";
}

function main(file: string | undefined): void {
  const text = file === undefined ? madeFile() : readFileSync(file, "utf8");
  const { values } = JSON.parse(text) as TagFile;
  const largest = [...values].sort((a, b) => b.properties.addressPrefixes.length - a.properties.addressPrefixes.length);
  const tag = largest.find(({ name, properties }) => !name.includes(".") && properties.addressPrefixes.length <= 4000);
  if (tag === undefined) throw new Error("no tag fits into one rule");
  const prefixes = tag.properties.addressPrefixes.filter((prefix) => !prefix.includes(":"));
  const count = values.reduce((sum, { properties }) => sum + properties.addressPrefixes.length, 0);
  const written = { destinationAddressPrefixes: prefixes };
  const byTag = { destinationAddressPrefix: tag.name };
  const verdicts = [prove(prefixes, written, text), prove(prefixes, byTag, text)];
  const read = seconds(() => azureNsg.parse(text, "tags.json"));
  const plain = seconds(() => prove(prefixes, written, text));
  const tagged = seconds(() => prove(prefixes, byTag, text));
  const lines = [
    `file: ${values.length} tags, ${count} prefixes, ${(text.length / 1e6).toFixed(1)} MB`,
    `read: ${read.toFixed(3)} s`,
    `proof with the ${prefixes.length} prefixes of ${tag.name} written out, file read: ${plain.toFixed(3)} s (${verdicts[0]})`,
    `proof by the tag ${tag.name}, file read: ${tagged.toFixed(3)} s (${verdicts[1]})`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

main(process.argv[2]);
