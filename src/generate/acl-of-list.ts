/** An allow-list as an acl for a renderer, and the packets it is meant to accept. */
import type { Ace, Acl } from "../model/acl.js";
import type { Family } from "../model/address.js";
import type { AllowEntry, AllowList, Reason } from "../model/allow-list.js";
import type { AnyOf, ConnectionState, Endpoint, Matches } from "../model/matches.js";
import type { SourceRef } from "../model/source-ref.js";
import { isSubsetOfHosts, parseHostSet } from "../sets/host-set.js";
import { PacketSet } from "../sets/packet-set.js";
import { packetsOfEntry } from "./entries-of-packets.js";

const NEW = PacketSet.fromFields({ states: ["new"] });
const KNOWN = PacketSet.fromFields({ states: ["established"] });

/** The families whose packets the list accepts; none: it only lets replies through. */
export function familiesOf({ entries }: AllowList): Family[] {
  return [...new Set(entries.map(({ family }) => family))].sort();
}

/** The acl that accepts what the list holds (of one family, where one is given) and drops the rest. */
export function aclOfList(list: AllowList, name: string, at: SourceRef, family?: Family): Acl {
  const entries = list.entries.filter((entry) => family === undefined || entry.family === family);
  const known: Ace = {
    name: "packets of known connections",
    enabled: true,
    matches: { states: ["established"], unmodeled: [] },
    action: { kind: "accept" },
    at,
  };
  return {
    name,
    aces: [
      ...(list.tracking === "explicit" ? [known] : []),
      ...entries.map((entry) => aceOfEntry(entry, stateOf(list))),
    ],
    defaultAction: { kind: "drop" },
    evaluation: "any-accept",
    at,
  };
}

function stateOf({ tracking }: AllowList): ConnectionState | undefined {
  return tracking === "explicit" ? "new" : undefined;
}

/** The ace that accepts the packets of an entry, of one state where one is given. */
export function aceOfEntry(entry: AllowEntry, state: ConnectionState | undefined): Ace {
  const { sources, destinations, services, ingressInterface, egressInterface, hosts, reasons } = entry;
  const matches: Matches = {
    source: anyOf(sources),
    destination: hosts === undefined ? anyOf<Endpoint>(destinations) : anyOf<Endpoint>(hosts.flatMap(requestedNames)),
    service: anyOf(services),
    ...(ingressInterface !== undefined && { ingressInterface: anyOf([{ name: ingressInterface }]) }),
    ...(egressInterface !== undefined && { egressInterface: anyOf([{ name: egressInterface }]) }),
    ...(state !== undefined && { states: [state] }),
    unmodeled: [],
  };
  const at = (reasons[0] as Reason).at;
  const remark = remarkOn(reasons);
  return {
    name: nameOfReasons(reasons),
    ...(remark !== "" && { remark }),
    ...{ enabled: true, matches, action: { kind: "accept" }, at },
  };
}

/** Who answers for the requirements, and the first day on which one of them no longer holds; empty where none says so. */
export function remarkOn(reasons: readonly Reason[]): string {
  const owners = [...new Set(reasons.flatMap(({ owner }) => owner ?? []))];
  const ends = [...new Set(reasons.map(({ expires }) => expires))];
  const [first] = ends.filter((end) => end !== undefined).sort();
  return [
    ...(owners.length > 0 ? [`owner: ${owners.join(", ")}`] : []),
    ...(first === undefined ? [] : [ends.length > 1 ? `partly until ${first}` : `until ${first}`]),
  ].join("; ");
}

const NAMED = 6;

/** The requirements an entry is for, each once. */
export function nameOfReasons(reasons: readonly Reason[]): string {
  const ids = [...new Set(reasons.map(({ requirement }) => requirement))];
  return ids.length > NAMED ? `${ids.slice(0, NAMED).join(" ")} and ${ids.length - NAMED} more` : ids.join(" ");
}

function anyOf<T>(literals: readonly T[]): AnyOf<T>[] {
  return [{ operands: literals.map((literal) => ({ literal })), negated: false }];
}

function requestedNames(host: string): { readonly requested: string }[] {
  return eachHost(host).map((requested) => ({ requested }));
}

/** RFC 2606: a name that nobody has, which stands for all that no rule lists. */
export const UNLISTED = "unlisted.invalid";

/** A host as an entry has it in texts of which rules ask for one: `.name` is the name and every one below it. */
export function eachHost(host: string): string[] {
  return host.startsWith(".") ? [host.slice(1), `*${host}`] : [host];
}

/**
 * What the acl has to accept, of the packets a filter with the list's tracking is asked about (`askedPackets`), where their
 * connections ask for `host`; without one, what it has to accept whatever they ask for.
 */
export function intentOf(list: AllowList, family?: Family, host?: string): PacketSet {
  const entries = list.entries.filter(
    (entry) => (family === undefined || entry.family === family) && holdsHost(entry, host),
  );
  const needed = PacketSet.unionOf(entries.map(packetsOfEntry));
  if (list.tracking === "none") return needed;
  return needed.intersect(NEW).union(list.tracking === "explicit" ? KNOWN.intersect(askedPackets(list, family)) : NONE);
}

const NONE = PacketSet.none;

function holdsHost({ hosts }: AllowEntry, host: string | undefined): boolean {
  return hosts === undefined || (host !== undefined && isSubsetOfHosts(parseHostSet([host]), parseHostSet(hosts)));
}

/** The packets whose fate is compared: only new ones where known connections never reach the rules. */
export function askedPackets({ tracking }: AllowList, family?: Family): PacketSet {
  const all = family === undefined ? PacketSet.all : PacketSet.fromFields({ family });
  return tracking === "implicit" ? all.intersect(NEW) : all;
}
