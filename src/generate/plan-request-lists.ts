/** Turns what requirements ask of a proxy into the fewest entries its rules must hold. */
import type { NameKnowledge } from "../compile/name-knowledge.js";
import type { Reason } from "../model/allow-list.js";
import type { RequestEntry, RequestList } from "../model/request-list.js";
import { addressRanges, addressSetOf } from "../sets/address-set.js";
import { formatHosts, uniteHostTexts } from "../sets/host-set.js";
import { portSetOf } from "../sets/port-set.js";
import { isSubsetOfRequests, NO_USER, type RequestBox, type RequestSet } from "../sets/request-set.js";
import { uniteReasons } from "./merge-entries.js";
import { requestsOfEntry } from "./requests-of-list.js";

/** Requests a proxy has to accept for a requirement. */
export interface RequestNeed {
  readonly proxy: string;
  readonly requests: RequestSet;
  /** What is known of the names asked for. */
  readonly names: NameKnowledge["names"];
  /** The account that the requirement says has to answer. */
  readonly account?: string;
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
  readonly field: "hosts" | "clients" | "ports" | "users";
  readonly unite: (group: readonly RequestEntry[]) => Partial<RequestEntry>;
}

const JOINS: readonly Join[] = [
  { field: "hosts", unite: (group) => ({ hosts: uniteHostTexts(group.flatMap(({ hosts }) => hosts)) }) },
  {
    field: "clients",
    unite: (group) => ({ clients: addressRanges(addressSetOf(group.flatMap(({ clients }) => clients))) }),
  },
  { field: "users", unite: (group) => ({ users: [...new Set(group.flatMap(({ users }) => users))].sort() }) },
  { field: "ports", unite: (group) => ({ ports: portSetOf(group.flatMap(({ ports }) => ports)) }) },
];

/**
 * Entries that differ in their hosts, clients, ports or users alone become one, again and again until none do; then those
 * within another one go.
 */
export function mergeRequestEntries(entries: readonly RequestEntry[]): RequestEntry[] {
  for (let merged = entries.map(inFewestWords); ; ) {
    const next = JOINS.reduce(joinBy, merged);
    if (next.length === merged.length) return withoutCovered(next);
    merged = next;
  }
}

function inFewestWords(entry: RequestEntry): RequestEntry {
  return Object.assign({}, entry, ...JOINS.map(({ unite }) => unite([entry])));
}

// Above this many entries comparing each with each takes longer than it is worth.
const COMPARED = 500;

function withoutCovered(entries: readonly RequestEntry[]): RequestEntry[] {
  if (entries.length > COMPARED) return [...entries];
  const sets = new Map(entries.map((entry) => [entry, requestsOfEntry(entry)]));
  const isWithin = (inner: RequestEntry, outer: RequestEntry): boolean =>
    isSubsetOfRequests(sets.get(inner) as RequestSet, sets.get(outer) as RequestSet);
  // Of entries that hold the same requests the first one stays.
  const isCovered = (entry: RequestEntry, i: number): boolean =>
    entries.some((other, j) => i !== j && isWithin(entry, other) && (j < i || !isWithin(other, entry)));
  const gone = new Set(entries.filter(isCovered));
  return entries
    .filter((entry) => !gone.has(entry))
    .map((entry) => {
      const covered = entries.filter((other) => other === entry || (gone.has(other) && isWithin(other, entry)));
      return covered.length === 1 ? entry : { ...entry, reasons: uniteReasons(covered) };
    });
}

function joinBy(entries: readonly RequestEntry[], { field, unite }: Join): RequestEntry[] {
  const groups = new Map<string, RequestEntry[]>();
  for (const entry of entries) {
    // Who is asked for credentials and who is not stay apart.
    const key = JSON.stringify({ ...entry, [field]: entry[field].length === 0, reasons: undefined });
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [RequestEntry];
    return group.length === 1 ? first : { ...first, ...unite(group), reasons: uniteReasons(group) };
  });
}
