/** Shows that rules accept exactly what an allow-list is meant to accept, or what they accept otherwise. */
import type { CompiledDevice } from "../compile/compile-device.js";
import type { Family } from "../model/address.js";
import type { AllowList } from "../model/allow-list.js";
import { describeSet } from "../sets/describe.js";
import { acceptedByFilters } from "./accepted-by-filters.js";
import { askedPackets, intentOf } from "./acl-of-list.js";

/** Packets, for people, that are treated otherwise than meant; none iff both bounds of the accepted set are the intent. */
export interface Difference {
  readonly missing: readonly string[];
  readonly excess: readonly string[];
}

/** Compares what a device accepts in the direction of a list (in one family, where one is given) with the list. */
export function compareToIntent(compiled: CompiledDevice, list: AllowList, family?: Family): Difference {
  const asked = askedPackets(list, family);
  const intent = intentOf(list, family);
  const accepted = acceptedByFilters(compiled, list.direction, asked);
  return {
    missing: describeSet(intent.subtract(accepted.surely)),
    excess: describeSet(accepted.possibly.subtract(intent)),
  };
}
