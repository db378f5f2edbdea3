/** The registry and group policy form (`v2.30|Action=Allow|…|`, .reg file or `reg query` output) to rules and settings. */
import type { Diagnostic } from "../../model/diagnostic.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { ruleFromKeys } from "./rule-from-keys.js";
import {
  type Default,
  type Gap,
  type Profile,
  type ProfileSettings,
  SET_ASIDE,
  type Unread,
  type WindowsRule,
} from "./types.js";

const RULE_TEXT = /\bv\d\.\d{1,3}\|(?:[^|]*\|)+/i;
const SECTION = /^\s*\[?(-?HKEY_[^\]]*)\]?\s*$/i;
const SETTING = /^\s*"?(\w+)"?(?:\s*=|\s+REG_\w+\s)\s*(.*?)\s*$/i;
const READ = new Set(["enablefirewall", "defaultinboundaction", "defaultoutboundaction", "donotallowexceptions"]);
const DWORD = /^(?:dword:|0x)([0-9a-f]{1,8})$/i;

const PROFILE_SECTIONS = new Map<string, Profile>(
  Object.entries({
    domainprofile: "domain",
    standardprofile: "private",
    privateprofile: "private",
    publicprofile: "public",
  }),
);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type SettingsByProfile = Map<Profile, Mutable<ProfileSettings>>;

export interface RegistryExport {
  readonly rules: readonly WindowsRule[];
  readonly settings: readonly ProfileSettings[];
  readonly gaps: readonly Gap[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a reset restores. */
const DEFAULTS = /\\sharedaccess\\defaults(?:\\|$)/;
/** What group policy sets, which comes before what the machine has of its own. */
const POLICIES = /\\policies\\microsoft\\windowsfirewall(?:\\|$)/;
/** With 0 a profile asks the rules of group policy alone; what nobody can read may be 0. */
const NO_MERGE = /^\s*"?AllowLocalPolicyMerge"?(?:=|\s+REG_\w+\s+)(?!(?:dword:|0x)0*1\s*$)/i;
/** Lists of rules in the form of Windows XP, which group policy may still set. */
const OLD_LIST = "a rule in the form of Windows XP is not read";
const ENTRY = /"\s*=|\sREG_\w+\s/;
const OLD_LISTS = /\\(?:globallyopenports|authorizedapplications|services|icmpsettings|remoteadminsettings)(?:\\|$)/;

/** Reads rules wherever they stand and settings under the key of their profile. */
export function readRegistry(text: string, file: string, ledger: LineLedger): RegistryExport {
  const rules: WindowsRule[] = [];
  const ownRules = new Set<WindowsRule>();
  const own: SettingsByProfile = new Map();
  const policies: SettingsByProfile = new Map();
  const gaps: Gap[] = [];
  let setsOwnAside = false;
  const diagnostics: Diagnostic[] = [];
  let section = "";
  text.split(/\r?\n/).forEach((content, index) => {
    const line = index + 1;
    const rule = RULE_TEXT.exec(content)?.[0];
    const heading = SECTION.exec(content)?.[1];
    const settings = POLICIES.test(section) ? policies : own;
    setsOwnAside ||= POLICIES.test(section) && NO_MERGE.test(content);
    if (rule !== undefined) {
      rules.push(readRuleText(rule, content, section, line, ledger));
      if (!POLICIES.test(section)) ownRules.add(rules.at(-1) as WindowsRule);
    } else if (heading !== undefined) section = heading.toLowerCase();
    else if (POLICIES.test(section) && OLD_LISTS.test(section) && ENTRY.test(content)) {
      ledger.mark(line, "rejected", OLD_LIST);
      gaps.push({ line, reason: OLD_LIST });
    } else if (!readSetting(content, line, section, settings, ledger) && isForeign(content)) {
      ledger.mark(line, "rejected", "no rule and no setting of the firewall");
      const at = { file, line };
      const message = "a line that is no rule and no setting of the firewall";
      diagnostics.push({ code: "windows-firewall/unknown-line", severity: "warning", message, at, effect: "unknown" });
    }
  });
  const aside = (rule: WindowsRule) =>
    setsOwnAside && ownRules.has(rule) ? { ...rule, conditions: [...rule.conditions, SET_ASIDE] } : rule;
  const settings = [
    ...[...own.values()].map(withState),
    ...[...policies.values()].map((each) => (own.has(each.profile) ? each : withState(each))),
  ];
  return { rules: rules.map(aside), settings, gaps, diagnostics };
}

/** Without a value for the state, nobody knows it. */
function withState(settings: ProfileSettings): ProfileSettings {
  return { ...settings, isOn: settings.isOn ?? "unread" };
}

function isForeign(content: string): boolean {
  const isKnown = /^\s*$|^Windows Registry Editor|^REGEDIT4|^\s*;|^\s*"?@?[\w {}-]*"?\s*=|\sREG_(?:SZ|DWORD|BINARY)\s/i;
  return !isKnown.test(content);
}

function readRuleText(text: string, content: string, section: string, line: number, ledger: LineLedger): WindowsRule {
  const isEscaped = /"\s*=\s*"/.test(content);
  const plain = isEscaped ? text.replace(/\\(["\\])/g, "$1") : text;
  const conditions = section.includes("restrictedservices") ? ["a rule of service hardening"] : [];
  if (DEFAULTS.test(section)) conditions.push("it holds after a reset of the firewall");
  const rest = content.slice(content.indexOf(text) + text.length).trim();
  if (rest !== "" && rest !== '"') conditions.push("the rule breaks off");
  const pairs = plain
    .split("|")
    .slice(1, -1)
    .map((pair) => [pair.split("=", 1)[0] ?? "", pair.slice(pair.indexOf("=") + 1)] as const);
  const { rule, isPartial } = ruleFromKeys(pairs, line, conditions);
  ledger.mark(line, isPartial ? "approximated" : "modelled", `rule ${rule.name}`);
  return rule;
}

function readSetting(
  content: string,
  line: number,
  section: string,
  settings: SettingsByProfile,
  ledger: LineLedger,
): boolean {
  const profile = PROFILE_SECTIONS.get(section.slice(section.lastIndexOf("\\") + 1));
  const match = SETTING.exec(content);
  if (profile === undefined || match === null || DEFAULTS.test(section)) return false;
  const key = match[1]?.toLowerCase() ?? "";
  const [, number] = DWORD.exec(match[2] ?? "") ?? [];
  if (number === undefined && !READ.has(key)) return false;
  const isSet = number === undefined ? "unread" : Number.parseInt(number, 16) !== 0;
  const draft = settings.get(profile) ?? {
    profile,
    line,
    isOn: undefined,
    isShielded: undefined,
    inbound: undefined,
    outbound: undefined,
  };
  settings.set(profile, draft);
  // [MS-GPFAS] 2.2.3: 1 blocks and 0 allows; DoNotAllowExceptions is the shield that sets rules aside.
  if (key === "enablefirewall") draft.isOn = isSet;
  else if (key === "defaultinboundaction") draft.inbound = block(isSet);
  else if (key === "defaultoutboundaction") draft.outbound = block(isSet);
  else if (key === "donotallowexceptions") draft.isShielded = isSet;
  else return true;
  ledger.mark(line, isSet === "unread" ? "approximated" : "modelled", `setting of the ${profile} profile`);
  return true;
}

function block(isSet: boolean | Unread): Default | Unread {
  return isSet === "unread" ? isSet : isSet ? "block" : "allow";
}
