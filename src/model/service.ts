/** Inclusive range of ports, ICMP types or codes. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** TCP flags are compared as `flags & mask === value`; bits: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128. */
export interface TcpFlagsMatch {
  readonly mask: number;
  readonly value: number;
}

/**
 * One protocol with its own ports, so that tcp/80 + udp/53 never turns into a cross product.
 * An absent field matches every value; a port list holds on protocols with ports only.
 */
export interface Service {
  /** IANA protocol number. */
  readonly protocol: number;
  readonly sourcePorts?: readonly PortRange[];
  readonly destinationPorts?: readonly PortRange[];
  /** Only for icmp (1) and icmpv6 (58). */
  readonly icmpTypes?: readonly PortRange[];
  readonly icmpCodes?: readonly PortRange[];
  /** Only for tcp (6). */
  readonly tcpFlags?: TcpFlagsMatch;
}

/** Protocol numbers by the names used in messages and in our own input files. */
export const PROTOCOL_NUMBERS = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  ospf: 89,
  sctp: 132,
  udplite: 136,
} as const;

const NAMES_BY_NUMBER = new Map<number, string>(
  Object.entries(PROTOCOL_NUMBERS).map(([name, number]) => [number, name]),
);

const PROTOCOLS_WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

/** True iff packets of the protocol carry source and destination ports. */
export function hasPorts(protocol: number): boolean {
  return PROTOCOLS_WITH_PORTS.has(protocol);
}

/** Name of a protocol for people, e.g. "tcp", else "protocol 99". */
export function protocolName(protocol: number): string {
  return NAMES_BY_NUMBER.get(protocol) ?? `protocol ${protocol}`;
}

/** Number of a protocol given by name (any case, IANA's `ipv6-icmp` too) or as decimal text; undefined iff neither. */
export function protocolNumber(text: string): number | undefined {
  const lower = text.toLowerCase() === "ipv6-icmp" ? "icmpv6" : text.toLowerCase();
  if (/^\d{1,3}$/.test(lower)) return Number(lower) <= 255 ? Number(lower) : undefined;
  return Object.hasOwn(PROTOCOL_NUMBERS, lower) ? PROTOCOL_NUMBERS[lower as keyof typeof PROTOCOL_NUMBERS] : undefined;
}

/** The ranges that hold exactly the values of 0..`max` which `ranges` do not hold; sorted and disjoint. */
export function complementRanges(ranges: readonly PortRange[], max: number): PortRange[] {
  const gaps: PortRange[] = [];
  let next = 0;
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    if (range.first > next) gaps.push({ first: next, last: range.first - 1 });
    next = Math.max(next, range.last + 1);
  }
  if (next <= max) gaps.push({ first: next, last: max });
  return gaps;
}

/** Text such as "443", "1024-65535" or "80,443". */
export function formatRanges(ranges: readonly PortRange[]): string {
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}
