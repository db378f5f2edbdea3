/** A script of `netsh advfirewall` commands to rules and settings. */
import type { Diagnostic } from "../../model/diagnostic.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { gapOfCommand, gapOfRest, otherCommand } from "./other-command.js";
import { readPolicy, readProfileLine, type SettingsDraft, settingsFrom } from "./read-netsh-profile.js";
import { listItems, ruleFromFields } from "./rule-from-fields.js";
import { type Field, type Gap, PROFILES, type Profile, type ProfileSettings, type WindowsRule } from "./types.js";
import { fieldOf } from "./vocabulary.js";

const ADD_RULE = /^\s*(?:netsh(?:\.exe)?\s+)?advfirewall\s+firewall\s+add\s+rule\s+(.*)$/i;
const SET_PROFILE =
  /^\s*(?:netsh(?:\.exe)?\s+)?advfirewall\s+set\s+(all|domain|private|public)profiles?\s+(state|firewallpolicy)\s+"?([\w,]+)"?\s*$/i;
const PARAMETER = /([A-Za-z]+)\s*=\s*(?:"([^"]*)"|(\S*))/g;

// Absent parameters: "enable … The default is yes", and `any` for the rest (page "Netsh AdvFirewall Firewall Commands").
const DEFAULTS: readonly (readonly [Field, string])[] = [["enabled", "yes"]];

/** What the commands of a script set up. */
export interface CommandReading {
  readonly rules: readonly WindowsRule[];
  readonly settings: readonly ProfileSettings[];
  readonly gaps: readonly Gap[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Follows `add rule` and the state and defaults of profiles; every other command is rejected. */
export function readNetshCommands(text: string, file: string, ledger: LineLedger): CommandReading {
  const rules: WindowsRule[] = [];
  const drafts = new Map<Profile, SettingsDraft>();
  const gaps: Gap[] = [];
  const diagnostics: Diagnostic[] = [];
  text.split(/\r?\n/).forEach((content, index) => {
    const line = index + 1;
    const parameters = ADD_RULE.exec(content)?.[1];
    const setting = SET_PROFILE.exec(content);
    if (parameters !== undefined) {
      rules.push(readCommand(parameters, line, ledger));
      if (parameters.replace(PARAMETER, "").trim() !== "") gaps.push(gapOfRest(line));
    } else if (setting !== null) readSetting(setting, line, drafts, ledger);
    else if (content.trim() !== "" && !/^\s*(?:::?|rem\b|@?echo\b)/i.test(content)) {
      ledger.mark(line, "rejected", "a command that is not followed");
      diagnostics.push(otherCommand(file, line));
      gaps.push(...gapOfCommand(content, line));
    }
  });
  return { rules, settings: [...drafts.values()].map(settingsFrom), gaps, diagnostics };
}

/** `set allprofiles state on` or `set domainprofile firewallpolicy blockinbound,allowoutbound`. */
function readSetting(
  [, scope = "", what = "", value = ""]: readonly (string | undefined)[],
  line: number,
  drafts: Map<Profile, SettingsDraft>,
  ledger: LineLedger,
): void {
  const profiles = PROFILES.filter((profile) => /^all$/i.test(scope) || profile === scope.toLowerCase());
  for (const profile of profiles) {
    // A script that names no state leaves the machine's own: on, unless somebody turned it off.
    const draft = drafts.get(profile) ?? { profile, line, isOn: true };
    drafts.set(profile, draft);
    if (/^state$/i.test(what)) readProfileLine(draft, `State  ${value}`, line, ledger);
    else readPolicy(draft, value, line, ledger);
  }
}

function readCommand(parameters: string, line: number, ledger: LineLedger): WindowsRule {
  const values = new Map<Field, string[]>(DEFAULTS.map(([field, value]) => [field, [value]]));
  const conditions: string[] = [];
  const given = new Set<string>();
  let name = `line ${line}`;
  for (const [, key = "", quoted, bare = ""] of parameters.matchAll(PARAMETER)) {
    const value = quoted ?? bare;
    const field = fieldOf(key);
    if (key.toLowerCase() === "name") name = value;
    else if (field === undefined || field === "name")
      conditions.push(`the parameter \`${key}=${value}\` is not modelled`);
    else if (field === "protocol") readProtocol(value, values);
    else values.set(field, field === "program" ? [value] : listItems(value));
    if (given.has(key.toLowerCase())) conditions.push(`the parameter \`${key}\` is given twice`);
    given.add(key.toLowerCase());
  }
  ledger.mark(line, conditions.length > 0 ? "approximated" : "modelled", `rule ${name}`);
  return ruleFromFields({ name, line, values, conditions });
}

/** `icmpv4:type,code` names type and code beside the protocol. */
function readProtocol(value: string, values: Map<Field, string[]>): void {
  const [protocol = "", icmp] = value.split(":");
  values.set("protocol", [protocol]);
  if (icmp !== undefined) values.set("icmp", [icmp.replace(",", ":")]);
}
