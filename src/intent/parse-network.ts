import type { Link, LinkKind, Network } from "../model/topology.js";
import type { TopologyDraft } from "./topology-draft.js";
import { field, located, text, texts, type YamlValue } from "./yaml-value.js";

/** A network; undefined iff it has no name. */
export function parseNetwork(value: YamlValue, draft: TopologyDraft): Network | undefined {
  const name = located(field(value, "name"));
  if (name === undefined) return undefined;
  draft.definitions.push({ kind: "network", name });
  const prefixes = draft.ranges(texts(field(value, "prefixes")));
  for (const prefix of prefixes) draft.prefixes.push({ network: name.text, ...prefix });
  return {
    name: name.text,
    title: text(field(value, "title")) ?? name.text,
    site: text(field(value, "site")) ?? name.text,
    kind: (text(field(value, "kind")) ?? "lan") as LinkKind,
    prefixes: prefixes.map(({ range }) => range),
    at: name.at,
  };
}

/** A link; undefined iff it has no name or not two ends. */
export function parseLink(value: YamlValue, draft: TopologyDraft): Link | undefined {
  const name = located(field(value, "name"));
  if (name === undefined) return undefined;
  draft.definitions.push({ kind: "link", name });
  const ends = texts(field(value, "between"));
  const [first, second] = draft.refer(["network", "device"], ends);
  if (first === undefined || second === undefined) return undefined;
  if (first === second) draft.error("dangling-link", name.at, `link \`${name.text}\` joins \`${first}\` with itself`);
  for (const end of ends) draft.ends.push({ link: name.text, end });
  return { name: name.text, kind: text(field(value, "kind")) as LinkKind, between: [first, second], at: name.at };
}
