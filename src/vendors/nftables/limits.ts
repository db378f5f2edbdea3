/** What nft text cannot say, or what this writer does not say: one line each, with the day it was last verified. */

const LIMITS = {
  condition: "a condition that no packet field decides is not written (2026-11-22)",
  fragment: "a match on fragments is not written: connection tracking puts them together (2026-11-22)",
  tuple: "fields that have to differ from all of several combinations are not written (2026-11-22)",
  endpoint: "an address or set whose content is not known is not written (2026-11-22)",
  interface: "an interface name with quotes or blanks, or one that ends in `*`, cannot be written (2026-11-22)",
  action: "translations, jumps and actions of other vendors are not written (2026-11-22)",
  size: "a rule that would become more than 4096 rules is not written (2026-11-22)",
} as const;

/** Thrown where an acl cannot be written; caught by the writer, which reports it. */
export class LimitReached extends Error {
  constructor(readonly limit: keyof typeof LIMITS) {
    super(LIMITS[limit]);
  }
}
