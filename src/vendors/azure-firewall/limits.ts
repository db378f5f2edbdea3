/** What rules of an Azure Firewall cannot say, by slug; each with the date of the vendor page it was last verified on. */
export const LIMITS = {
  action: "it has rules that allow and rules that deny, nothing else (2023-08-02)",
  condition: "a condition no packet field decides cannot be written (2023-08-02)",
  conjunction: "a field holds one list, not several that must all hold (2023-08-02)",
  default: "where no rule decides it denies (2023-08-02)",
  endpoint: "addresses are prefixes or ranges of IPv4 (2023-08-02)",
  evaluation: "the first rule that matches decides (2023-08-02)",
  field: "rules know addresses, protocol and destination ports; no source port, interface, state or flag (2023-08-02)",
  "name-port": "names are asked for on port 80 (HTTP) or 443 (HTTPS); another port needs its protocol (2023-08-02)",
  negation: "a list cannot be negated (2023-08-02)",
  protocol: "protocols are TCP, UDP and ICMP (2023-08-02)",
  "unknown-operand": "an operand that is not resolved cannot be written (2023-08-02)",
} as const;

export type Limit = keyof typeof LIMITS;
