/** Finds out from the rules of a table whether they are of iptables or of ip6tables. */
import type { Family } from "../../model/address.js";
import type { Option, Rule } from "./types.js";

const ADDRESS_OPTIONS: ReadonlySet<string> = new Set([
  ...["-s", "-d", "--src-range", "--dst-range", "--ctorigsrc", "--ctorigdst", "--ctreplsrc", "--ctrepldst"],
]);
const TARGET_ADDRESSES: ReadonlySet<string> = new Set(["--to-destination", "--to-source", "--to"]);
const IPV6_MODULES: ReadonlySet<string> = new Set(["icmp6", "hl", "rt", "frag", "ipv6header", "hbh", "dst", "eui64"]);
const IPV4_MODULES: ReadonlySet<string> = new Set(["icmp", "ttl", "realm"]);

/** The family a table shows by ufw's names of chains, or by addresses, protocols or modules; undefined iff it shows none. */
export function familyInRules(
  chains: Iterable<{ readonly name: string; readonly rules: readonly Rule[] }>,
): Family | undefined {
  for (const { name, rules } of chains) {
    if (name.startsWith("ufw6-")) return "ipv6";
    if (name.startsWith("ufw-")) return "ipv4";
    for (const rule of rules) {
      const family = familyOfRule(rule);
      if (family !== undefined) return family;
    }
  }
  return undefined;
}

function familyOfRule({ matches, target }: Rule): Family | undefined {
  for (const { module, options } of matches) {
    if (IPV6_MODULES.has(module)) return "ipv6";
    if (IPV4_MODULES.has(module)) return "ipv4";
    for (const option of options) {
      const family = familyOfOption(option);
      if (family !== undefined) return family;
    }
  }
  return target?.options.map(familyOfTargetOption).find((family) => family !== undefined);
}

function familyOfOption({ name, values }: Option): Family | undefined {
  const value = values[0] ?? "";
  if (name === "-p") return /^(ipv6-icmp|icmpv6|58)$/i.test(value) ? "ipv6" : undefined;
  return ADDRESS_OPTIONS.has(name) ? familyOfAddressText(value) : undefined;
}

function familyOfTargetOption({ name, values }: Option): Family | undefined {
  const value = values[0] ?? "";
  if (name === "--reject-with")
    return /^(icmp6-|adm-prohib)/.test(value) ? "ipv6" : /^icmp-/.test(value) ? "ipv4" : undefined;
  return TARGET_ADDRESSES.has(name) ? familyOfAddressText(value) : undefined;
}

function familyOfAddressText(text: string): Family | undefined {
  if (/^[0-9a-f]*:[0-9a-f:]*:/i.test(text.replace(/^\[/, ""))) return "ipv6";
  return /^\d+[./]/.test(text) ? "ipv4" : undefined;
}
