/** JSON of `Get-NetFirewallRule` with its filters, or of `Get-NetFirewallProfile`, to rules and settings. */
import { type JsonObject, type JsonValue, jsonItems, jsonMember } from "../../syntax/json.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { actionOf, ruleFromProperties } from "./rule-from-properties.js";
import { type Default, PROFILES, type Profile, type ProfileSettings, type Unread, type WindowsRule } from "./types.js";
import { wordOf } from "./vocabulary.js";

/** GpoBoolean of the NetSecurity module; 2 is "not configured". */
const SWITCHES = new Map([
  ["0", "no"],
  ["1", "yes"],
]);

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

function readRule(item: JsonObject, ledger: LineLedger): WindowsRule {
  const properties = item.members.map(({ key, line, value }) => ({
    key,
    line,
    endLine: value.endLine,
    texts: textsOf(value),
  }));
  return ruleFromProperties(properties, item.line, ledger);
}

function readProfile(item: JsonObject, ledger: LineLedger): ProfileSettings[] {
  const text = (key: string) => textsOf(jsonMember(item, key))[0] ?? "";
  const switched = (key: string) => SWITCHES.get(text(key)) ?? wordOf(text(key));
  const name = wordOf(text("Name") || text("Profile"));
  const profile: Profile | undefined = PROFILES.find((candidate) => candidate === name);
  if (profile === undefined) return [];
  ledger.markRange(item.line, item.endLine, "modelled", `settings of the ${profile} profile`);
  const settings: ProfileSettings = {
    profile,
    line: item.line,
    isOn: switched("Enabled") === "yes" ? true : switched("Enabled") === "no" ? false : "unread",
    isShielded: shieldOf(text("AllowInboundRules")),
    inbound: defaultOf(text("DefaultInboundAction")),
    outbound: defaultOf(text("DefaultOutboundAction")),
  };
  return [settings];
}

/** The default that the cmdlets' word for it says. */
export function defaultOf(text: string): Default | Unread | undefined {
  if (NOT_CONFIGURED.test(text)) return undefined;
  const action = actionOf(text);
  return action === "allow" || action === "block" ? action : "unread";
}

/** Whether inbound rules are set aside, by the cmdlets' word for whether they are allowed. */
export function shieldOf(allowsRules: string): boolean | Unread | undefined {
  const asks = SWITCHES.get(allowsRules) ?? wordOf(allowsRules);
  if (asks === "yes" || asks === "no") return asks === "no";
  return NOT_CONFIGURED.test(allowsRules) ? undefined : "unread";
}

/** Of an action 0, of a switch 2. */
const NOT_CONFIGURED = /^(?:notconfigured|[02])?$/i;

/** The texts of a value given alone, as a list, or wrapped as `{ value, Value }`. */
function textsOf(value: JsonValue | undefined): string[] {
  if (value === undefined) return [];
  if (value.kind === "array") return jsonItems(value).flatMap(textsOf);
  if (value.kind === "object") return textsOf(jsonMember(value, "Value", "value"));
  return value.value === null ? [] : [String(value.value)];
}
