/** Makes a list wider for a target whose rules know nothing of some fields. */
import type { AllowList, WidenedField } from "../model/allow-list.js";
import { mergeEntries } from "./merge-entries.js";

/** The list without what it says about these fields. */
export function widened(list: AllowList, fields: readonly WidenedField[]): AllowList {
  if (fields.length === 0) return list;
  const entries = list.entries.map(({ ingressInterface, egressInterface, services, ...entry }) => ({
    ...entry,
    ...(!fields.includes("interfaces") && {
      ...(ingressInterface !== undefined && { ingressInterface }),
      ...(egressInterface !== undefined && { egressInterface }),
    }),
    services: fields.includes("source ports") ? services.map(({ sourcePorts: _, ...service }) => service) : services,
  }));
  return { ...list, entries: mergeEntries(entries) };
}

/** Those of the fields that the list says something about. */
export function fieldsWithin({ entries }: AllowList, fields: readonly WidenedField[]): WidenedField[] {
  const isWithin: Readonly<Record<WidenedField, boolean>> = {
    "source ports": entries.some(({ services }) => services.some(({ sourcePorts }) => sourcePorts !== undefined)),
    interfaces: entries.some((entry) => (entry.ingressInterface ?? entry.egressInterface) !== undefined),
  };
  return fields.filter((field) => isWithin[field]);
}
