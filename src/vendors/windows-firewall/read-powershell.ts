/** JSON of `Get-NetFirewallRule` with its filters, or of `Get-NetFirewallProfile`, to rules and settings. */
import { type JsonObject, type JsonValue, jsonItems, jsonMember } from "../../syntax/json.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { actionOf, ruleFromProperties } from "./rule-from-properties.js";
import {
  type Default,
  type Gap,
  PROFILES,
  type Profile,
  type ProfileSettings,
  SET_ASIDE,
  type Unread,
  type WindowsRule,
} from "./types.js";
import { wordOf } from "./vocabulary.js";

/** GpoBoolean of the NetSecurity module; 2 is "not configured". */
const SWITCHES = new Map([
  ["0", "no"],
  ["1", "yes"],
]);

export interface PowerShellExport {
  readonly rules: readonly WindowsRule[];
  readonly settings: readonly ProfileSettings[];
  readonly gaps: readonly Gap[];
}

/** Reads every object that is a rule or a profile; one that is neither, or of an unknown profile, is a gap. */
export function readPowerShell(document: JsonValue, ledger: LineLedger): PowerShellExport {
  const rules: WindowsRule[] = [];
  const settings: ProfileSettings[] = [];
  const gaps: Gap[] = [];
  const items = itemsOf(document);
  const setsOwnAside = items.some((item) => item.kind === "object" && !mergesOwn(item));
  for (const item of items) {
    const profile = item.kind === "object" ? readProfile(item, ledger) : undefined;
    if (item.kind === "object" && jsonMember(item, "Direction") !== undefined) {
      const rule = readRule(item, ledger);
      const isOpen = setsOwnAside && !isOfPolicy(item);
      rules.push(isOpen ? { ...rule, conditions: [...rule.conditions, SET_ASIDE] } : rule);
    } else if (profile !== undefined) settings.push(profile);
    else {
      ledger.markRange(item.line, item.endLine, "rejected", "neither a rule nor a profile that is known");
      gaps.push({ line: item.line, reason: "what is neither a rule nor a profile that is known may be either" });
    }
  }
  return { rules, settings, gaps };
}

/** False iff it is a profile that does not say, in a word that is known, that rules of the machine's own are asked. */
function mergesOwn(item: JsonObject): boolean {
  const text = textsOf(jsonMember(item, "AllowLocalFirewallRules"))[0] ?? "";
  const word = SWITCHES.get(text) ?? wordOf(text);
  return word === "yes" || (word === undefined && NOT_CONFIGURED.test(text));
}

/** PolicyStoreType of the NetSecurity module: the rule comes from group policy. */
function isOfPolicy(item: JsonObject): boolean {
  return /^(?:2|GroupPolicy)$/i.test(textsOf(jsonMember(item, "PolicyStoreSourceType"))[0] ?? "");
}

/** The objects of a list, of one under `Rules` or `Profiles`, or of one that stands alone. */
function itemsOf(value: JsonValue): JsonValue[] {
  if (value.kind === "array") return value.items.flatMap(itemsOf);
  // PowerShell 5 may write a list as an object with its `value` and `Count`.
  const lists = ["Rules", "Profiles", "value"]
    .map((key) => jsonMember(value, key))
    .filter((list) => list !== undefined);
  return lists.length > 0 ? lists.flatMap(itemsOf) : [value];
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

/** Undefined: it is no profile, or one that nobody here knows. */
function readProfile(item: JsonObject, ledger: LineLedger): ProfileSettings | undefined {
  const text = (key: string) => textsOf(jsonMember(item, key))[0] ?? "";
  const switched = (key: string) => SWITCHES.get(text(key)) ?? wordOf(text(key));
  const name = wordOf(text("Name") || text("Profile"));
  const profile: Profile | undefined = PROFILES.find((candidate) => candidate === name);
  if (profile === undefined || jsonMember(item, "DefaultInboundAction") === undefined) return undefined;
  ledger.markRange(item.line, item.endLine, "modelled", `settings of the ${profile} profile`);
  return {
    profile,
    line: item.line,
    isOn: switched("Enabled") === "yes" ? true : switched("Enabled") === "no" ? false : "unread",
    isShielded: shieldOf(text("AllowInboundRules")),
    inbound: defaultOf(text("DefaultInboundAction")),
    outbound: defaultOf(text("DefaultOutboundAction")),
  };
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
