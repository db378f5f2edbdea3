/** Numbers by the names nft gives them (nft(8), "DATA TYPES"; `nft describe`). */
import { STATUS_BITS } from "../netfilter/connection-status.js";
import { netfilterProtocol } from "../netfilter/protocol-names.js";
import { netfilterPort } from "../netfilter/service-names.js";

/** The types of values that are small numbers. */
export type NumberType =
  | "port"
  | "protocol"
  | "icmp-type"
  | "icmp-code"
  | "icmpv6-type"
  | "icmpv6-code"
  | "tcp-flags"
  | "state"
  | "status"
  | "direction"
  | "family"
  | "ether-type"
  | "mark";

type Names = Readonly<Record<string, number>>;

/** Bits of `ct state` (include/uapi/linux/netfilter/nf_tables.h and nf_conntrack_common.h). */
export const STATE_BITS = { invalid: 1, established: 2, related: 4, new: 8, untracked: 64 } as const;

const NAMES: Readonly<Record<NumberType, Names>> = {
  port: {},
  protocol: {},
  mark: {},
  state: STATE_BITS,
  status: STATUS_BITS,
  direction: { original: 0, reply: 1 },
  family: { ipv4: 2, ipv6: 10 },
  "ether-type": { ip: 0x0800, arp: 0x0806, ip6: 0x86dd, vlan: 0x8100, "8021q": 0x8100, "8021ad": 0x88a8 },
  "tcp-flags": { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ecn: 64, cwr: 128 },
  "icmp-type": {
    ...{ "echo-reply": 0, "destination-unreachable": 3, "source-quench": 4, redirect: 5, "echo-request": 8 },
    ...{ "router-advertisement": 9, "router-solicitation": 10, "time-exceeded": 11, "parameter-problem": 12 },
    ...{ "timestamp-request": 13, "timestamp-reply": 14, "info-request": 15, "info-reply": 16 },
    ...{ "address-mask-request": 17, "address-mask-reply": 18 },
  },
  "icmp-code": {
    ...{ "net-unreachable": 0, "host-unreachable": 1, "prot-unreachable": 2, "port-unreachable": 3 },
    ...{ "frag-needed": 4, "net-prohibited": 9, "host-prohibited": 10, "admin-prohibited": 13 },
  },
  "icmpv6-type": {
    ...{ "destination-unreachable": 1, "packet-too-big": 2, "time-exceeded": 3, "parameter-problem": 4 },
    ...{ "echo-request": 128, "echo-reply": 129, "mld-listener-query": 130, "mld-listener-report": 131 },
    ...{ "mld-listener-done": 132, "mld-listener-reduction": 132, "nd-router-solicit": 133 },
    ...{ "nd-router-advert": 134, "nd-neighbor-solicit": 135, "nd-neighbor-advert": 136, "nd-redirect": 137 },
    ...{ "router-renumbering": 138, "ind-neighbor-solicit": 141, "ind-neighbor-advert": 142 },
    ...{ "mld2-listener-report": 143 },
  },
  "icmpv6-code": {
    ...{ "no-route": 0, "admin-prohibited": 1, "addr-unreachable": 3, "port-unreachable": 4 },
    ...{ "policy-fail": 5, "reject-route": 6 },
  },
};

/** The number a text of the type means; undefined iff it means none. */
export function valueNumber(text: string, type: NumberType): number | undefined {
  if (/^(?:0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(text)) return Number(text);
  if (type === "port") return netfilterPort(text);
  if (type === "protocol") return netfilterProtocol(text);
  const names = NAMES[type];
  return Object.hasOwn(names, text) ? names[text] : undefined;
}
