/** A request list as a policy for a renderer, and whether the policy that was read back is the one that was meant. */
import { passProxy } from "../compile/compile-proxy.js";
import { NO_KNOWLEDGE } from "../compile/name-knowledge.js";
import { parseAddressRange } from "../model/address.js";
import type { HostPattern, ProxyPolicy, RequestAce, RequestCondition } from "../model/proxy.js";
import type { RequestEntry, RequestList } from "../model/request-list.js";
import type { SourceRef } from "../model/source-ref.js";
import { wordsOf } from "../sets/choice-set.js";
import { hasHost, parseHostSet } from "../sets/host-set.js";
import {
  formatRequests,
  intersectRequests,
  NO_REQUESTS,
  NO_USER,
  type RequestSet,
  requestSetOf,
  subtractRequests,
  uniteRequests,
} from "../sets/request-set.js";
import { nameOfReasons, remarkOn } from "./acl-of-list.js";
import type { Difference } from "./compare-to-intent.js";
import { requestsOfList } from "./requests-of-list.js";

/** The policy that accepts what the list holds and drops the rest, on the listeners the proxy has. */
export function policyOfRequests({ entries }: RequestList, proxy: ProxyPolicy): ProxyPolicy {
  // Asking for credentials ends the walk for who has none, so that comes after what is open to everybody.
  const ordered = [...entries].sort((a, b) => Number(a.users.length > 0) - Number(b.users.length > 0));
  return { ...proxy, aces: ordered.map(aceOfRequests), defaultAction: "drop", challengesOnDrop: true };
}

function aceOfRequests({ clients, methods, schemes, hosts, ports, users, reasons }: RequestEntry): RequestAce {
  const { at } = reasons[0] as { readonly at: SourceRef };
  const conditions: RequestCondition[] = [
    { kind: "client", ranges: clients },
    { kind: "method", methods },
    ...(schemes.length > 0 ? [{ kind: "scheme", schemes } as const] : []),
    { kind: "port", ranges: ports },
    ...hostConditions(hosts, at),
    ...(users.length > 0 ? [{ kind: "authenticated", users, ignoreCase: true, at } as const] : []),
  ];
  const remark = remarkOn(reasons);
  return { name: nameOfReasons(reasons), ...(remark !== "" && { remark }), action: "accept", conditions, at };
}

// What a format calls a name and everything below it is one word; the name itself goes out again where it is not meant.
function hostConditions(hosts: readonly string[], at: SourceRef): RequestCondition[] {
  const addresses = hosts.flatMap((host) => parseAddressRange(host) ?? []);
  const names = hosts.filter((host) => parseAddressRange(host) === undefined);
  const all = parseHostSet(hosts);
  const apexes = names.filter((name) => name.startsWith("*.")).map((name) => name.slice(2));
  const unmeant = apexes.filter((name) => !hasHost(all, name));
  const named: RequestCondition = { kind: "host", patterns: names.map(patternOf), addresses, at };
  const patterns = unmeant.map((name): HostPattern => ({ name, below: false }));
  if (patterns.length === 0) return [named];
  return [named, { kind: "not", condition: { kind: "host", patterns, addresses: [], at } }];
}

function patternOf(host: string): HostPattern {
  return host.startsWith("*.") || host.startsWith(".")
    ? { name: host.replace(/^\*?\./, ""), below: true }
    : { name: host, below: false };
}

/** Bounds of what a proxy accepts of some requests. */
export interface AcceptedRequests {
  readonly surely: RequestSet;
  readonly possibly: RequestSet;
}

/** What the proxy's rules accept of the requests; without knowledge of names, whatever addresses they have. */
export function acceptedRequests(policy: ProxyPolicy, asked: RequestSet, known = NO_KNOWLEDGE): AcceptedRequests {
  const branches = passProxy(policy, asked, known);
  const [possibly, others] = [true, false].map((isAccepted) =>
    branches
      .filter(({ disposition }) => (disposition === "accept") === isAccepted)
      .map(({ requests }) => requests)
      .reduce(uniteRequests, NO_REQUESTS),
  ) as [RequestSet, RequestSet];
  return { possibly, surely: subtractRequests(possibly, others) };
}

// No account of a topology is called so: it stands for every account that no rule names.
const ANYBODY_ELSE = "\u0001";

/**
 * Every request, as nobody, as each of the accounts, and as anybody else. Rules tell accounts apart by equality with those
 * they name alone, and without case: other accounts, and other spellings, are treated as these are.
 */
export function everyRequest(accounts: readonly string[]): RequestSet {
  return requestSetOf({ users: wordsOf([NO_USER, ANYBODY_ELSE, ...accounts]) });
}

/** Compares what a proxy accepts, for certain and possibly, with a list. */
export function compareRequests(policy: ProxyPolicy, list: RequestList): Difference {
  const asked = everyRequest(list.entries.flatMap(({ users }) => users));
  const intent = intersectRequests(requestsOfList(list), asked);
  const { surely, possibly } = acceptedRequests(policy, asked);
  return {
    missing: formatRequests(subtractRequests(intent, surely)),
    excess: formatRequests(subtractRequests(possibly, intent)),
  };
}
