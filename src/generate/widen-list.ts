/** Makes a list wider for a target whose rules know nothing of some fields. */
import type { AllowEntry, AllowList, WidenedField } from "../model/allow-list.js";
import { mergeEntries } from "./merge-entries.js";

/** The list without what it says about these fields. */
export function widened(list: AllowList, fields: readonly WidenedField[]): AllowList {
  return { ...list, entries: widenedEntries(list.entries, fields) };
}

/** The entries without what they say about these fields. */
export function widenedEntries(entries: readonly AllowEntry[], fields: readonly WidenedField[]): readonly AllowEntry[] {
  if (fields.length === 0) return entries;
  const wide = entries.map(({ ingressInterface, egressInterface, services, ...entry }) => ({
    ...entry,
    ...(!fields.includes("interfaces") && {
      ...(ingressInterface !== undefined && { ingressInterface }),
      ...(egressInterface !== undefined && { egressInterface }),
    }),
    services: fields.includes("source ports") ? services.map(({ sourcePorts: _, ...service }) => service) : services,
  }));
  return mergeEntries(wide);
}

/** Those of the fields that the entries say something about. */
export function fieldsWithin(entries: readonly AllowEntry[], fields: readonly WidenedField[]): WidenedField[] {
  const isWithin: Readonly<Record<WidenedField, boolean>> = {
    "source ports": entries.some(({ services }) => services.some(({ sourcePorts }) => sourcePorts !== undefined)),
    interfaces: entries.some((entry) => (entry.ingressInterface ?? entry.egressInterface) !== undefined),
  };
  return fields.filter((field) => isWithin[field]);
}
