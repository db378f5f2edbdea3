import type { FlowRequirement, NamedService } from "../model/requirement.js";
import type { PathKind } from "../model/topology.js";
import type { CatalogueDraft } from "./catalogue-draft.js";
import { parseCitations } from "./parse-citations.js";
import { parseConditions } from "./parse-conditions.js";
import { parseServiceUses } from "./parse-services.js";
import { isHostName } from "./read-address.js";
import { field, type Located, located, text, texts, type YamlValue } from "./yaml-value.js";

/** What requirements refer to by name. */
interface Definitions {
  readonly documents: ReadonlyMap<string, string>;
  readonly services: ReadonlyMap<string, NamedService>;
}

/** A flow requirement; undefined iff it has no id. */
export function parseRequirement(
  value: YamlValue,
  { documents, services }: Definitions,
  draft: CatalogueDraft,
): FlowRequirement | undefined {
  const id = located(field(value, "id"));
  if (id === undefined) return undefined;
  draft.define("requirement", id);
  const account = text(field(value, "account"));
  const owner = text(field(value, "owner"));
  const expires = text(field(value, "expires"));
  const title = text(field(value, "title")) ?? id.text;
  return {
    id: id.text,
    title,
    expect: (text(field(value, "expect")) ?? "allow") as FlowRequirement["expect"],
    from: draft.refer("role", oneOrMore(field(value, "from"))),
    to: draft.refer("role", oneOrMore(field(value, "to"))),
    services: parseServiceUses(field(value, "services"), services, draft),
    paths: texts(field(value, "paths")).map((path) => path.text as PathKind),
    pairs: (text(field(value, "pairs")) ?? "all") as FlowRequirement["pairs"],
    hosts: texts(field(value, "hosts")).flatMap((host) => parseHost(host, draft)),
    ...(account === undefined ? {} : { account }),
    when: parseConditions(field(value, "when")),
    purpose: text(field(value, "purpose")) ?? title,
    ...(owner === undefined ? {} : { owner }),
    ...(expires === undefined ? {} : { expires }),
    citations: parseCitations(field(value, "cites"), documents, draft),
    readings: draft.refer("contradiction", texts(field(value, "readings"))),
    at: id.at,
  };
}

function oneOrMore(value: YamlValue | undefined): readonly Located[] {
  const single = located(value);
  return single === undefined ? texts(value) : [single];
}

function parseHost({ text, at }: Located, draft: CatalogueDraft): string[] {
  const host = text.toLowerCase();
  if (isHostName(host.startsWith(".") ? host.slice(1) : host)) return [host];
  draft.error("not-a-name", at, `\`${text}\` is no host name`, "write `name`, `*.name` or `.name`");
  return [];
}
