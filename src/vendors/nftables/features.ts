/** What of nftables is read exactly, what stays open and what changes nothing: a table of docs/vendors.md. */
import type { Feature } from "../../model/vendor.js";
import { fieldMeaning } from "./fields.js";
import { HEADER_FIELDS } from "./parse-field.js";

/** What an exact field still depends on. */
const CONDITIONS: Readonly<Record<string, string>> = {
  "meta mark": "where a statement of the same way has set it, else bounded; see facts",
  "ct mark": "where a statement of the same way has set it, else bounded",
  "meta iif": "by name",
  "meta oif": "by name",
  "ct state": "bounded before connection tracking",
  "ct direction": "for the first packet of a connection",
  "ct status": "where the state tells it, and of translations that no rule makes; else bounded",
  "fib saddr type": "needs `ip addr`",
  "fib daddr type": "needs `ip addr`",
  "th sport": "bounded for protocols without ports",
  "th dport": "bounded for protocols without ports",
};

const META: readonly string[] = [
  ...["nfproto", "l4proto", "protocol", "iif", "iifname", "oif", "oifname", "mark", "length", "priority", "pkttype"],
  ...["skuid", "skgid", "cgroup", "cpu", "iifgroup", "oifgroup", "iiftype", "oiftype", "time", "hour", "day"],
  ...["random", "secpath", "ibrname", "obrname", "rtclassid"],
];
const CONNECTION: readonly string[] = [
  ...["state", "direction", "status", "mark", "expiration", "helper", "label", "zone", "id", "bytes", "packets"],
  ...["avgpkt", "original saddr", "original daddr", "original proto-src", "original proto-dst", "reply saddr"],
  ...["reply daddr", "reply proto-src", "reply proto-dst"],
];
const OTHERS: readonly string[] = [
  ...["fib saddr type", "fib daddr type", "fib saddr oif", "fib daddr . iif type", "socket transparent"],
  ...["osf name", "numgen random", "numgen inc", "jhash", "symhash", "ipsec in reqid", "@nh,0,8"],
];

const STATEMENTS: readonly Feature[] = [
  ...["accept", "drop", "return", "continue", "jump", "goto", "vmap", "reject", "notrack"].map(exactly),
  ...["dnat", "snat", "masquerade", "redirect"].map(exactly),
  { name: "meta mark set", fidelity: "exact", note: "constants, masks and copies of the other mark" },
  { name: "ct mark set", fidelity: "exact", note: "constants, masks and copies of the other mark" },
  ...["counter", "log", "last", "comment", "reset"].map((name) => ({ name, fidelity: "harmless" as const, note: "" })),
  {
    name: "meta priority set",
    fidelity: "harmless",
    note: "and `ct … set`, `ip dscp set`, `ip ecn set`, `ip id set`, `tcp option … set`",
  },
  { name: "ip ttl set", fidelity: "harmless", note: "to 64 and more, else bounded" },
  ...["limit", "quota", "ct count", "meter", "add @set", "update @set", "xt match"].map(bounded),
  { name: "flow add", fidelity: "bounded", note: "later packets may pass by all chains" },
  { name: "ip saddr set", fidelity: "bounded", note: "may do anything, as for every field not named here" },
  ...["queue", "fwd", "dup", "tproxy", "synproxy", "xt target"].map(bounded),
];

function exactly(name: string): Feature {
  return { name, fidelity: "exact", note: "" };
}

function bounded(name: string): Feature {
  return { name, fidelity: "bounded", note: "" };
}

function fieldFeature(name: string): Feature {
  const { kind } = fieldMeaning(name).place;
  const isExact = kind !== "none" && kind !== "connection" && kind !== "nextHeader";
  return { name, fidelity: isExact ? "exact" : "bounded", note: (isExact && CONDITIONS[name]) || "" };
}

/** Every field and statement by name; what is not listed is bounded. */
export function features(): Feature[] {
  const headers = Object.entries(HEADER_FIELDS).flatMap(([header, names]) =>
    names.split(" ").map((field) => `${header} ${field}`),
  );
  const names = [
    ...META.map((field) => `meta ${field}`),
    ...CONNECTION.map((field) => `ct ${field}`),
    ...OTHERS,
    ...headers,
  ];
  return [...names.map(fieldFeature), ...STATEMENTS];
}
