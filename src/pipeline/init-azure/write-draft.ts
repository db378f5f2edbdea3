/** A drafted topology as YAML. */
import { type Draft, type DraftDevice, type DraftTranslation, plainName } from "./draft.js";

/** `sets`: lines about the content of sets, comments among them. */
export function writeDraft(draft: Draft, sets: readonly string[]): string {
  return [
    "# Written by `flowproof init --from azure`. Add roles to the components, what lies outside of Azure, and catalogues.",
    `topology: ${quoted(plainName(draft.title))}`,
    "networks:",
    ...draft.networks.map(({ name, site, kind, prefixes }) =>
      entry({ name, site: site && plainName(site), kind, prefixes }, "  - "),
    ),
    "components:",
    ...draft.components.map(({ name, network, addresses, remark }) => {
      const note = remark === undefined ? "" : ` # ${remark}`;
      return `${entry({ name, roles: [], network, addresses }, "  - ")}${note}`;
    }),
    "devices:",
    ...draft.devices.flatMap(deviceLines),
    ...(draft.links.length === 0 ? [] : ["links:", ...draft.links.map((link) => entry({ ...link }, "  - "))]),
    ...sets,
    "",
  ].join("\n");
}

function deviceLines(device: DraftDevice): string[] {
  const { name, exports, networks, links, protects, routes, endpoints, translations, remarks } = device;
  return [
    ...remarks.map((remark) => `  # ${remark}`),
    `  - name: ${quoted(name)}`,
    ...(exports.length === 0 ? [] : [`    exports: ${value(exports)}`]),
    ...(protects === undefined ? [] : [`    protects: ${entry({ ...protects }, "")}`]),
    ...block("interfaces", [
      ...networks.map((network) => entry({ name: network, network }, "")),
      ...links.map((link) => entry({ name: link, link }, "")),
    ]),
    ...block(
      "routes",
      routes.map((route) => entry({ ...route }, "")),
    ),
    ...block(
      "mapped-endpoints",
      endpoints.map(({ publicPort, ...rest }) => entry({ ...rest, "public-port": publicPort }, "")),
    ),
    ...block("translations", translations.map(translationEntry)),
  ];
}

function translationEntry({
  sourceNat,
  destinationNat,
  toPort,
  service,
  sources,
  destinations,
}: DraftTranslation): string {
  const side = sourceNat === undefined ? { "arrives-from": "internet" } : { "leaves-to": "internet" };
  const nat = { "source-nat": single(sourceNat), "destination-nat": single(destinationNat), "to-ports": toPort };
  return entry({ ...nat, ...side, sources, destinations, service }, "");
}

function single(texts: readonly string[] | undefined): string | readonly string[] | undefined {
  return texts?.length === 1 ? texts[0] : texts;
}

function block(key: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : [`    ${key}:`, ...entries.map((one) => `      - ${one}`)];
}

/** A mapping in one line; what is undefined is left out. */
function entry(
  members: Readonly<Record<string, string | number | readonly string[] | undefined>>,
  start: string,
): string {
  const parts = Object.entries(members).flatMap(([key, one]) => (one === undefined ? [] : [`${key}: ${value(one)}`]));
  return `${start}{ ${parts.join(", ")} }`;
}

function value(one: string | number | readonly string[]): string {
  if (typeof one === "number") return `${one}`;
  return typeof one === "string" ? quoted(one) : `[${one.map(quoted).join(", ")}]`;
}

/** A text as YAML reads it back. */
export function quoted(text: string): string {
  const isPlain = /^[A-Za-z][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain || /^\d+\.\d+\.\d+\.\d+(?:\/\d+)?$/.test(text) ? text : JSON.stringify(text);
}
