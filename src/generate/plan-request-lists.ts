/** Turns what requirements ask of a proxy into the fewest entries its rules must hold. */
import type { Reason } from "../model/allow-list.js";
import type { RequestEntry, RequestList } from "../model/request-list.js";
import { addressRanges, addressSetOf } from "../sets/address-set.js";
import { formatHosts, uniteHostTexts } from "../sets/host-set.js";
import { portSetOf } from "../sets/port-set.js";
import { NO_USER, type RequestBox, type RequestSet } from "../sets/request-set.js";
import { uniteReasons } from "./merge-entries.js";

/** Requests a proxy has to accept for a requirement. */
export interface RequestNeed {
  readonly proxy: string;
  readonly requests: RequestSet;
  readonly reason: Reason;
}

/** The list of a proxy whose exports are of the vendor. */
export function planRequestList(proxy: string, vendor: string, needs: readonly RequestNeed[]): RequestList {
  const own = needs.filter((need) => need.proxy === proxy);
  const entries = own.flatMap(({ requests, reason }) => requests.boxes.map((box) => entryOfBox(box, reason)));
  return { proxy, vendor, entries: mergeRequestEntries(entries) };
}

function entryOfBox({ clients, methods, schemes, hosts, ports, users }: RequestBox, reason: Reason): RequestEntry {
  return {
    clients: addressRanges(clients),
    methods: [...methods.words].sort(),
    schemes: [...schemes.words].filter((scheme) => scheme !== "").sort(),
    hosts: uniteHostTexts(formatHosts(hosts)),
    ports,
    users: [...users.words].filter((user) => user !== NO_USER).sort(),
    reasons: [reason],
  };
}

interface Join {
  readonly field: "hosts" | "clients" | "ports";
  readonly unite: (group: readonly RequestEntry[]) => Partial<RequestEntry>;
}

const JOINS: readonly Join[] = [
  { field: "hosts", unite: (group) => ({ hosts: uniteHostTexts(group.flatMap(({ hosts }) => hosts)) }) },
  {
    field: "clients",
    unite: (group) => ({ clients: addressRanges(addressSetOf(group.flatMap(({ clients }) => clients))) }),
  },
  { field: "ports", unite: (group) => ({ ports: portSetOf(group.flatMap(({ ports }) => ports)) }) },
];

/** Entries that differ in their hosts, clients or ports alone become one, again and again until none do. */
export function mergeRequestEntries(entries: readonly RequestEntry[]): RequestEntry[] {
  for (let merged = [...entries]; ; ) {
    const next = JOINS.reduce(joinBy, merged);
    if (next.length === merged.length) return next;
    merged = next;
  }
}

function joinBy(entries: readonly RequestEntry[], { field, unite }: Join): RequestEntry[] {
  const groups = new Map<string, RequestEntry[]>();
  for (const entry of entries) {
    const key = JSON.stringify({ ...entry, [field]: undefined, reasons: undefined });
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [RequestEntry];
    return group.length === 1 ? first : { ...first, ...unite(group), reasons: uniteReasons(group) };
  });
}
