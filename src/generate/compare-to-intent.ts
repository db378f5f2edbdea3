/** Shows that rules accept exactly what an allow-list is meant to accept, or what they accept otherwise. */
import { compileDevice } from "../compile/compile-device.js";
import type { Family } from "../model/address.js";
import type { AllowList } from "../model/allow-list.js";
import type { Device } from "../model/device.js";
import { describeSet } from "../sets/describe.js";
import { parseHostSet } from "../sets/host-set.js";
import { acceptedByFilters } from "./accepted-by-filters.js";
import { askedPackets, eachHost, intentOf, UNLISTED } from "./acl-of-list.js";

/** Packets, for people, that are treated otherwise than meant; none iff both bounds of the accepted set are the intent. */
export interface Difference {
  readonly missing: readonly string[];
  readonly excess: readonly string[];
}

/** Compares what a device accepts in the direction of a list (in one family, where one is given) with the list. */
export function compareToIntent(device: Device, list: AllowList, family?: Family): Difference {
  const asked = askedPackets(list, family);
  const differences = requestedHosts(list).map((host) => {
    const compiled = compileDevice(device, host === undefined ? {} : { requested: parseHostSet([host]) });
    const intent = intentOf(list, family, host);
    const accepted = acceptedByFilters(compiled, list.direction, asked);
    return {
      missing: describeSet(intent.subtract(accepted.surely)),
      excess: describeSet(accepted.possibly.subtract(intent)),
    };
  });
  return {
    missing: differences.flatMap(({ missing }) => missing),
    excess: differences.flatMap(({ excess }) => excess),
  };
}

// What connections may ask for, as far as the list tells: nothing, where it is not about names.
function requestedHosts({ entries }: AllowList): (string | undefined)[] {
  const listed = new Set(entries.flatMap(({ hosts = [] }) => hosts));
  return listed.size === 0 ? [undefined] : [...[...listed].flatMap(eachHost), UNLISTED];
}
