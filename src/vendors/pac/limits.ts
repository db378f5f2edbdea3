/** What a generated script cannot say, by slug; each with the date it was last verified, on Chromium's answers. */
export const LIMITS = {
  "address-range": "hosts that are addresses are compared as text: a range of them cannot be written (2026-11-28)",
  host: "names are letters, digits, hyphens and underscores between dots: write others as `xn--` (2026-11-28)",
  "two-proxies": "a host goes to one proxy, whatever its port (2026-11-28)",
  local: "browsers send `localhost` and link-local hosts directly, whatever a script says (2026-11-28)",
} as const;

export type Limit = keyof typeof LIMITS;
