/** Matches on protocols, ports, TCP flags and ICMP types. */
import { hasPorts, type PortRange } from "../../model/service.js";
import { icmpMatch } from "../netfilter/icmp-names.js";
import { netfilterProtocol } from "../netfilter/protocol-names.js";
import { netfilterPort } from "../netfilter/service-names.js";
import { anyOf, type MatchDraft, NEVER } from "./draft.js";
import type { Handler } from "./match-addresses.js";

const TCP = 6;
const ICMP = 1;
const ICMPV6 = 58;

/** Headers that IPv6 chains before the payload: whether `-p` sees them depends on the kernel's back end. */
const IPV6_EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 44, 51, 59, 60]);
const EVERY_PROTOCOL: ReadonlySet<string> = new Set(["all", "ip", "0"]);

/** `-p`: a name or number; 0 and `all` are every protocol. */
export const matchProtocol: Handler = (draft, { values, negated }, { family }) => {
  const text = (values[0] ?? "").toLowerCase();
  if (EVERY_PROTOCOL.has(text)) {
    if (negated) draft.add("service", NEVER);
    return true;
  }
  const protocol = netfilterProtocol(text);
  if (protocol === undefined || (family === "ipv6" && IPV6_EXTENSIONS.has(protocol))) return false;
  if (negated) draft.add("service", anyOf([{ literal: { protocol } }], true));
  else draft.base = { ...draft.base, protocol };
  return true;
};

type PortField = "sourcePorts" | "destinationPorts";

/** `--sport`, `--dport` of tcp, udp, sctp and dccp: one port or range. */
export function matchPort(field: PortField): Handler {
  return (draft, { values, negated }) => {
    const range = portRange(values[0] ?? "");
    return range !== undefined && addPorts(draft, [field], [range], negated);
  };
}

/** multiport: a list of ports and ranges; `--ports` holds for either side. */
export function matchPorts(fields: readonly PortField[]): Handler {
  return (draft, { values, negated }) => {
    const ranges = (values[0] ?? "").split(",").map(portRange);
    if (ranges.length > 15 || !ranges.every((range) => range !== undefined)) return false;
    return addPorts(draft, fields, ranges, negated);
  };
}

function addPorts(
  draft: MatchDraft,
  fields: readonly PortField[],
  ranges: readonly PortRange[],
  negated: boolean,
): boolean {
  const { base } = draft;
  if (base === undefined || !hasPorts(base.protocol)) return false;
  const [field] = fields;
  if (fields.length === 1 && field !== undefined && !negated && base[field] === undefined) {
    draft.base = { ...base, [field]: ranges };
  } else {
    draft.add(
      "service",
      anyOf(
        fields.map((each) => ({ literal: { protocol: base.protocol, [each]: ranges } })),
        negated,
      ),
    );
  }
  return true;
}

function portRange(text: string): PortRange | undefined {
  const [firstText = "", lastText] = text.split(":");
  const first = firstText === "" && lastText !== undefined ? 0 : netfilterPort(firstText);
  const last = lastText === undefined ? first : lastText === "" ? 65535 : netfilterPort(lastText);
  return first === undefined || last === undefined || first > last ? undefined : { first, last };
}

const FLAGS: Readonly<Record<string, number>> = {
  ...{ FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 },
  // the six that iptables knows: ECE and CWR are not looked at
  ...{ ALL: 63, NONE: 0 },
};

function flagBits(text: string): number | undefined {
  return text.split(",").reduce<number | undefined>((bits, flag) => {
    const bit = FLAGS[flag.toUpperCase()];
    return bits === undefined || bit === undefined ? undefined : bits | bit;
  }, 0);
}

/** `--tcp-flags mask set`. */
export const matchTcpFlags: Handler = (draft, { values, negated }) => {
  const [mask, value] = [flagBits(values[0] ?? ""), flagBits(values[1] ?? "")];
  return mask !== undefined && value !== undefined && addFlags(draft, mask, value, negated);
};

/** `--syn`: FIN, SYN, RST and ACK are looked at, only SYN is set. */
export const matchSyn: Handler = (draft, { negated }) => addFlags(draft, 23, 2, negated);

function addFlags(draft: MatchDraft, mask: number, value: number, negated: boolean): boolean {
  if (draft.base?.protocol !== TCP) return false;
  const tcpFlags = { mask, value };
  if (negated || draft.base.tcpFlags !== undefined) {
    draft.add("service", anyOf([{ literal: { protocol: TCP, tcpFlags } }], negated));
  } else draft.base = { ...draft.base, tcpFlags };
  return true;
}

const EVERY_TYPE: ReadonlySet<string> = new Set(["255", "any"]);

/** `--icmp-type` and `--icmpv6-type`: a type, with or without its code. */
export function matchIcmp(version: 4 | 6): Handler {
  return (draft, { values, negated }) => {
    const [text = ""] = values;
    const { base } = draft;
    if (base?.protocol !== (version === 4 ? ICMP : ICMPV6)) return false;
    // the kernel takes ICMP type 255 for every type (net/netfilter/xt_tcpudp.c, icmp_type_code_match)
    if (version === 4 && EVERY_TYPE.has(text.split("/")[0] as string)) {
      if (negated) draft.add("service", NEVER);
      return true;
    }
    const match = icmpMatch(text, version);
    if (match === undefined) return false;
    const icmpTypes = [{ first: match.type, last: match.type }];
    const codes = match.code === undefined ? {} : { icmpCodes: [{ first: match.code, last: match.code }] };
    const service = { protocol: base.protocol, icmpTypes, ...codes };
    if (negated || base.icmpTypes !== undefined) draft.add("service", anyOf([{ literal: service }], negated));
    else draft.base = service;
    return true;
  };
}
