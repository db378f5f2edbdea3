/** Reads the name of a packet's field into its canonical form. */
import type { Cursor } from "./cursor.js";
import type { Expression } from "./types.js";

/** Words that start a field of meta without saying so. */
const BARE_META: ReadonlySet<string> = new Set([
  ...["mark", "iif", "iifname", "iiftype", "iifgroup", "oif", "oifname", "oiftype", "oifgroup", "skuid", "skgid"],
  ...["nftrace", "rtclassid", "ibriport", "ibrname", "obriport", "obrname", "pkttype", "cpu", "cgroup", "sdif"],
  ...["sdifname", "iifkind", "oifkind", "secpath"],
]);

/** Headers whose fields have names of one word, and those names. */
export const HEADER_FIELDS: Readonly<Record<string, string>> = {
  ip: "version hdrlength dscp ecn length id frag-off ttl protocol checksum saddr daddr option",
  ip6: "version dscp ecn flowlabel length nexthdr hoplimit saddr daddr",
  tcp: "sport dport sequence ackseq doff reserved flags window checksum urgptr option",
  udp: "sport dport length checksum",
  udplite: "sport dport checksum cscov csumcov",
  sctp: "sport dport vtag checksum chunk",
  dccp: "sport dport type option",
  th: "sport dport",
  icmp: "type code checksum id sequence gateway mtu",
  icmpv6: "type code checksum id sequence mtu max-delay parameter-problem packet-too-big taddr daddr",
  igmp: "type mrt checksum group",
  ether: "saddr daddr type",
  vlan: "id dei pcp cfi type",
  arp: "htype ptype hlen plen operation saddr daddr",
  ah: "nexthdr hdrlength reserved spi sequence",
  esp: "spi sequence",
  comp: "nexthdr flags cpi",
  frag: "nexthdr reserved frag-off reserved2 more-fragments id",
  hbh: "nexthdr hdrlength",
  dst: "nexthdr hdrlength",
  mh: "nexthdr hdrlength type reserved checksum",
  rt: "nexthdr hdrlength type seg-left classid nexthop mtu ip ip6",
  rt0: "addr",
  gre: "hdrlength version protocol flags",
  gretap: "ip ip6 ether",
  geneve: "vni type",
  vxlan: "vni flags ip ip6 tcp udp ether",
};
const FIELD_NAMES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(HEADER_FIELDS).map(([header, names]) => [header, new Set(names.split(" "))]),
);

/** Words after which a field of its own grammar follows. */
const SPECIAL: ReadonlySet<string> = new Set([
  ...["meta", "ct", "fib", "exthdr", "socket", "osf", "numgen", "jhash", "symhash", "ipsec"],
]);

/** True iff a field of the packet starts at the cursor. */
export function isFieldStart(cursor: Cursor): boolean {
  const { kind, text } = cursor.token;
  if (kind !== "word") return false;
  if (BARE_META.has(text) || SPECIAL.has(text)) return true;
  return FIELD_NAMES.get(text)?.has(cursor.ahead(1).text) ?? false;
}

/** The field at the cursor. */
export function readField(cursor: Cursor): Expression {
  const head = cursor.next().text;
  if (BARE_META.has(head)) return field("meta", head);
  switch (head) {
    case "meta":
      return field("meta", cursor.name());
    case "ct":
      return readCt(cursor);
    case "fib":
      return readFib(cursor);
    case "exthdr":
      return field("exthdr", cursor.name());
    case "socket":
      return field("socket", cursor.name(), ...(cursor.at("level") ? [cursor.name(), cursor.name()] : []));
    case "osf":
      return field("osf", ...(cursor.skip("ttl") ? ["ttl", cursor.name()] : []), cursor.name());
    case "numgen":
    case "jhash":
    case "symhash":
      return readGenerator(cursor, head);
    case "ipsec":
      return readIpsec(cursor);
    default:
      return readHeaderField(cursor, head);
  }
}

function field(...words: readonly string[]): Expression {
  return { kind: "field", name: words.join(" ") };
}

function readHeaderField(cursor: Cursor, header: string): Expression {
  const name = cursor.name();
  if (name === "option" || name === "chunk") {
    const option = cursor.name();
    // `tcp option sack0 left`, or alone with `exists` and `missing`
    const isAlone = cursor.isAtEnd || cursor.at("exists", "missing", "==", "!=", "eq", "ne", ".");
    return field(header, name, option, ...(isAlone ? [] : [cursor.name()]));
  }
  if (/^(?:ip|ip6|tcp|udp|ether)$/.test(name)) return field(header, name, cursor.name());
  return field(header, name);
}

function readCt(cursor: Cursor): Expression {
  const words = ["ct"];
  if (cursor.at("original", "reply")) words.push(cursor.name());
  if (cursor.at("ip", "ip6")) words.push(cursor.name());
  return field(...words, cursor.name());
}

/** `fib daddr . iif type`. */
function readFib(cursor: Cursor): Expression {
  const flags = [cursor.name()];
  while (cursor.skip(".")) flags.push(cursor.name());
  return field("fib", flags.join(" . "), cursor.name());
}

/** `numgen inc mod 2 offset 100`, `jhash ip saddr . tcp dport mod 2 seed 0x1`: nothing of it is a packet's field. */
function readGenerator(cursor: Cursor, head: string): Expression {
  const start = cursor.index;
  while (!cursor.skip("mod")) {
    if (cursor.isAtEnd) cursor.fail("expected `mod`");
    cursor.next();
  }
  cursor.name();
  while (cursor.skip("seed", "offset")) cursor.name();
  return field(head, cursor.textFrom(start));
}

/** `ipsec in spnum 1 reqid`, `ipsec out ip saddr`. */
function readIpsec(cursor: Cursor): Expression {
  const words = ["ipsec", cursor.name()];
  if (cursor.at("spnum")) words.push(cursor.name(), cursor.name());
  if (cursor.at("ip", "ip6")) words.push(cursor.name());
  return field(...words, cursor.name());
}
