import type { Translation, TranslationAddresses } from "../model/nat.js";
import type { PortRange } from "../model/service.js";
import type { StatedTranslation } from "../model/topology.js";
import { readRanges, readService } from "./read-service.js";
import type { TopologyDraft } from "./topology-draft.js";
import { field, type Located, located, number, text, texts, type YamlValue } from "./yaml-value.js";

/** A translation stated for a device; undefined iff it does not say what it does. */
export function parseTranslation(
  value: YamlValue,
  device: string,
  draft: TopologyDraft,
): StatedTranslation | undefined {
  const conditions = parseConditions(value, device, draft);
  const [source, destination] = [field(value, "source-nat"), field(value, "destination-nat")];
  const target = source ?? destination;
  if (target === undefined || (source !== undefined && destination !== undefined)) {
    const help = "write two entries where both ends change";
    draft.error("unclear-translation", value.at, "a translation has either `source-nat` or `destination-nat`", help);
    return undefined;
  }
  const addresses = parseTarget(value, target, draft);
  if (addresses === undefined) return undefined;
  const ports = parseNewPorts(field(value, "to-ports"), draft);
  const translation: Translation = { side: source === undefined ? "destination" : "source", addresses, ...ports };
  return { translation, ...conditions, at: value.at };
}

function parseTarget(value: YamlValue, target: YamlValue, draft: TopologyDraft): TranslationAddresses | undefined {
  const word = text(target);
  if (word === "interface") return { kind: "interface" };
  if (word === "unknown") return { kind: "unresolved", text: "unknown" };
  const written = located(target);
  const ranges = draft.ranges(written === undefined ? texts(target) : [written]).map(({ range }) => range);
  const [range] = ranges;
  if (range === undefined) return undefined;
  const keep = field(value, "keep-host-bits");
  if (keep?.kind !== "scalar" || keep.value !== true) return { kind: "pool", ranges };
  if (ranges.length > 1) draft.error("unclear-translation", keep.at, "host bits can only be kept in one prefix");
  return { kind: "netmap", range };
}

function parseNewPorts(value: YamlValue | undefined, draft: TopologyDraft): { ports?: PortRange } {
  const written = text(value) ?? number(value)?.toString();
  if (value === undefined || written === undefined) return {};
  const ranges = readRanges(written, 1, 65535);
  const [ports] = ranges ?? [];
  if (ports !== undefined && ranges?.length === 1) return { ports };
  draft.error("not-a-port", value.at, `\`${written}\` is no port or range of ports`, "write `443` or `1024-65535`");
  return {};
}

function parseConditions(
  value: YamlValue,
  device: string,
  draft: TopologyDraft,
): Omit<StatedTranslation, "translation" | "at"> {
  const [arrivesFrom, leavesTo] = [located(field(value, "arrives-from")), located(field(value, "leaves-to"))];
  for (const name of [arrivesFrom, leavesTo]) if (name !== undefined) draft.exits.push({ device, name });
  const service = parseServiceCondition(located(field(value, "service")), draft);
  return {
    ...(arrivesFrom === undefined ? {} : { arrivesFrom: arrivesFrom.text }),
    ...(leavesTo === undefined ? {} : { leavesTo: leavesTo.text }),
    sources: draft.ranges(texts(field(value, "sources"))).map(({ range }) => range),
    destinations: draft.ranges(texts(field(value, "destinations"))).map(({ range }) => range),
    ...(service === undefined ? {} : { service }),
  };
}

function parseServiceCondition(written: Located | undefined, draft: TopologyDraft): StatedTranslation["service"] {
  if (written === undefined) return undefined;
  const read = readService(written.text);
  const [service, ...more] = "services" in read ? read.services : [];
  if (service?.destinationPorts !== undefined && more.length === 0) {
    return { protocol: service.protocol, ports: service.destinationPorts };
  }
  draft.error(
    "not-a-port",
    written.at,
    `\`${written.text}\` names no ports`,
    "write protocol and ports, such as `tcp/443`",
  );
  return undefined;
}
