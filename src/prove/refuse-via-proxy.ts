/** Decides whether a forbidden flow gets through over the application proxies of a topology. */
import { passProxy } from "../compile/compile-proxy.js";
import type { ProxyPolicy } from "../model/proxy.js";
import type { FlowRequirement } from "../model/requirement.js";
import type { Component, ProxyNode } from "../model/topology.js";
import { PacketSet } from "../sets/packet-set.js";
import { formatRequests, isEmptyRequests, someRequest, subtractRequests } from "../sets/request-set.js";
import type { ProofContext } from "./proof-context.js";
import { type PathVerdict, refusedVerdict, refuseOnPath, type ServiceFlow } from "./prove-path.js";
import { type ProxyStep, proxyService, unheardVerdict, unionOfRequests, uniqueDoubts } from "./prove-via-proxy.js";
import { forbiddenRequests, type RequiredRequests } from "./required-requests.js";

/**
 * One verdict for each proxy on a third host: proved iff it surely carries none of the flow. Whether the source is set to
 * use a proxy does not matter, since nothing but rules keeps it from asking one.
 */
export function refuseViaProxy(context: ProofContext, requirement: FlowRequirement, flow: ServiceFlow): PathVerdict[] {
  return context.index.topology.proxies.flatMap((proxy) => {
    const policy = context.proxies.get(proxy.name);
    if (policy === undefined || proxy.component === flow.from.name || proxy.component === flow.to.name) return [];
    return [refuseOverProxy(context, requirement, flow, proxy, policy)];
  });
}

// A chain lets nothing through iff one of its links does not, and surely something iff all of them do.
function refuseOverProxy(
  context: ProofContext,
  requirement: FlowRequirement,
  flow: ServiceFlow,
  proxy: ProxyNode,
  policy: ProxyPolicy,
): PathVerdict {
  const host = context.index.components.get(proxy.component) as Component;
  const toProxy = mostOpen(context, { from: flow.from, to: host, services: [proxyService(proxy)] });
  const toTarget = mostOpen(context, { from: host, to: flow.to, services: flow.services });
  const path = { kind: "proxy" as const, nodes: [...toProxy.path.nodes, proxy.name, ...toTarget.path.nodes] };
  const asked = forbiddenRequests(context, requirement, flow, toProxy.arriving);
  const rules = judgeForbidden({ flow, proxy, policy, path, hears: hearsSome(toProxy.arriving) }, asked);
  // A file that is not given may name parents too.
  const isDirect = policy.onward === "direct" && policy.openListeners.length === 0;
  const onward = isDirect ? toTarget : throughParents(policy, toTarget);
  const steps = [toProxy, rules, onward];
  const hops = [...toProxy.hops, ...toTarget.hops];
  const open = steps.filter(({ kind }) => kind === "undecided");
  const decisive = steps.find(({ kind }) => kind === "proved") ?? open[0] ?? rules;
  const because = uniqueDoubts(open.flatMap((step) => step.because));
  return { ...decisive, path, because, ...(decisive.kind !== "proved" && { hops }) };
}

function hearsSome(arriving: PacketSet): ProxyStep["hears"] {
  return (listening) =>
    listening === undefined || PacketSet.fromFields({ destinations: [listening] }).overlaps(arriving);
}

function mostOpen(context: ProofContext, flow: ServiceFlow): PathVerdict {
  const { paths, complete } = context.pathsBetween(flow.from.networks, flow.to.networks);
  const verdicts = paths.map((path) => refuseOnPath(context, flow, path));
  const rank = { refuted: 2, undecided: 1, proved: 0 };
  const best = [...verdicts].sort((a, b) => rank[b.kind] - rank[a.kind])[0] ?? nowhere();
  if (complete || best.kind !== "proved") return best;
  const because = [{ condition: "there are more paths than were looked at", at: flow.to.at }];
  return { ...best, kind: "undecided", because };
}

function nowhere(): PathVerdict {
  return { ...refusedVerdict({ kind: "lan", nodes: [] }, "no-path", ""), kind: "proved" };
}

function throughParents(policy: ProxyPolicy, toTarget: PathVerdict): PathVerdict {
  const ofParents = policy.parents.map(({ host, port, at }) => ({
    condition: `rules of the parent proxy ${host}:${port}`,
    at,
  }));
  const because = [...ofParents, ...policy.openListeners];
  return { ...toTarget, kind: "undecided", explanation: "the proxy may hand the request to another proxy", because };
}

function judgeForbidden(step: ProxyStep, asked: RequiredRequests): PathVerdict {
  const { policy, path } = step;
  const unheard = unheardVerdict(step);
  if (unheard !== undefined) return { ...unheard, kind: unheard.kind === "refuted" ? "proved" : unheard.kind };
  const branches = passProxy(policy, asked.requests, { names: asked.names });
  const passing = branches.filter(({ disposition }) => disposition === "accept");
  const stopped = branches.filter(({ disposition }) => disposition !== "accept");
  const possibly = unionOfRequests(passing);
  const surely = subtractRequests(possibly, unionOfRequests(stopped));
  const refused = refusedVerdict(path, "reachable", `the rules of \`${policy.name}\` accept the request`);
  if (isEmptyRequests(possibly)) return { ...refused, kind: "proved" };
  const because = uniqueDoubts(branches.flatMap(({ doubts }) => doubts));
  const sure = passing.flatMap(({ requests, decidedBy }) => {
    const request = someRequest(subtractRequests(requests, unionOfRequests(stopped)));
    return request === undefined ? [] : [{ decision: decidedBy, witness: { kind: "request" as const, request } }];
  })[0];
  if (sure !== undefined) return { ...refused, request: { ...sure, failing: formatRequests(surely) } };
  return { ...refused, kind: "undecided", explanation: "the proxy may accept forbidden requests", because };
}
