/** Puts rules that allow into a listing of `netsh advfirewall firewall show rule`, in English. */
import type { Insertion, PatchedText } from "../../model/allow-list.js";
import { commandsOf } from "./rule-commands.js";

const FIRST_RULE = /^Rule Name:/m;

/** The listing as it will be; undefined where a rule that blocks stops the packets (no other overrides it), or in other forms. */
export function insertAces(text: string, { acl, stoppedBy, direction }: Insertion): PatchedText | undefined {
  const first = FIRST_RULE.exec(text);
  if (first === null || stoppedBy !== undefined) return undefined;
  const side = direction === "input" ? "Inbound" : "Outbound";
  const written = acl.aces.map((ace) => commandsOf(ace, side, []));
  if (written.some(({ refusals }) => refusals.length > 0)) return undefined;
  const commands = written.flatMap((each) => each.commands);
  const ending = text.includes("\r\n") ? "\r\n" : "\n";
  const blocks = commands.map((command) => `${listed(command, side).join(ending)}${ending}${ending}`);
  return { text: text.slice(0, first.index) + blocks.join("") + text.slice(first.index), commands };
}

/** The lines in which `netsh` lists the rule a command makes. */
function listed(command: string, side: "Inbound" | "Outbound"): string[] {
  const value = (parameter: string): string | undefined => new RegExp(` -${parameter} (\\S+)`).exec(command)?.[1];
  const line = (label: string, text: string): string => `${`${label}:`.padEnd(38)}${text}`;
  const protocol = value("Protocol") ?? "Any";
  const hasPorts = protocol === "TCP" || protocol === "UDP";
  const [type, code = "Any"] = (value("IcmpType") ?? "").split(":");
  return [
    line("Rule Name", /-DisplayName "([^"]*)"/.exec(command)?.[1] ?? ""),
    "-".repeat(70),
    line("Enabled", "Yes"),
    line("Direction", side === "Inbound" ? "In" : "Out"),
    line("Profiles", "Domain,Private,Public"),
    line("Grouping", ""),
    line("LocalIP", value("LocalAddress") ?? "Any"),
    line("RemoteIP", value("RemoteAddress") ?? "Any"),
    line("Protocol", protocol),
    ...(hasPorts
      ? [line("LocalPort", value("LocalPort") ?? "Any"), line("RemotePort", value("RemotePort") ?? "Any")]
      : []),
    ...(type ? [`${" ".repeat(38)}Type    Code`, `${" ".repeat(38)}${type.padEnd(8)}${code}`] : []),
    line("Edge traversal", "No"),
    line("InterfaceTypes", "Any"),
    line("Security", "NotRequired"),
    line("Rule source", "Local Setting"),
    line("Action", "Allow"),
  ];
}
