/** Changes a listing of `netsh advfirewall firewall show rule`, in English, so that packets are allowed. */
import type { Ace } from "../../model/acl.js";
import type { Insertion, PatchedText } from "../../model/allow-list.js";
import { commandsOf } from "./rule-commands.js";

const RULE = /^Rule Name:\s*(.*?)\s*$/;

/** The listing as it will be; undefined in other forms, or where a rule that blocks stops the packets and cannot be narrowed. */
export function insertAces(text: string, insertion: Insertion): PatchedText | undefined {
  const { acl, stoppedBy, direction, instead = [], at } = insertion;
  if (stoppedBy !== undefined && insertion.instead === undefined) return undefined;
  const lines = text.split("\n");
  const side = direction === "input" ? "Inbound" : "Outbound";
  const [allowing, blocking] = [commandsFor(acl.aces, side), commandsFor(instead, side)];
  const first = lines.findIndex((line) => RULE.test(line));
  const stopping = stoppedBy === undefined ? { from: first, to: first } : blockAt(lines, at.line - 1);
  if (first < 0 || allowing === undefined || blocking === undefined || stopping === undefined) return undefined;
  const ending = text.includes("\r\n") ? "\r" : "";
  const added = [...blocking, ...allowing].flatMap((command) => [...listed(command, side), ""]);
  const patched = lines.toSpliced(stopping.from, stopping.to - stopping.from, ...added.map((line) => line + ending));
  const removal = stopping.name === undefined ? [] : [`Remove-NetFirewallRule -DisplayName ${stopping.name}`];
  return { text: patched.join("\n"), commands: [...removal, ...blocking, ...allowing] };
}

function commandsFor(aces: readonly Ace[], side: "Inbound" | "Outbound"): string[] | undefined {
  const written = aces.map((ace) => commandsOf(ace, side, []));
  return written.some(({ refusals }) => refusals.length > 0) ? undefined : written.flatMap(({ commands }) => commands);
}

/** The lines of one rule with the blank line after it, and its name; undefined where others have the same name. */
function blockAt(
  lines: readonly string[],
  from: number,
): { readonly from: number; readonly to: number; readonly name?: string } | undefined {
  const name = RULE.exec(lines[from] ?? "")?.[1];
  if (name === undefined || lines.filter((line) => RULE.exec(line)?.[1] === name).length > 1) return undefined;
  const end = lines.findIndex((line, index) => index > from && /^Action:/.test(line));
  if (end < 0 || !/^[\w .()-]+$/.test(name)) return undefined;
  return { from, to: lines[end + 1]?.trim() === "" ? end + 2 : end + 1, name: `"${name}"` };
}

/** The lines in which `netsh` lists the rule a command makes. */
function listed(command: string, side: "Inbound" | "Outbound"): string[] {
  const value = (parameter: string): string | undefined =>
    new RegExp(` -${parameter} (\\S+)`).exec(command)?.[1]?.replaceAll('"', "");
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
    line("Action", value("Action") ?? ""),
  ];
}
