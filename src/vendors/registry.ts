import type { Vendor } from "../model/vendor.js";

/** Every format flowproof reads, one line each, in the order help and messages list them. */
export const vendors: readonly Vendor[] = [];
