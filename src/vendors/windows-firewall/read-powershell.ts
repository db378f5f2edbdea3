/** JSON of `Get-NetFirewallRule` with its filters, or of `Get-NetFirewallProfile`, to rules and settings. */
import { type JsonMember, type JsonObject, type JsonValue, jsonItems, jsonMember } from "../../syntax/json.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { listItems, ruleFromFields } from "./rule-from-fields.js";
import { type Field, PROFILES, type Profile, type ProfileSettings, type WindowsRule } from "./types.js";
import { wordOf } from "./vocabulary.js";

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

/** GpoBoolean of the NetSecurity module; 2 is "not configured". */
const SWITCHES = new Map([
  ["0", "no"],
  ["1", "yes"],
]);
const ACTIONS = ["allow", "block"] as const;

export interface PowerShellExport {
  readonly rules: readonly WindowsRule[];
  readonly settings: readonly ProfileSettings[];
}

/** Reads every object that is a rule or a profile. */
export function readPowerShell(document: JsonValue, ledger: LineLedger): PowerShellExport {
  const rules: WindowsRule[] = [];
  const settings: ProfileSettings[] = [];
  for (const item of document.kind === "array" ? document.items : [document]) {
    if (item.kind !== "object") continue;
    if (jsonMember(item, "DefaultInboundAction") !== undefined) settings.push(...readProfile(item, ledger));
    else if (jsonMember(item, "Direction") !== undefined) rules.push(readRule(item, ledger));
    for (const list of ["Rules", "Profiles"]) {
      const inner = jsonMember(item, list);
      if (inner?.kind !== "array") continue;
      const nested = readPowerShell(inner, ledger);
      rules.push(...nested.rules);
      settings.push(...nested.settings);
    }
  }
  return { rules, settings };
}

/** What the one-liner of the README exports; the plain cmdlet leaves most of it out. */
const EXPECTED: readonly Field[] = [
  ...(["profiles", "remote-address", "local-address", "protocol", "local-port", "remote-port"] as const),
  ...(["program", "service"] as const),
];

function readRule(item: JsonObject, ledger: LineLedger): WindowsRule {
  const values = new Map<Field, string[]>();
  const conditions: string[] = [];
  const title =
    item.members.find(({ key }) => /^displayname$/i.test(key)) ?? item.members.find(({ key }) => /^name$/i.test(key));
  const name = textsOf(title?.value)[0] ?? "unnamed";
  for (const member of item.members) readMember(member, name, values, conditions, ledger);
  if (textsOf(jsonMember(item, "OverrideBlockRules")).some((text) => wordOf(text) === "yes")) {
    values.set("action", ["bypass"]);
  }
  const missing = EXPECTED.filter((field) => !values.has(field));
  if (missing.length > 0) conditions.push(`the export does not show: ${missing.join(", ")}`);
  const line = title?.line ?? item.line;
  ledger.mark(line, conditions.length > 0 ? "approximated" : "modelled", `rule ${name}`);
  return ruleFromFields({ name, line, values, conditions });
}

function readMember(
  { key, line, value }: JsonMember,
  name: string,
  values: Map<Field, string[]>,
  conditions: string[],
  ledger: LineLedger,
): void {
  const lower = key.toLowerCase();
  const texts = textsOf(value);
  const field = FIELDS.get(lower);
  if (field !== undefined) {
    const words = texts.map((text) => NUMBERS.get(`${field} ${text}`) ?? text);
    values.set(field, field === "profiles" ? words.flatMap(profileWords) : words);
    ledger.markRange(line, value.endLine, "modelled", `rule ${name}`);
  } else if (SECURITY.has(lower) && texts.some((text) => wordOf(text) !== "notrequired" && text !== "0")) {
    conditions.push(`${key} ${texts.join(" ")}`);
  } else if (!SECURITY.has(lower) && !IDLE.has(lower) && texts.some(isSaying)) {
    conditions.push(`${key} of the rule`);
  } else return;
  ledger.markRange(line, value.endLine, field === undefined ? "approximated" : "modelled", `rule ${name}`);
}

function isSaying(text: string): boolean {
  return text !== "" && text !== "0" && wordOf(text) !== "any" && wordOf(text) !== "no";
}

/** Flags 1, 2, 4 and 0 for every profile, or names. */
function profileWords(text: string): string[] {
  if (!/^\d+$/.test(text)) return listItems(text);
  const flags = Number(text);
  return flags === 0 ? ["any"] : PROFILES.filter((_, bit) => (flags & (1 << bit)) !== 0);
}

function readProfile(item: JsonObject, ledger: LineLedger): ProfileSettings[] {
  const text = (key: string) => textsOf(jsonMember(item, key))[0] ?? "";
  const switched = (key: string) => SWITCHES.get(text(key)) ?? wordOf(text(key));
  const action = (key: string) =>
    ACTIONS.find((word) => word === (NUMBERS.get(`action ${text(key)}`) ?? wordOf(text(key))));
  const name = wordOf(text("Name") || text("Profile"));
  const profile: Profile | undefined = PROFILES.find((candidate) => candidate === name);
  if (profile === undefined) return [];
  ledger.markRange(item.line, item.endLine, "modelled", `settings of the ${profile} profile`);
  const settings: ProfileSettings = {
    profile,
    line: item.line,
    isOn: switched("Enabled") === "yes" ? true : switched("Enabled") === "no" ? false : undefined,
    inbound: switched("AllowInboundRules") === "no" ? "block-always" : action("DefaultInboundAction"),
    outbound: action("DefaultOutboundAction"),
  };
  return [settings];
}

/** The texts of a value given alone, as a list, or wrapped as `{ value, Value }`. */
function textsOf(value: JsonValue | undefined): string[] {
  if (value === undefined) return [];
  if (value.kind === "array") return jsonItems(value).flatMap(textsOf);
  if (value.kind === "object") return textsOf(jsonMember(value, "Value", "value"));
  return value.value === null ? [] : [String(value.value)];
}
