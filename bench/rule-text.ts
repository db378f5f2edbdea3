/** Generated rules as the text an administrator would save, and as the plain numbers a box needs. */
import { formatAddressRange } from "../src/model/address.js";
import type { GeneratedRule, GeneratedRules } from "./generate-rules.js";

const PROTOCOLS: Readonly<Record<number, string>> = { 1: "icmp", 6: "tcp", 17: "udp" };

/** An iptables-save (or ip6tables-save) of one FORWARD chain. */
export function saveText({ rules }: GeneratedRules): string {
  return [
    "*filter",
    ":INPUT ACCEPT [0:0]",
    ":FORWARD DROP [0:0]",
    ":OUTPUT ACCEPT [0:0]",
    ...rules.map(ruleText),
    "COMMIT",
    "",
  ].join("\n");
}

/** The groups of the rules as `ipset save` writes them. */
export function groupText({ groups }: GeneratedRules): string {
  return [...groups]
    .flatMap(([name, ranges]) => [
      `create ${name} hash:net family inet hashsize 1024 maxelem 65536`,
      ...ranges.map((range) => `add ${name} ${formatAddressRange(range)}`),
    ])
    .join("\n");
}

function ruleText(rule: GeneratedRule): string {
  const { protocol, sourcePorts, destinationPorts, sourceGroup } = rule;
  const name = protocol === undefined ? undefined : (PROTOCOLS[protocol] ?? `${protocol}`);
  const isIcmp6 = rule.family === "ipv6" && protocol === 1;
  return [
    "-A FORWARD",
    address("-s", rule.source),
    address("-d", rule.destination),
    sourceGroup === undefined ? "" : ` -m set --match-set ${sourceGroup} src`,
    name === undefined ? "" : ` -p ${isIcmp6 ? "ipv6-icmp" : name}`,
    sourcePorts === undefined && destinationPorts === undefined ? "" : ` -m ${name}`,
    ports("--sport", sourcePorts),
    ports("--dport", destinationPorts),
    ` -j ${rule.action === "accept" ? "ACCEPT" : "DROP"}`,
  ].join("");
}

function address(option: string, range: GeneratedRule["source"]): string {
  const text = formatAddressRange(range);
  if (text === "0.0.0.0/0" || text === "::/0") return "";
  if (!text.includes("-")) return ` ${option} ${text}`;
  return ` -m iprange --${option === "-s" ? "src" : "dst"}-range ${text}`;
}

function ports(option: string, range: GeneratedRule["sourcePorts"]): string {
  if (range === undefined) return "";
  return ` ${option} ${range.first === range.last ? range.first : `${range.first}:${range.last}`}`;
}
