/** Changes a listing of `netsh advfirewall firewall show rule`, in English, so that packets are allowed. */
import type { Ace } from "../../model/acl.js";
import type { Insertion, PatchedText } from "../../model/allow-list.js";
import { commandOf, type WrittenRule, writtenRules } from "./rule-commands.js";

const RULE = /^Rule Name:\s*(.*?)\s*$/;

/** The listing as it will be; undefined in other forms, or where a rule that blocks stops the packets and cannot be narrowed. */
export function insertAces(text: string, insertion: Insertion): PatchedText | undefined {
  const { acl, stoppedBy, direction, instead = [], at } = insertion;
  if (stoppedBy !== undefined && insertion.instead === undefined) return undefined;
  const lines = text.split("\n");
  const side = direction === "input" ? "Inbound" : "Outbound";
  const [allowing, blocking] = [rulesFor(acl.aces, side), rulesFor(instead, side)];
  const first = lines.findIndex((line) => RULE.test(line));
  const stopping = stoppedBy === undefined ? { from: first, to: first } : blockAt(lines, at.line - 1);
  if (first < 0 || allowing === undefined || blocking === undefined || stopping === undefined) return undefined;
  const ending = text.includes("\r\n") ? "\r" : "";
  const rules = [...blocking, ...allowing];
  const added = rules.flatMap((rule) => [...listed(rule), ""]);
  const patched = lines.toSpliced(stopping.from, stopping.to - stopping.from, ...added.map((line) => line + ending));
  const removal = stopping.name === undefined ? [] : [`Remove-NetFirewallRule -DisplayName ${stopping.name}`];
  return { text: patched.join("\n"), commands: [...removal, ...rules.map(commandOf)] };
}

function rulesFor(aces: readonly Ace[], side: WrittenRule["side"]): WrittenRule[] | undefined {
  const written = aces.map((ace) => writtenRules(ace, side, []));
  return written.some(({ refusals }) => refusals.length > 0) ? undefined : written.flatMap(({ rules }) => rules);
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

/** The lines in which `netsh` lists the rule. */
function listed(rule: WrittenRule): string[] {
  const { protocol = "Any", icmpTypes } = rule;
  const line = (label: string, text: string): string => `${`${label}:`.padEnd(LABEL_WIDTH)}${text}`;
  const list = (label: string, values: readonly string[] = ["Any"]): string => line(label, values.join(","));
  const hasPorts = protocol === "TCP" || protocol === "UDP";
  return [
    line("Rule Name", rule.name),
    "-".repeat(70),
    line("Enabled", "Yes"),
    line("Direction", rule.side === "Inbound" ? "In" : "Out"),
    line("Profiles", "Domain,Private,Public"),
    line("Grouping", ""),
    list("LocalIP", rule.localAddresses),
    list("RemoteIP", rule.remoteAddresses),
    line("Protocol", protocol),
    ...(hasPorts ? [list("LocalPort", rule.localPorts), list("RemotePort", rule.remotePorts)] : []),
    ...(icmpTypes === undefined ? [] : ["Type:Code", ...icmpTypes].map(icmpRow)),
    line("Edge traversal", "No"),
    line("InterfaceTypes", "Any"),
    line("Security", "NotRequired"),
    line("Rule source", "Local Setting"),
    line("Action", rule.action),
  ];
}

const LABEL_WIDTH = 38;

function icmpRow(icmpType: string): string {
  const [type = "", code = "Any"] = icmpType.split(":");
  return `${" ".repeat(LABEL_WIDTH)}${type.padEnd(8)}${code}`;
}
