/** What a network security group cannot say, by slug; each with the date of the vendor page it was last verified on. */
export const LIMITS = {
  action: "it has rules that allow and rules that deny, nothing else (2025-07-15)",
  condition: "a condition no packet field decides cannot be written (2025-07-15)",
  conjunction: "a field holds one list, not several that must all hold (2025-07-15)",
  default: "where no rule decides it can only allow or deny (2025-07-15)",
  endpoint: "addresses are prefixes; a name or a bit mask with gaps cannot be written (2025-07-15)",
  evaluation: "the first rule that matches decides (2025-07-15)",
  field: "rules know addresses, protocol and ports; no interface, state, fragment, flag or ICMP type (2025-07-15)",
  icmp: "ICMP is one protocol for both address families (2025-07-15)",
  negation: "a list cannot be negated (2025-07-15)",
  "prefix-count": "a side of a rule holds 4,000 prefixes (2022-12-05)",
  protocol: "protocols are TCP, UDP, ICMP, ESP, AH and any (2025-07-15)",
  "rule-count": "a group holds 1,000 rules (2022-12-05)",
  "unknown-operand": "an operand that is not resolved cannot be written (2025-07-15)",
} as const;

export type Limit = keyof typeof LIMITS;
