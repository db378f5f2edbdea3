/** The registry and group policy form (`v2.30|Action=Allow|…|`, .reg file or `reg query` output) to rules and settings. */
import type { Diagnostic } from "../../model/diagnostic.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { ruleFromFields } from "./rule-from-fields.js";
import type { Field, Profile, ProfileSettings, WindowsRule } from "./types.js";

const RULE_TEXT = /\bv\d\.\d{1,3}\|(?:[^|]*\|)+/i;
const SECTION = /^\s*\[?(-?HKEY_[^\]]*)\]?\s*$/i;
const SETTING = /^\s*"?(\w+)"?\s*(?:=\s*dword:|\s+REG_DWORD\s+)(?:0x)?([0-9a-f]{1,8})\s*$/i;

// [MS-GPFAS] 2.2.2.19 (2024-04-23): repeated keys are alternatives, an absent Profile means every profile, an absent
// Protocol means any, an absent Active means false. LA4/RA4 and LA6/RA6 are the two families of one list.
const FIELDS: Readonly<Record<string, Field>> = {
  action: "action",
  active: "enabled",
  dir: "direction",
  profile: "profiles",
  protocol: "protocol",
  lport: "local-port",
  lport2_10: "local-port",
  lport2_20: "local-port",
  lport2_24: "local-port",
  lport2_25: "local-port",
  lport2_29: "local-port",
  rport: "remote-port",
  rport2_10: "remote-port",
  rport2_25: "remote-port",
  rport2_28: "remote-port",
  la4: "local-address",
  la6: "local-address",
  ra4: "remote-address",
  ra6: "remote-address",
  ra42: "remote-address",
  ra62: "remote-address",
  icmp4: "icmp",
  icmp6: "icmp",
  app: "program",
  svc: "service",
  iftype: "interface-type",
  security: "security",
  security2: "security",
  security2_9: "security",
};

/** Keys that say nothing about packets. */
const IDLE = new Set(["name", "desc", "embedctxt", "edge", "defer", "lsm", "platform", "platform2", "skipver"]);

const PROFILE_SECTIONS: Readonly<Record<string, Profile>> = {
  domainprofile: "domain",
  standardprofile: "private",
  privateprofile: "private",
  publicprofile: "public",
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface RegistryExport {
  readonly rules: readonly WindowsRule[];
  readonly settings: readonly ProfileSettings[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads rules wherever they stand and settings under the key of their profile. */
export function readRegistry(text: string, file: string, ledger: LineLedger): RegistryExport {
  const rules: WindowsRule[] = [];
  const settings = new Map<Profile, Mutable<ProfileSettings>>();
  const diagnostics: Diagnostic[] = [];
  let section = "";
  text.split(/\r?\n/).forEach((content, index) => {
    const line = index + 1;
    const rule = RULE_TEXT.exec(content)?.[0];
    const heading = SECTION.exec(content)?.[1];
    if (rule !== undefined) rules.push(readRuleText(rule, content, section, line, ledger));
    else if (heading !== undefined) section = heading.toLowerCase();
    else if (!readSetting(content, line, section, settings, ledger) && isForeign(content)) {
      ledger.mark(line, "rejected", "no rule and no setting of the firewall");
      const at = { file, line };
      const message = "a line that is no rule and no setting of the firewall";
      diagnostics.push({ code: "windows-firewall/unknown-line", severity: "warning", message, at, effect: "unknown" });
    }
  });
  return { rules, settings: [...settings.values()], diagnostics };
}

function isForeign(content: string): boolean {
  const isKnown = /^\s*$|^Windows Registry Editor|^REGEDIT4|^\s*;|^\s*"?@?[\w {}-]*"?\s*=|\sREG_(?:SZ|DWORD|BINARY)\s/i;
  return !isKnown.test(content);
}

function readRuleText(text: string, content: string, section: string, line: number, ledger: LineLedger): WindowsRule {
  const isEscaped = /"\s*=\s*"/.test(content);
  const plain = isEscaped ? text.replace(/\\(["\\])/g, "$1") : text;
  const values = new Map<Field, string[]>([["enabled", ["FALSE"]]]);
  const conditions: string[] = section.includes("restrictedservices") ? ["a rule of service hardening"] : [];
  const rest = content.slice(content.indexOf(text) + text.length).trim();
  if (rest !== "" && rest !== '"') conditions.push("the rule breaks off");
  const given = plain.split("|").slice(1, -1);
  let name = "";
  for (const pair of given) {
    const [key = "", ...rest] = pair.split("=");
    const value = rest.join("=");
    const lower = key.toLowerCase();
    const field = FIELDS[lower];
    if (lower === "name") name = value;
    if (lower === "platform" || lower === "platform2") conditions.push("it is for some versions of Windows");
    if (field !== undefined) add(values, field, value);
    else if (!IDLE.has(lower)) conditions.push(`the key \`${key}\` is not modelled`);
  }
  const families = familyGap(given);
  if (families !== undefined) conditions.push(families);
  ledger.mark(line, conditions.length > 0 ? "approximated" : "modelled", `rule ${name}`);
  return ruleFromFields({ name: name || `line ${line}`, line, values, conditions: [...new Set(conditions)] });
}

function add(values: Map<Field, string[]>, field: Field, value: string): void {
  const earlier = field === "enabled" ? [] : (values.get(field) ?? []);
  values.set(field, [...earlier, value]);
}

/** A side that names addresses of one family only: no page says whether it matches the other family. */
function familyGap(given: readonly string[]): string | undefined {
  const has = (key: string) => given.some((pair) => pair.toLowerCase().startsWith(key));
  const gap = ["la", "ra"].some((side) => has(`${side}4`) !== has(`${side}6`) && has(`${side}6`));
  return gap ? "it names IPv6 addresses and no IPv4 addresses" : undefined;
}

function readSetting(
  content: string,
  line: number,
  section: string,
  settings: Map<Profile, Mutable<ProfileSettings>>,
  ledger: LineLedger,
): boolean {
  const profile = PROFILE_SECTIONS[section.slice(section.lastIndexOf("\\") + 1)];
  const match = SETTING.exec(content);
  if (profile === undefined || match === null) return false;
  const isSet = Number.parseInt(match[2] as string, 16) !== 0;
  const draft = settings.get(profile) ?? { profile, line, isOn: undefined, inbound: undefined, outbound: undefined };
  settings.set(profile, draft);
  const key = match[1]?.toLowerCase();
  // [MS-GPFAS] 2.2.3: 1 blocks and 0 allows; DoNotAllowExceptions is the shield that sets rules aside.
  if (key === "enablefirewall") draft.isOn = isSet;
  else if (key === "defaultinboundaction")
    draft.inbound = draft.inbound === "block-always" ? "block-always" : block(isSet);
  else if (key === "defaultoutboundaction") draft.outbound = block(isSet);
  else if (key === "donotallowexceptions" && isSet) draft.inbound = "block-always";
  else return true;
  ledger.mark(line, "modelled", `setting of the ${profile} profile`);
  return true;
}

function block(isSet: boolean): "allow" | "block" {
  return isSet ? "block" : "allow";
}
