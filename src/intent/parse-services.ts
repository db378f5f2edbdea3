import type { NamedService } from "../model/requirement.js";
import type { Service } from "../model/service.js";
import type { CatalogueDraft } from "./catalogue-draft.js";
import { parseCitations } from "./parse-citations.js";
import { parseConditions } from "./parse-conditions.js";
import { PREDEFINED_SERVICES } from "./predefined-services.js";
import { readService } from "./read-service.js";
import { entries, field, items, type Located, located, texts, type YamlValue } from "./yaml-value.js";

/** The services a catalogue defines, by name. */
export function parseServices(
  value: YamlValue | undefined,
  documents: ReadonlyMap<string, string>,
  draft: CatalogueDraft,
): ReadonlyMap<string, NamedService> {
  return new Map(
    entries(value).map((entry) => {
      draft.define("service", { text: entry.key, at: entry.keyAt });
      const [citation] = parseCitations(field(entry.value, "cites"), documents, draft);
      const services = texts(field(entry.value, "ports")).flatMap((ports) => readPorts(ports, draft));
      return [entry.key, { name: entry.key, services, ...(citation === undefined ? {} : { citation }) }];
    }),
  );
}

/** The services a requirement asks for: names of defined ones, or protocol and ports. */
export function parseServiceUses(
  value: YamlValue | undefined,
  defined: ReadonlyMap<string, NamedService>,
  draft: CatalogueDraft,
): NamedService[] {
  return items(value).flatMap((item) => {
    const written = located(item) ?? located(field(item, "service"));
    const service = written && findService(written, defined, draft);
    if (service === undefined) return [];
    const when = parseConditions(field(item, "when"));
    return when.length === 0 ? service : { ...service, when };
  });
}

function findService(
  written: Located,
  defined: ReadonlyMap<string, NamedService>,
  draft: CatalogueDraft,
): NamedService | undefined {
  const known = defined.get(written.text) ?? PREDEFINED_SERVICES.get(written.text);
  if (known !== undefined) return known;
  if ("services" in readService(written.text) || written.text.includes("/")) {
    return { name: written.text, services: readPorts(written, draft) };
  }
  draft.refer("service", [written]);
  return undefined;
}

function readPorts({ text, at }: Located, draft: CatalogueDraft): readonly Service[] {
  const read = readService(text);
  if ("services" in read) return read.services;
  draft.error("not-a-service", at, read.mistake, read.help);
  return [];
}
