/** Tells which `acl` lines Squid 5.7 does not start with, for types whose values are not modelled. */
import { readPorts } from "./acl-values.js";

// Squid 5.7 ("acl" in squid.conf, and asked); those of `ssl` and of adaptation need a build that has them.
const TYPES: ReadonlySet<string> = new Set(
  `src dst localip arp eui64 srcdomain dstdomain srcdom_regex dstdom_regex src_as dst_as peername peername_regex time
  url_regex urllogin urlpath_regex port localport myportname proto method http_status browser referer_regex ident
  ident_regex proxy_auth proxy_auth_regex snmp_community maxconn max_user_ip req_mime_type req_header rep_mime_type
  rep_header external user_cert ca_cert ext_user ext_user_regex tag hier_code note annotate_client annotate_transaction
  adaptation_service transaction_initiator has any-of all-of random client_connection_mark connections_encrypted
  ssl_error server_cert_fingerprint at_step ssl::server_name ssl::server_name_regex`
    .trim()
    .split(/\s+/),
);

const LONGEST_NAME = 63;

/** Why Squid refuses a line that defines an acl; undefined iff nothing here says so. */
export function refusalOf(name: string, type: string, words: readonly string[]): string | undefined {
  if (name.length > LONGEST_NAME) return `the name of an acl has at most ${LONGEST_NAME} characters`;
  if (!TYPES.has(type)) return `\`${type}\` is no type of acl`;
  const wrong = CHECKS.get(type)?.(words);
  return wrong === undefined ? undefined : `${wrong} for an acl of type \`${type}\``;
}

type Check = (words: readonly string[]) => string | undefined;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["time", (words) => complaint(words.find((word) => /^[-\d]/.test(word) && !isTimeOfDay(word)))],
  ["maxconn", ([first = ""]) => (/^\d/.test(first) ? undefined : `\`${first}\` is no number`)],
  ["max_user_ip", (words) => (words.some((word) => /^\d/.test(word)) ? undefined : "no number stands")],
  ["random", ([first]) => (isProbability(first ?? "") ? undefined : `\`${first ?? ""}\` is no probability`)],
  ["localport", (words) => complaint(words.find((word) => readPorts(word) === undefined))],
  ["hier_code", (words) => complaint(words.find((word) => !word.startsWith("HIER_")))],
  ["has", (words) => complaint(words.find((word) => !["request", "response", "ALE"].includes(word)))],
  [
    "client_connection_mark",
    (words) => complaint(words.find((word) => !/^(0x)?[\da-f]+(\/(0x)?[\da-f]+)?$/i.test(word))),
  ],
  ["note", ([first]) => (first === undefined ? "no name stands" : undefined)],
  ["annotate_client", ([first]) => (first === undefined ? "no name stands" : undefined)],
  ["annotate_transaction", ([first]) => (first === undefined ? "no name stands" : undefined)],
]);

function complaint(word: string | undefined): string | undefined {
  return word === undefined ? undefined : `\`${word}\` is no value`;
}

const DAY = 24 * 60;

function isTimeOfDay(word: string): boolean {
  const found = /^(\d+):(\d+)-(\d+):(\d+)/.exec(word);
  if (found === null) return false;
  const [h1, m1, h2, m2] = found.slice(1).map(Number) as [number, number, number, number];
  const [from, to] = [h1 * 60 + m1, h2 * 60 + m2];
  return m1 < 60 && m2 < 60 && from < DAY && to <= DAY && from <= to;
}

function isProbability(word: string): boolean {
  const share = /^(\d+)[:/](\d+)/.exec(word);
  if (share !== null) return Number(share[1]) > 0 && Number(share[1]) <= Number(share[2]);
  return /^0\.\d+$/.test(word) && Number(word) > 0;
}
