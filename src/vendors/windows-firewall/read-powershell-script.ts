/** A script of `New-NetFirewallRule` and `Set-NetFirewallProfile` commands to rules and settings. */
import type { Diagnostic } from "../../model/diagnostic.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { gapOfCommand, gapOfRest, otherCommand } from "./other-command.js";
import { defaultOf, shieldOf } from "./read-powershell.js";
import { ruleFromFields } from "./rule-from-fields.js";
import { type Field, type Gap, PROFILES, type Profile, type ProfileSettings, type WindowsRule } from "./types.js";
import { fieldOf, wordOf } from "./vocabulary.js";

const COMMAND = /^\s*(New-NetFirewallRule|Set-NetFirewallProfile)\b(.*)$/is;
const VALUE = String.raw`"[^"]*"|'[^']*'|[^\s,"'|;]+`;
const PARAMETER = new RegExp(
  String.raw`\s-([A-Za-z]+)(?:(?:\s+|:)((?!-[A-Za-z])(?:${VALUE})(?:\s*,\s*(?:${VALUE}))*))?`,
  "g",
);

// learn.microsoft.com/powershell/module/netsecurity/new-netfirewallrule: what a rule has that names none
const DEFAULTS: readonly (readonly [Field, string])[] = [
  ["enabled", "True"],
  ["direction", "Inbound"],
  ["action", "Allow"],
];

/** What keeps a command from printing what it made. */
const SILENCED = /\|\s*Out-Null\s*$/i;

/** Every parameter of `New-NetFirewallRule` by its full name; PowerShell takes the beginning of one for it. */
const OF_RULES = new Set([
  ...["policystore", "gposession", "name", "displayname", "description", "group", "enabled", "profile", "platform"],
  ...["direction", "action", "edgetraversalpolicy", "loosesourcemapping", "localonlymapping", "owner"],
  ...["localaddress", "remoteaddress", "protocol", "localport", "remoteport", "icmptype", "dynamictarget"],
  ...["dynamictransport", "program", "package", "service", "interfacealias", "interfacetype", "localuser"],
  ...["remoteuser", "remotemachine", "authentication", "encryption", "overrideblockrules", "policyappid"],
  ...["remotedynamickeywordaddresses", "cimsession", "throttlelimit", "asjob", "whatif", "confirm", "verbose", "debug"],
  ...["erroraction", "errorvariable", "warningaction", "informationaction"],
]);

/** False for a shortened name, which may say that the rule blocks. */
function isOfRules(parameter: string): boolean {
  return OF_RULES.has(parameter);
}

/** Parameters that say nothing about packets. */
const IDLE = new Set(["name", "displayname", "description", "group", "policystore", "edgetraversalpolicy"]);

export interface ScriptReading {
  readonly rules: readonly WindowsRule[];
  readonly settings: readonly ProfileSettings[];
  readonly gaps: readonly Gap[];
  readonly diagnostics: readonly Diagnostic[];
}

type Parameters = ReadonlyMap<string, readonly string[]>;

/** Reads each command; a backtick at the end of a line continues it. Other commands are rejected: they may do anything. */
export function readPowerShellScript(text: string, file: string, ledger: LineLedger): ScriptReading {
  const rules: WindowsRule[] = [];
  const settings: ProfileSettings[] = [];
  const gaps: Gap[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { content, first, last } of joinedLines(text)) {
    const [, command, rest = ""] = COMMAND.exec(content) ?? [];
    if (command === undefined) {
      ledger.markRange(first, last, "rejected", "a command that is not followed");
      diagnostics.push(otherCommand(file, first));
      gaps.push(...gapOfCommand(content, first));
      continue;
    }
    ledger.markRange(first, last, "modelled", command);
    const said = rest.replace(SILENCED, "");
    const isWhole = said.replace(PARAMETER, "").trim() === "";
    const parameters = new Map(
      [...said.matchAll(PARAMETER)].map((found) => [found[1]?.toLowerCase() ?? "", items(found[2])]),
    );
    if (/^new/i.test(command)) rules.push(readRule(parameters, first));
    else settings.push(...readProfiles(parameters, first));
    const isNamed = /^new/i.test(command) ? [...parameters.keys()].every(isOfRules) : isFollowed(parameters);
    if (!isWhole || !isNamed) gaps.push(gapOfRest(first));
  }
  return { rules, settings, gaps, diagnostics };
}

interface JoinedLine {
  readonly content: string;
  readonly first: number;
  readonly last: number;
}

/** Commands without comments and blank lines, continued lines joined. */
function* joinedLines(text: string): Generator<JoinedLine> {
  let content = "";
  let first = 0;
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (content === "" && /^\s*(?:#|$)/.test(line)) continue;
    if (content === "") first = index + 1;
    const isContinued = /`\s*$/.test(line) && index + 1 < lines.length;
    content += ` ${isContinued ? line.replace(/`\s*$/, "") : line}`;
    if (isContinued) continue;
    yield { content, first, last: index + 1 };
    content = "";
  }
}

function items(list: string | undefined): string[] {
  const found = (list ?? "").matchAll(new RegExp(VALUE, "g"));
  return [...found].map(([value]) => value.replace(/^(["'])(.*)\1$/s, "$2"));
}

function readRule(parameters: Parameters, line: number): WindowsRule {
  const values = new Map<Field, readonly string[]>(DEFAULTS.map(([field, value]) => [field, [value]]));
  const conditions: string[] = [];
  for (const [key, given] of parameters) {
    const field = fieldOf(key);
    if (IDLE.has(key)) continue;
    if (key === "overrideblockrules") {
      if (wordOf(given[0] ?? "") !== "no") values.set("action", ["bypass"]);
    } else if (key === "authentication" || key === "encryption") {
      if (wordOf(given[0] ?? "") !== "notrequired") conditions.push(`${key} ${given.join(" ")}`);
    } else if (field === undefined || field === "name")
      conditions.push(`the parameter \`${key} ${given.join(" ")}\` is not modelled`);
    else values.set(field, given);
  }
  const dynamic = parameters.get("remotedynamickeywordaddresses") ?? [];
  if (dynamic.length > 0) values.set("remote-address", [...(values.get("remote-address") ?? ["Any"]), ...dynamic]);
  const name = (parameters.get("displayname") ?? parameters.get("name") ?? [`line ${line}`])[0] as string;
  return ruleFromFields({ name, line, values, conditions });
}

/** Parameters of `Set-NetFirewallProfile` that are read, and others that say nothing about packets. */
const OF_PROFILES =
  /^(?:profile|name|all|enabled|default(?:in|out)boundaction|allowinboundrules|notifyonlisten|log\w+|policystore)$/;

/** True iff it is known which profiles are set, and to what. */
function isFollowed(parameters: Parameters): boolean {
  const named = [...(parameters.get("profile") ?? []), ...(parameters.get("name") ?? [])].map(wordOf);
  const isNamed = named.every((name) => PROFILES.some((profile) => profile === name));
  return isNamed && [...parameters.keys()].every((key) => OF_PROFILES.test(key));
}

function readProfiles(parameters: Parameters, line: number): ProfileSettings[] {
  const named = (parameters.get("profile") ?? parameters.get("name") ?? []).map(wordOf);
  const profiles: readonly Profile[] = named.length === 0 ? PROFILES : PROFILES.filter((name) => named.includes(name));
  const text = (key: string) => parameters.get(key)?.[0] ?? "";
  const enabled = wordOf(text("enabled"));
  const stated = enabled === "yes" ? true : enabled === "no" ? false : "unread";
  return profiles.map((profile) => ({
    profile,
    line,
    isOn: parameters.has("enabled") ? stated : undefined,
    isShielded: shieldOf(text("allowinboundrules")),
    inbound: defaultOf(text("defaultinboundaction")),
    outbound: defaultOf(text("defaultoutboundaction")),
  }));
}
