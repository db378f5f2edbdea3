/** Turns the text of a topology file into the model and says every mistake in it, sorted by place. */

import type { AddressRange } from "../model/address.js";
import type { Parsed } from "../model/diagnostic.js";
import type { Mention, Topology } from "../model/topology.js";
import { checkReferences } from "./check-references.js";
import { checkTopology } from "./check-topology.js";
import { parseComponent } from "./parse-component.js";
import { parseDevice, parseProxy } from "./parse-device.js";
import { parseLink, parseNetwork } from "./parse-network.js";
import { sortByPosition } from "./problem.js";
import { isHostName } from "./read-address.js";
import { readFacts } from "./read-facts.js";
import { TopologyDraft } from "./topology-draft.js";
import { topologySchema } from "./topology-schema.js";
import { validateDocument } from "./validate-document.js";
import { parseYaml } from "./yaml-document.js";
import { entries, field, items, located, text, texts, type YamlValue } from "./yaml-value.js";

/** The topology as far as it can be read. It may be proved against iff no diagnostic is an error. */
export function parseTopology(input: string, file: string): Parsed<Topology> {
  const document = parseYaml(input, file);
  const draft = new TopologyDraft();
  draft.diagnostics.push(...document.diagnostics);
  if (document.value !== undefined) draft.diagnostics.push(...validateDocument(document.value, topologySchema));
  const topology = readTopology(document.value, file, draft);
  checkReferences(draft);
  checkTopology(topology, draft);
  return { value: topology, diagnostics: sortByPosition(draft.diagnostics) };
}

function readTopology(root: YamlValue | undefined, file: string, draft: TopologyDraft): Topology {
  const name = text(field(root, "topology")) ?? file;
  const each = <T>(key: string, parse: (value: YamlValue, draft: TopologyDraft) => T | undefined): T[] =>
    items(field(root, key)).flatMap((item) => parse(item, draft) ?? []);
  return {
    name,
    title: text(field(root, "title")) ?? name,
    file,
    catalogues: mentions(field(root, "catalogues")),
    scenarios: mentions(field(root, "scenarios")),
    networks: each("networks", parseNetwork),
    links: each("links", parseLink),
    components: each("components", parseComponent),
    devices: each("devices", parseDevice),
    proxies: each("proxies", parseProxy),
    names: readNames(field(root, "names"), draft),
    sets: readAddressBook("sets", field(root, "sets"), draft),
    ...readServiceTags(field(root, "service-tags"), draft),
    facts: readFacts(field(root, "facts")),
  };
}

function readServiceTags(
  value: YamlValue | undefined,
  draft: TopologyDraft,
): Pick<Topology, "serviceTags" | "tagUses"> {
  const file = located(value);
  const [first] = draft.tagUses;
  if (file === undefined && first !== undefined) {
    const help = "give the vendor's file: `service-tags: ServiceTags_Public.json`";
    draft.error("no-service-tags", first.tag.at, `what tag \`${first.tag.name}\` holds is in no file`, help);
  }
  return { tagUses: draft.tagUses, ...(file !== undefined && { serviceTags: { file: file.text, at: file.at } }) };
}

function mentions(value: YamlValue | undefined): Mention[] {
  return texts(value).map((name) => ({ name: name.text, at: name.at }));
}

const TAG = "tag:";

function readAddressBook(
  book: "names" | "sets",
  value: YamlValue | undefined,
  draft: TopologyDraft,
): Map<string, readonly AddressRange[]> {
  return new Map(
    entries(value).map((entry) => {
      const key = book === "names" ? entry.key.toLowerCase() : entry.key;
      const written = texts(entry.value);
      const tags = written.filter(({ text }) => text.startsWith(TAG));
      draft.tagUses.push(
        ...tags.map(({ text, at }) => ({ book, key, tag: { name: text.slice(TAG.length).trim(), at } })),
      );
      const ranges = draft.ranges(written.filter((each) => !tags.includes(each)));
      return [key, ranges.map(({ range }) => range)];
    }),
  );
}

function readNames(value: YamlValue | undefined, draft: TopologyDraft): Map<string, readonly AddressRange[]> {
  for (const { key, keyAt } of entries(value)) {
    if (!isHostName(key.toLowerCase())) draft.error("not-a-name", keyAt, `\`${key}\` is no host name`);
  }
  return readAddressBook("names", value, draft);
}
