/** What a rule of iptables cannot say, by slug; each with the date it was last verified, on iptables 1.8.9. */
export const LIMITS = {
  action: "a rule accepts, drops, rejects, returns or goes on; it does not do what is not known (2025-06-10)",
  condition: "a condition no packet field decides cannot be written (2025-06-10)",
  conjunction: "a rule asks once for its protocol and once for each interface (2025-06-10)",
  endpoint: "addresses are prefixes, ranges and masks; a name that is not resolved cannot be written (2025-06-10)",
  family: "one text is for IPv4 or for IPv6, not for both (2025-06-10)",
  flags: "TCP flags are FIN, SYN, RST, PSH, ACK and URG; ECE and CWR cannot be asked for (2025-06-10)",
  fragment: "where connections are tracked no rule sees fragments (2025-06-10)",
  icmp: "ICMP type 255 stands for every type (2025-06-10)",
  interface: "an interface has a name of 1 to 15 bytes, or a beginning of one (2025-06-10)",
  jump: "a chain that is not in the text cannot be jumped to (2025-06-10)",
  negation: "of a service only one field can be negated, within its protocol (2025-06-10)",
  size: "the combinations of its lists are more than 4,096 rules (2025-06-10)",
  tuple: "a combination of fields needs a set, which is not part of the rules (2025-06-10)",
} as const;

export type Limit = keyof typeof LIMITS;

/** Thrown where an ace meets a limit, and caught by `renderIptables`. */
export class LimitReached extends Error {
  constructor(readonly limit: Limit) {
    super(LIMITS[limit]);
  }
}
