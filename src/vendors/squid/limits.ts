/** What rules of Squid cannot say, by slug; each with the date it was last verified, on Squid 5.7. */
export const LIMITS = {
  account:
    "an account is one word that begins with a letter, a digit or an underscore, and not `REQUIRED` (2026-11-28)",
  accounts: "the accounts of one rule have to fit into a line of 4,000 characters (2026-11-28)",
  client: "clients of one address family cannot be told from all clients (2026-11-28)",
  condition: "a rule asks for client, method, scheme, port, host and account, and what is no host (2026-11-28)",
  host: "names are letters, digits, hyphens and underscores between dots: write others as `xn--` (2026-11-28)",
  "unspecified-address": "the addresses `0.0.0.0` and `::` are no destination of their own (2026-11-28)",
} as const;

export type Limit = keyof typeof LIMITS;
