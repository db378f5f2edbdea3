/** What of iptables is read exactly, what stays open and what changes nothing: a table of docs/vendors.md. */
import type { Feature } from "../../model/vendor.js";
import { EXACT_OPTIONS } from "./convert-rule.js";
import { EXACT_TARGETS, PASSING_TARGETS } from "./targets.js";

/** What an exact match still depends on. */
const CONDITIONS: Readonly<Record<string, string>> = {
  "-s": "a name stays open until it is resolved",
  "-d": "a name stays open until it is resolved",
  "-i": "bounded in chains reached from POSTROUTING",
  "-o": "bounded in chains reached from PREROUTING and from a later hook too",
  "-p": "bounded for IPv6 extension headers",
  "-f": "never, where connection tracking runs",
  "-m addrtype --src-type": "needs `ip addr`; IPv6: MULTICAST only",
  "-m addrtype --dst-type": "needs `ip addr`; IPv6: MULTICAST only",
  "-m conntrack --ctstate":
    "SNAT is bounded where table nat is loaded, DNAT where a rule does it; all of it in table raw",
  "-m conntrack --ctstatus": "where the state tells it, else bounded",
  "-m conntrack --ctdir": "exact for the first packet of a connection",
  "-m mark --mark": "exact where a rule of the same way has set it, else bounded; see facts",
  "-m connmark --mark": "exact where a rule of the same way has set it, else bounded",
  "-m set --match-set": "needs `ipset save`; bounded if a rule changes the set",
};

/** Modules of the kernel's usual set that ask for what no packet field holds. */
const BOUNDED_MODULES: readonly string[] = [
  ...["ah", "bpf", "cgroup", "cluster", "connbytes", "connlabel", "connlimit", "cpu", "devgroup", "dscp"],
  ...["ecn", "esp", "eui64", "frag", "geoip", "hashlimit", "hbh", "helper", "hl", "ipv6header", "length", "limit"],
  ...["mac", "nfacct", "osf", "owner", "physdev", "pkttype", "policy", "quota", "rateest", "realm", "recent"],
  ...["rpfilter", "rt", "socket", "statistic", "string", "tcpmss", "time", "tos", "ttl", "u32"],
];
const BOUNDED_TARGETS: readonly string[] = ["NFQUEUE", "QUEUE", "TPROXY", "SYNPROXY", "CLUSTERIP", "DNPT", "SNPT"];

/** Every match and target by name; what is not listed is bounded. */
export function features(): Feature[] {
  const exact = EXACT_OPTIONS.map((name) => feature(name, "exact", CONDITIONS[name] ?? ""));
  const bounded = BOUNDED_MODULES.map((name) => feature(`-m ${name}`, "bounded", ""));
  const targets = EXACT_TARGETS.map((name) => feature(`-j ${name}`, "exact", ""));
  const marking = ["MARK", "CONNMARK"].map((name) => feature(`-j ${name}`, "exact", PASSING_TARGETS[name] ?? ""));
  const passing = Object.entries(PASSING_TARGETS)
    .filter(([name]) => name !== "MARK" && name !== "CONNMARK")
    .map(([name, does]) => feature(`-j ${name}`, "harmless", does));
  const unknown = BOUNDED_TARGETS.map((name) => feature(`-j ${name}`, "bounded", ""));
  return [...exact, ...bounded, ...targets, ...marking, ...passing, ...unknown];
}

function feature(name: string, fidelity: Feature["fidelity"], note: string): Feature {
  return { name, fidelity, note };
}
