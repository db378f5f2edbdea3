/** Recognises the form of a Windows Firewall export and reads it. */
import type { Diagnostic, Parsed } from "../../model/diagnostic.js";
import type { Detection } from "../../model/vendor.js";
import { parseJson } from "../../syntax/json.js";
import { LineLedger } from "../../syntax/line-ledger.js";
import { readCsv } from "./read-csv.js";
import { readNetshCommands } from "./read-netsh-commands.js";
import { readNetshOutput } from "./read-netsh-output.js";
import { readPolicyReport } from "./read-policy-report.js";
import { readPowerShell } from "./read-powershell.js";
import { readPowerShellScript } from "./read-powershell-script.js";
import { readRegistry } from "./read-registry.js";
import type { WindowsFile } from "./types.js";
import { fieldOf } from "./vocabulary.js";

type Form = "output" | "commands" | "registry" | "powershell" | "script" | "csv" | "policy-report";

/** A file is recognised by how it begins; what comes later does not count. */
const DETECTED_LENGTH = 200_000;

const UNDERLINED_NAME = /^(\S[^:：\r\n]{0,60}?)\s*[:：][^\r\n]*\r?\n-{20,}\s*$/m;
const POLICY_LINE = /^\S.*\b(?:Allow|Block)Inbound(?:Always)?,(?:Allow|Block)Outbound\s*$/m;
const COMMAND = /^\s*(?:netsh(?:\.exe)?\s+)?advfirewall\s+(?:firewall\s+add\s+rule|set\s+\w+profiles?)\s/im;
const CSV_HEADER = /^(?:#TYPE [^\n]*\n)?"?\w+"?[;,\t](?=[^\n]*\bDirection\b)(?=[^\n]*\bRemoteAddress\b)[^\n]*\n/i;
const SCRIPT = /^\s*(?:New-NetFirewallRule|Set-NetFirewallProfile)\s+-/im;
const REGISTRY_RULE = /\bv\d\.\d{1,3}\|(?:Action|Active|Dir|Protocol|Profile|App|Name)=/i;
const REGISTRY_SECTION = /^\[?HKEY_[^\r\n]*\\(?:FirewallPolicy|WindowsFirewall)(?:\\|\])/im;
const POLICY_REPORT = /GroupPolicy\/Settings\/WindowsFirewall/;
const POWERSHELL_KEY =
  /"(?:EdgeTraversalPolicy|LooseSourceMapping|LocalOnlyMapping|AllowInboundRules)"\s*:|"DefaultInboundAction"\s*:/;

/** Certain iff the text has the marks of one form of export. */
export function detectWindowsFirewall(text: string): Detection {
  if (formOf(text) !== undefined) return "certain";
  return UNDERLINED_NAME.test(text.slice(0, DETECTED_LENGTH)) ? "possible" : "no";
}

function formOf(text: string): Form | undefined {
  const head = text.slice(0, DETECTED_LENGTH);
  if (/^\s*</.test(head)) return POLICY_REPORT.test(head) ? "policy-report" : undefined;
  if (/^\s*[[{]\s*["{]/.test(head)) return isPowerShell(head) ? "powershell" : undefined;
  if (REGISTRY_RULE.test(head) || REGISTRY_SECTION.test(head)) return "registry";
  if (COMMAND.test(head)) return "commands";
  if (SCRIPT.test(head)) return "script";
  if (CSV_HEADER.test(head)) return "csv";
  if (POLICY_LINE.test(head)) return "output";
  const label = UNDERLINED_NAME.exec(head)?.[1];
  return label !== undefined && fieldOf(label) === "name" ? "output" : undefined;
}

function isPowerShell(head: string): boolean {
  return POWERSHELL_KEY.test(head) || (/"Direction"\s*:/.test(head) && /"(?:DisplayGroup|RemotePort)"\s*:/.test(head));
}

/** Never throws; a text of no known form is read as netsh output, line by line. */
export function parseWindowsFirewall(text: string, file: string): Parsed<WindowsFile> {
  const ledger = LineLedger.of(text);
  const empty = { file, rules: [], settings: [], activeProfiles: [], gaps: [], ledger };
  if (text.trim() === "") return { value: empty, diagnostics: [problem(file, "empty-file", "the file is empty", 1)] };
  const form = formOf(text);
  if (form === "powershell" || /^\s*[[{]/.test(text)) return parsePowerShell(text, empty);
  const { diagnostics, ...read } = readText(form, text, file, ledger);
  return { value: { ...empty, ...read }, diagnostics };
}

function readText(form: Form | undefined, text: string, file: string, ledger: LineLedger): Reading {
  if (form === "commands") return asWholePolicy(readNetshCommands(text, file, ledger), file);
  if (form === "registry") return readRegistry(text, file, ledger);
  if (form === "script") return asWholePolicy(readPowerShellScript(text, file, ledger), file);
  if (form === "csv") return { ...readCsv(text, ledger), diagnostics: [] };
  if (form === "policy-report") return { ...readPolicyReport(text, ledger), diagnostics: [] };
  return readNetshOutput(text, file, ledger);
}

/** A script adds to what a machine has; nothing in it says what that is. */
function asWholePolicy(reading: Reading, file: string): Reading {
  const remark: Diagnostic = {
    code: "windows-firewall/script-only",
    severity: "info",
    message: "read as if the machine had no rules but those of the script",
    help: "export the machine's own rules to know all of them",
    at: { file, line: reading.rules?.[0]?.line ?? 1 },
    effect: "unknown",
  };
  return { ...reading, diagnostics: [...reading.diagnostics, remark] };
}

type Reading = Partial<WindowsFile> & { readonly diagnostics: readonly Diagnostic[] };

function parsePowerShell(text: string, empty: WindowsFile): Parsed<WindowsFile> {
  const { value, error } = parseJson(text);
  if (value !== undefined) return { value: { ...empty, ...readPowerShell(value, empty.ledger) }, diagnostics: [] };
  empty.ledger.markRange(1, text.split(/\r?\n/).length, "rejected", "the file is not valid JSON");
  const message = `not valid JSON: ${error?.message ?? ""}`;
  return { value: empty, diagnostics: [problem(empty.file, "invalid-json", message, error?.line ?? 1)] };
}

function problem(file: string, slug: string, message: string, line: number): Diagnostic {
  const help = "export it again: nothing of a damaged file is used";
  return { code: `windows-firewall/${slug}`, severity: "error", message, help, at: { file, line }, effect: "unknown" };
}
