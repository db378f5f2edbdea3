/** Finds which needed requests a proxy's rules do not surely accept, and what refuses them: where a rule is missing. */
import { passProxy } from "../compile/compile-proxy.js";
import type { NameKnowledge } from "../compile/name-knowledge.js";
import type { ProxyPolicy, RequestCondition } from "../model/proxy.js";
import type { RequestList } from "../model/request-list.js";
import type { Decision } from "../model/verdict.js";
import { wordsOf } from "../sets/choice-set.js";
import {
  intersectRequests,
  isEmptyRequests,
  isSubsetOfRequests,
  NO_USER,
  type RequestSet,
  requestSetOf,
  subtractRequests,
} from "../sets/request-set.js";
import { planRequestList, type RequestNeed } from "./plan-request-lists.js";
import { acceptedRequests, everyRequest } from "./policy-of-requests.js";
import { requestsOfList } from "./requests-of-list.js";

/** Requests that one line refuses though they are needed. */
export interface RefusedRequests {
  readonly list: RequestList;
  readonly decision: Decision;
  /** What is known of the names in the list. */
  readonly names: NameKnowledge["names"];
}

const ANONYMOUS = requestSetOf({ users: wordsOf([NO_USER]) });

/** What the needs lack at the proxy, by the line that refuses it; a missing account that has to answer is not mended by a rule. */
export function findRefused(policy: ProxyPolicy, needs: readonly RequestNeed[]): RefusedRequests[] {
  const byLine = new Map<string, { readonly decision: Decision; readonly needs: RequestNeed[] }>();
  for (const need of needs.filter(({ proxy }) => proxy === policy.name)) {
    let open = subtractRequests(need.requests, acceptedRequests(policy, need.requests, need).surely);
    for (const { requests, disposition, decidedBy } of passProxy(policy, open, need)) {
      const isBeyond = disposition === "challenge" && need.account !== undefined;
      const refused = isBeyond ? subtractRequests(requests, ANONYMOUS) : requests;
      const part = intersectRequests(refused, open);
      if (disposition === "accept" || isEmptyRequests(part)) continue;
      open = subtractRequests(open, part);
      const key = `${decidedBy.at.file}:${decidedBy.at.line}`;
      const known = byLine.get(key) ?? { decision: decidedBy, needs: [] };
      known.needs.push({ ...need, requests: part });
      byLine.set(key, known);
    }
  }
  return [...byLine.values()].map(({ decision, needs: own }) => ({
    decision,
    list: planRequestList(policy.name, policy.vendor, own),
    names: new Map(own.flatMap(({ names }) => [...names])),
  }));
}

/**
 * True iff the changed rules surely accept the requests that were refused, and treat every other request as before, in
 * either bound.
 */
export function changesNothingElse(
  before: ProxyPolicy,
  after: ProxyPolicy,
  mended: readonly RefusedRequests[],
): boolean {
  const entries = mended.flatMap(({ list }) => list.entries);
  const names = new Map(mended.flatMap((one) => [...one.names]));
  const accounts = [...accountsIn(before), ...entries.flatMap(({ users }) => users)];
  const asked = everyRequest(accounts);
  const added = intersectRequests(requestsOfList({ entries }), asked);
  const rest = subtractRequests(asked, added);
  const [old, now] = [before, after].map((policy) => acceptedRequests(policy, rest));
  return (
    old !== undefined &&
    now !== undefined &&
    areEqual(old.surely, now.surely) &&
    areEqual(old.possibly, now.possibly) &&
    isSubsetOfRequests(added, acceptedRequests(after, added, { names }).surely)
  );
}

function areEqual(a: RequestSet, b: RequestSet): boolean {
  return isSubsetOfRequests(a, b) && isSubsetOfRequests(b, a);
}

// Every account that a rule tells from others.
function accountsIn({ aces }: ProxyPolicy): string[] {
  return aces.flatMap(({ conditions }) => conditions.flatMap(accountsOf));
}

function accountsOf(condition: RequestCondition): readonly string[] {
  switch (condition.kind) {
    case "any-of":
    case "all-of":
      return condition.conditions.flatMap(accountsOf);
    case "not":
      return accountsOf(condition.condition);
    case "authenticated":
      return typeof condition.users === "string" ? [] : condition.users;
    default:
      return [];
  }
}
