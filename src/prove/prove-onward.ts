/** Decides the second leg of a proxied flow: to the target, or over the parents the proxy may hand a request to. */
import { passProxy } from "../compile/compile-proxy.js";
import type { ProxyParent, ProxyPolicy, RequestRules } from "../model/proxy.js";
import type { Doubt, PathDescription } from "../model/verdict.js";
import { type PathVerdict, refusedVerdict } from "./prove-path.js";
import type { RequiredRequests } from "./required-requests.js";

/** How each way on is decided. */
export interface WaysOn {
  direct(): PathVerdict;
  over(parent: ProxyParent): PathVerdict;
}

/** Proved iff every way that the proxy may choose for the requests is, and refuted iff none of them can be. */
export function proveOnward(
  policy: ProxyPolicy,
  path: PathDescription,
  asked: RequiredRequests,
  ways: WaysOn,
): PathVerdict {
  const { onward } = policy;
  if (onward === "direct") return ways.direct();
  const [always, never] = [onward.always, onward.never].map((rules) => shareOf(policy, rules, asked));
  if (always === "all") return ways.direct();
  const parents = policy.parents.map((parent) => ({ parent, share: shareOf(policy, parent.takes, asked) }));
  const takers = parents.filter(({ share }) => share !== "none");
  const isDirectOut = always === "none" && never === "all";
  const verdicts = [...takers.map(({ parent }) => ways.over(parent)), ...(isDirectOut ? [] : [ways.direct()])];
  if (verdicts.length === 0) {
    const why = `\`${policy.name}\` never sends the request directly, and no parent may take it`;
    return refusedVerdict(path, "blocked", why);
  }
  const isSureOfTaker = !isDirectOut || takers.some(({ share }) => share === "all");
  return joined(verdicts, isSureOfTaker ? [] : takers.map(({ parent }) => doubtOf(parent)), onward.never);
}

/** How many of the requests the rules say yes to, for certain. */
function shareOf(policy: ProxyPolicy, rules: RequestRules, asked: RequiredRequests): "all" | "none" | "some" {
  const asking = { ...policy, aces: rules.aces, defaultAction: rules.defaultAction, defaultAt: rules.at };
  const fates = new Set(passProxy(asking, asked.requests, asked).map(({ disposition }) => disposition));
  if (fates.size !== 1) return "some";
  return fates.has("accept") ? "all" : fates.has("drop") ? "none" : "some";
}

function doubtOf({ host, port, at }: ProxyParent): Doubt {
  return { condition: `whether the parent proxy ${host}:${port} may take the request`, at };
}

function joined(verdicts: readonly PathVerdict[], doubts: readonly Doubt[], { at }: RequestRules): PathVerdict {
  const first = verdicts[0] as PathVerdict;
  const open = verdicts.find(({ kind }) => kind !== "proved");
  if (open === undefined && doubts.length === 0) return first;
  if (verdicts.every(({ kind }) => kind === "refuted")) return first;
  const isChoice = verdicts.some(({ kind }) => kind !== open?.kind);
  const choice = isChoice ? [{ condition: "which way the proxy chooses for the request", at }] : [];
  const because = [...doubts, ...choice, ...verdicts.flatMap((verdict) => verdict.because)];
  const explanation = open?.explanation || "the proxy may hand the request to another proxy";
  return { ...(open ?? first), kind: "undecided", explanation, because };
}
