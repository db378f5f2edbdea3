/** What Windows Firewall cannot say, by slug; each with the date of the vendor page it was last verified on. */
export const LIMITS = {
  action: "it has rules that allow and rules that block, nothing else (2016-12-27)",
  condition: "a condition no packet field decides cannot be written (2016-12-27)",
  conjunction: "a field holds one list, not several that must all hold (2016-12-27)",
  default: "where no rule decides it can only allow or block (2016-12-27)",
  endpoint: "addresses are ranges, prefixes or keywords; a name or a bit mask with gaps cannot be written (2016-12-27)",
  family: "a rule is limited to an address family by addresses alone (2016-12-27)",
  field:
    "rules know addresses, protocol, ports and ICMP types; no interface name, state, fragment or flag (2016-12-27)",
  negation: "a list cannot be negated (2016-12-27)",
  order: "a rule that blocks overrides every rule that allows, whatever the order ([MS-FASP] 2.2.34, 2026-05-11)",
  "unknown-operand": "an operand that is not resolved cannot be written (2016-12-27)",
} as const;

export type Limit = keyof typeof LIMITS;
