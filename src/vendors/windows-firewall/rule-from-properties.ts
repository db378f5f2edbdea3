/** The properties of a rule as PowerShell names them, from JSON or CSV, to a rule. */
import type { LineLedger } from "../../syntax/line-ledger.js";
import { listItems, ruleFromFields } from "./rule-from-fields.js";
import { type Field, PROFILES, type WindowsRule } from "./types.js";
import { wordOf } from "./vocabulary.js";

/** One property and the lines it stands on. */
export interface RuleProperty {
  readonly key: string;
  readonly texts: readonly string[];
  readonly line: number;
  readonly endLine: number;
}

const FIELDS = new Map<string, Field>(
  Object.entries({
    enabled: "enabled",
    direction: "direction",
    action: "action",
    profile: "profiles",
    profiles: "profiles",
    localaddress: "local-address",
    remoteaddress: "remote-address",
    protocol: "protocol",
    localport: "local-port",
    remoteport: "remote-port",
    icmptype: "icmp",
    program: "program",
    service: "service",
    interfacetype: "interface-type",
  }),
);

/** Properties that say nothing about packets; every other one that says something restricts the rule. */
const IDLE = new Set([
  ...["caption", "commonname", "creationclassname", "description", "displaygroup", "displayname", "elementname"],
  ...["enforcementstatus", "group", "id", "instanceid", "name", "overrideblockrules", "policystoresource"],
  ...["policystoresourcetype", "primarystatus", "rulegroup", "status", "statuscode", "systemname"],
  ...["edgetraversalpolicy", "localonlymapping", "loosesourcemapping", "systemcreationclassname"],
  ...["cimclass", "ciminstanceproperties", "cimsystemproperties", "pscomputername"],
]);
const SECURITY = new Set(["authentication", "encryption"]);

/** Numbers of the enumerations, as PowerShell writes them without -EnumsAsStrings (NetSecurity module). */
const NUMBERS = new Map([
  ["enabled 1", "yes"],
  ["enabled 2", "no"],
  ["direction 1", "in"],
  ["direction 2", "out"],
  ["action 2", "allow"],
  ["action 4", "block"],
]);

/** What the one-liner of the README exports; the plain cmdlet leaves most of it out. */
const EXPECTED: readonly Field[] = [
  ...(["profiles", "remote-address", "local-address", "protocol", "local-port", "remote-port"] as const),
  ...(["program", "service"] as const),
];

/** The rule, at the line of its name; what is missing or not known becomes a condition. */
export function ruleFromProperties(properties: readonly RuleProperty[], line: number, ledger: LineLedger): WindowsRule {
  const values = new Map<Field, readonly string[]>();
  const conditions: string[] = [];
  const named = (name: string) => properties.find(({ key, texts }) => key.toLowerCase() === name && texts.length > 0);
  const title = named("displayname") ?? named("name");
  const name = title?.texts[0] ?? "unnamed";
  for (const property of properties) readProperty(property, name, values, conditions, ledger);
  const dynamic = named("remotedynamickeywordaddresses")?.texts.filter(isSaying) ?? [];
  if (dynamic.length > 0) values.set("remote-address", [...(values.get("remote-address") ?? ["Any"]), ...dynamic]);
  const overriding = named("overrideblockrules")?.texts ?? [];
  if (overriding.some((text) => wordOf(text) === "yes")) values.set("action", ["bypass"]);
  else if (overriding.some(isSaying)) conditions.push(`OverrideBlockRules ${overriding.join(", ")} of the rule`);
  const missing = EXPECTED.filter((field) => !values.has(field));
  if (missing.length > 0) conditions.push(`the export does not show: ${missing.join(", ")}`);
  const place = title?.line ?? line;
  ledger.mark(place, conditions.length > 0 ? "approximated" : "modelled", `rule ${name}`);
  return ruleFromFields({ name, line: place, values, conditions });
}

/** The canonical word of an action given as word or number. */
export function actionOf(text: string): string | undefined {
  return NUMBERS.get(`action ${text}`) ?? wordOf(text);
}

function readProperty(
  { key, texts, line, endLine }: RuleProperty,
  name: string,
  values: Map<Field, readonly string[]>,
  conditions: string[],
  ledger: LineLedger,
): void {
  const lower = key.toLowerCase();
  const field = FIELDS.get(lower);
  if (field !== undefined) {
    const words = texts.map((text) => NUMBERS.get(`${field} ${text}`) ?? text);
    values.set(field, field === "profiles" ? words.flatMap(profileWords) : words);
  } else if (
    SECURITY.has(lower) &&
    texts.some((text) => wordOf(text) !== "notrequired" && text !== "0" && text !== "")
  ) {
    conditions.push(`${key} ${texts.join(" ")}`);
  } else if (!SECURITY.has(lower) && !IDLE.has(lower) && texts.some(isSaying)) {
    conditions.push(`${key} ${texts.join(", ")} of the rule`);
  } else return;
  ledger.markRange(line, endLine, field === undefined ? "approximated" : "modelled", `rule ${name}`);
}

function isSaying(text: string): boolean {
  return text !== "" && text !== "0" && wordOf(text) !== "any" && wordOf(text) !== "no";
}

// NET_FW_PROFILE2_ALL
const EVERY_PROFILE = 0x7fffffff;

/** Flags 1, 2, 4 and 0 for every profile, or names. */
function profileWords(text: string): string[] {
  if (!/^\d+$/.test(text)) return listItems(text);
  const flags = Number(text);
  if (flags === 0 || flags === EVERY_PROFILE) return ["any"];
  return flags > 7 ? [text] : PROFILES.filter((_, bit) => (flags & (1 << bit)) !== 0);
}
