/** Joins the entries of an allow-list into fewer ones that hold exactly the same packets. */
import { type AddressRange, addressFromValue, addressValue, compareAddresses } from "../model/address.js";
import type { AllowEntry, Reason } from "../model/allow-list.js";
import type { PortRange, Service } from "../model/service.js";
import { uniteHostTexts } from "../sets/host-set.js";
import { normalizeRanges } from "../sets/intervals.js";

/**
 * Entries that differ in their services, sources or destinations alone become one, again and again until none do; then
 * those that lie within another one go. The result is never wider than the entries together.
 */
export function mergeEntries(entries: readonly AllowEntry[]): AllowEntry[] {
  let merged: readonly AllowEntry[] = entries.map((entry) => ({ ...entry, services: uniteServices(entry.services) }));
  for (;;) {
    const next = JOINS.reduce((list, join) => joinBy(list, join), merged);
    if (next.length === merged.length) return withoutCovered(next);
    merged = next;
  }
}

interface Join {
  readonly field: "services" | "sources" | "destinations" | "hosts";
  readonly unite: (group: readonly AllowEntry[]) => Partial<AllowEntry>;
}

const JOINS: readonly Join[] = [
  { field: "services", unite: (group) => ({ services: uniteServices(group.flatMap(({ services }) => services)) }) },
  { field: "sources", unite: (group) => ({ sources: uniteAddresses(group.flatMap(({ sources }) => sources)) }) },
  {
    field: "destinations",
    unite: (group) => ({ destinations: uniteAddresses(group.flatMap(({ destinations }) => destinations)) }),
  },
  { field: "hosts", unite: (group) => ({ hosts: uniteHostTexts(group.flatMap(({ hosts = [] }) => hosts)) }) },
];

function joinBy(entries: readonly AllowEntry[], { field, unite }: Join): AllowEntry[] {
  const groups = new Map<string, AllowEntry[]>();
  for (const entry of entries) {
    const key = JSON.stringify({ ...entry, [field]: entry[field] === undefined, reasons: undefined });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()].map((group) =>
    group.length === 1
      ? (group[0] as AllowEntry)
      : { ...(group[0] as AllowEntry), ...unite(group), reasons: uniteReasons(group) },
  );
}

/** The reasons of all entries, each once. */
export function uniteReasons(entries: readonly { readonly reasons: readonly Reason[] }[]): Reason[] {
  const reasons = entries.flatMap((entry) => entry.reasons);
  return [...new Map(reasons.map((reason) => [reasonKey(reason), reason])).values()];
}

function reasonKey({ requirement, from, to }: Reason): string {
  return JSON.stringify([requirement, from, to]);
}

/** The ranges, ascending, with those joined that overlap or follow each other. */
export function uniteAddresses(ranges: readonly AddressRange[]): AddressRange[] {
  const united: AddressRange[] = [];
  for (const range of [...ranges].sort((a, b) => compareAddresses(a.first, b.first))) {
    const end = united.at(-1);
    if (end === undefined || isAfter(range.first, end.last)) united.push(range);
    else if (compareAddresses(range.last, end.last) > 0) united[united.length - 1] = { ...end, last: range.last };
  }
  return united;
}

function isAfter(first: AddressRange["first"], last: AddressRange["last"]): boolean {
  if (compareAddresses(first, last) <= 0) return false;
  const family = first.length === 1 ? "ipv4" : "ipv6";
  return compareAddresses(first, addressFromValue(addressValue(last) + 1n, family)) !== 0;
}

const PORT_FIELDS = ["destinationPorts", "sourcePorts", "icmpTypes", "icmpCodes"] as const;

// Services that differ in one list of numbers alone become one.
function uniteServices(services: readonly Service[]): readonly Service[] {
  if (services.length === 1) return services;
  let united: readonly Service[] = services;
  for (const field of PORT_FIELDS) {
    const groups = new Map<string, Service[]>();
    for (const service of united) {
      const key = JSON.stringify({ ...service, [field]: service[field] === undefined });
      groups.set(key, [...(groups.get(key) ?? []), service]);
    }
    united = [...groups.values()].map((group) => uniteOnField(group, field));
  }
  return [...united].sort((a, b) => a.protocol - b.protocol || firstPort(a) - firstPort(b));
}

function uniteOnField(group: readonly Service[], field: (typeof PORT_FIELDS)[number]): Service {
  const ranges = group.flatMap((service): readonly PortRange[] => service[field] ?? []);
  return ranges.length === 0 ? (group[0] as Service) : { ...(group[0] as Service), [field]: normalizeRanges(ranges) };
}

function firstPort({ destinationPorts, icmpTypes }: Service): number {
  return destinationPorts?.[0]?.first ?? icmpTypes?.[0]?.first ?? -1;
}

// Above this many entries comparing each with each takes longer than it is worth.
const COMPARED = 2000;

function withoutCovered(entries: readonly AllowEntry[]): AllowEntry[] {
  if (entries.length > COMPARED) return [...entries];
  const gone = entries.filter((entry, i) => entries.some((other, j) => i !== j && isBefore(other, j, entry, i)));
  if (gone.length === 0) return [...entries];
  const left = new Set(gone);
  return entries
    .filter((entry) => !left.has(entry))
    .map((entry) => {
      const covered = entries.filter((other) => other === entry || (left.has(other) && covers(entry, other)));
      return covered.length === 1 ? entry : { ...entry, reasons: uniteReasons(covered) };
    });
}

// Of entries that hold the same packets the first one stays.
function isBefore(other: AllowEntry, j: number, entry: AllowEntry, i: number): boolean {
  return covers(other, entry) && (j < i || !covers(entry, other));
}

function covers(outer: AllowEntry, inner: AllowEntry): boolean {
  return (
    outer.family === inner.family &&
    (outer.hosts === undefined || JSON.stringify(outer.hosts) === JSON.stringify(inner.hosts)) &&
    (outer.ingressInterface === undefined || outer.ingressInterface === inner.ingressInterface) &&
    (outer.egressInterface === undefined || outer.egressInterface === inner.egressInterface) &&
    holdsAll(outer.sources, inner.sources, holdsRange) &&
    holdsAll(outer.destinations, inner.destinations, holdsRange) &&
    holdsAll(outer.services, inner.services, holdsService)
  );
}

function holdsAll<T>(outer: readonly T[], inner: readonly T[], holds: (outer: T, inner: T) => boolean): boolean {
  return inner.every((one) => outer.some((other) => holds(other, one)));
}

function holdsRange(outer: AddressRange, inner: AddressRange): boolean {
  return compareAddresses(outer.first, inner.first) <= 0 && compareAddresses(inner.last, outer.last) <= 0;
}

function holdsService(outer: Service, inner: Service): boolean {
  if (outer.protocol !== inner.protocol || JSON.stringify(outer.tcpFlags) !== JSON.stringify(inner.tcpFlags)) {
    return false;
  }
  return PORT_FIELDS.every((field) => {
    const [own, others] = [outer[field], inner[field]];
    if (own === undefined) return true;
    return others !== undefined && holdsAll(own, others, (a, b) => a.first <= b.first && b.last <= a.last);
  });
}
