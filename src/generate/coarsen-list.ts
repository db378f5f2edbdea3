/** Joins the entries of a list into fewer ones that accept more than is needed: what to propose where a format holds too few. */
import type { AllowEntry, AllowList } from "../model/allow-list.js";
import type { PacketSet } from "../sets/packet-set.js";
import { intentOf } from "./acl-of-list.js";
import { mergeEntries, uniteAddresses, uniteReasons } from "./merge-entries.js";

/** A list with fewer entries, and the packets it accepts that nothing needs. */
export interface Coarser {
  readonly list: AllowList;
  readonly excess: PacketSet;
}

/** From each source to each destination of the same services, whoever of them needs it. */
export function coarsenList(list: AllowList): Coarser {
  const groups = new Map<string, AllowEntry[]>();
  for (const entry of list.entries) {
    const { family, services, ingressInterface, egressInterface, hosts } = entry;
    const key = JSON.stringify([family, services, ingressInterface, egressInterface, hosts]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  const joined = [...groups.values()].map((group) => ({
    ...(group[0] as AllowEntry),
    sources: uniteAddresses(group.flatMap(({ sources }) => sources)),
    destinations: uniteAddresses(group.flatMap(({ destinations }) => destinations)),
    reasons: uniteReasons(group),
  }));
  const coarse = { ...list, entries: mergeEntries(joined) };
  return { list: coarse, excess: intentOf(coarse).subtract(intentOf(list)) };
}
