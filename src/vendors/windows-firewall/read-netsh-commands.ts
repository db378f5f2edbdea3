/** A script of `netsh advfirewall firewall add rule` commands to rules. */
import type { Diagnostic } from "../../model/diagnostic.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { listItems, ruleFromFields } from "./rule-from-fields.js";
import type { Field, WindowsRule } from "./types.js";
import { fieldOf } from "./vocabulary.js";

const ADD_RULE = /^\s*(?:netsh(?:\.exe)?\s+)?advfirewall\s+firewall\s+add\s+rule\s+(.*)$/i;
const PARAMETER = /([A-Za-z]+)\s*=\s*(?:"([^"]*)"|(\S*))/g;

// Absent parameters: "enable … The default is yes", and `any` for the rest (page "Netsh AdvFirewall Firewall Commands").
const DEFAULTS: readonly (readonly [Field, string])[] = [["enabled", "yes"]];

/** The rules of the commands that add one; other commands are rejected, for they may change or delete rules. */
export function readNetshCommands(
  text: string,
  file: string,
  ledger: LineLedger,
): { readonly rules: readonly WindowsRule[]; readonly diagnostics: readonly Diagnostic[] } {
  const rules: WindowsRule[] = [];
  const diagnostics: Diagnostic[] = [];
  text.split(/\r?\n/).forEach((content, index) => {
    const line = index + 1;
    const parameters = ADD_RULE.exec(content)?.[1];
    if (parameters !== undefined) rules.push(readCommand(parameters, line, ledger));
    else if (content.trim() !== "" && !/^\s*(?:::?|rem\b|@?echo\b)/i.test(content)) {
      ledger.mark(line, "rejected", "a command that adds no rule");
      const message = "a command that adds no rule is not followed";
      const at = { file, line };
      diagnostics.push({ code: "windows-firewall/other-command", severity: "warning", message, at, effect: "unknown" });
    }
  });
  return { rules, diagnostics };
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
    else if (field === undefined || field === "name") conditions.push(`the parameter \`${key}\` is not modelled`);
    else if (field === "protocol") readProtocol(value, values);
    else values.set(field, field === "program" ? [value] : listItems(value));
    if (given.has(key.toLowerCase())) conditions.push(`the parameter \`${key}\` is given twice`);
    given.add(key.toLowerCase());
  }
  if (parameters.replace(PARAMETER, "").trim() !== "") conditions.push("a part of the command is not understood");
  ledger.mark(line, conditions.length > 0 ? "approximated" : "modelled", `rule ${name}`);
  return ruleFromFields({ name, line, values, conditions });
}

/** `icmpv4:type,code` names type and code beside the protocol. */
function readProtocol(value: string, values: Map<Field, string[]>): void {
  const [protocol = "", icmp] = value.split(":");
  values.set("protocol", [protocol]);
  if (icmp !== undefined) values.set("icmp", [icmp.replace(",", ":")]);
}
