/** Finds everything rules put into a topology's exports could mend of what keeps requirements from being proved. */
import type { Fault } from "../generate/fault.js";
import { findMissing } from "../generate/find-missing.js";
import { findSurplus } from "../generate/find-surplus.js";
import { findUntranslated } from "../generate/find-untranslated.js";
import type { Need } from "../generate/plan-allow-lists.js";
import type { Device } from "../model/device.js";
import type { RequirementInstance } from "../model/verdict.js";
import { findArrivals, findUntranslated as findUntranslatedHop } from "../prove/find-arrivals.js";
import type { ProofContext } from "../prove/proof-context.js";
import { collectNeeds, openContext, reasonOf } from "./collect-needs.js";
import { vendorOf } from "./targets.js";

/** A fault and the device it is in. */
export interface PlacedFault {
  readonly device: string;
  readonly fault: Fault;
}

/** What acceptances and translations are missing for the `allow` requirements among the instances. */
export function collectMissing(context: ProofContext, failing: readonly RequirementInstance[]): PlacedFault[] {
  const open = openContext(context);
  const allowed = failing.filter(({ requirement }) => requirement.expect === "allow");
  const untranslated = allowed.flatMap((instance): Need[] => {
    const found = findUntranslatedHop(open, instance);
    return found === undefined ? [] : [{ ...found, reason: reasonOf(instance) }];
  });
  const needs = collectNeeds(context, allowed).packets.map((need) => asHeld(context, need));
  const options = { names: context.names };
  return [
    ...atEachDevice(context, untranslated, (device, own) => findUntranslated(device, own, options)),
    ...atEachDevice(context, needs, (device, own) => findMissing(device, own, options)),
  ];
}

/**
 * For each way that packets of a `deny` requirement take: the devices on it that could drop them, in order; each of these
 * alternatives alone would be enough.
 */
export function collectSurplus(context: ProofContext, failing: readonly RequirementInstance[]): PlacedFault[][][] {
  const options = { names: context.names };
  return failing
    .filter(({ requirement }) => requirement.expect === "deny")
    .flatMap((instance) =>
      findArrivals(context, instance).map((hops) => {
        const reason = reasonOf(instance);
        const needs = hops.map(
          ({ device, direction, before: packets }): Need => ({ device, direction, packets, reason }),
        );
        return [...new Set(needs.map(({ device }) => device))].map((name) =>
          atEachDevice(
            context,
            needs.filter(({ device }) => device === name),
            (device, own) => findSurplus(device, own, options),
          ),
        );
      }),
    );
}

/** The need as rules of its device can say it: where these hold no names, every public address takes their place. */
function asHeld({ devices }: ProofContext, need: Need): Need {
  if (vendorOf(devices.get(need.device)?.device.vendor)?.allowLists?.holdsNames) return need;
  const { hosts: _, ...addressed } = need;
  return addressed;
}

function atEachDevice(
  { devices, index }: ProofContext,
  needs: readonly Need[],
  find: (device: Device, own: readonly Need[]) => readonly Fault[],
): PlacedFault[] {
  return index.topology.devices.flatMap(({ name, exports }) => {
    const own = needs.filter(({ device }) => device === name);
    const device = devices.get(name)?.device;
    if (device === undefined || own.length === 0 || exports.length === 0) return [];
    return find(device, own).map((fault) => ({ device: name, fault }));
  });
}
