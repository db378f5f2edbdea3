/** Decides a requirement over the application proxies of its source: client to proxy, the proxy's rules, proxy to target. */
import { passProxy, type RequestBranch } from "../compile/compile-proxy.js";
import type { AddressRange } from "../model/address.js";
import type { ProxyListener, ProxyParent, ProxyPolicy } from "../model/proxy.js";
import type { FlowRequirement, NamedService } from "../model/requirement.js";
import { PROTOCOL_NUMBERS } from "../model/service.js";
import type { Component, ProxyNode } from "../model/topology.js";
import type { Doubt, PathDescription, Witness } from "../model/verdict.js";
import { PacketSet } from "../sets/packet-set.js";
import {
  formatRequests,
  isEmptyRequests,
  type RequestSet,
  someRequest,
  subtractRequests,
  uniteRequests,
} from "../sets/request-set.js";
import type { ProofContext } from "./proof-context.js";
import { proveForNames } from "./prove-for-names.js";
import { proveOnward } from "./prove-onward.js";
import { type PathVerdict, refusedVerdict, type ServiceFlow } from "./prove-path.js";
import { proxyAt } from "./proxy-at.js";
import type { FlowHop } from "./push-flows.js";
import { type RequiredRequests, requestedNames, requiredRequests } from "./required-requests.js";

/** The verdict for one proxy, with the requests it is about. */
export interface ProxyVerdict extends PathVerdict {
  readonly proxy: string;
  readonly asked: RequiredRequests;
}

/** One verdict for each proxy the source is set to use. */
export function proveViaProxy(context: ProofContext, requirement: FlowRequirement, flow: ServiceFlow): ProxyVerdict[] {
  const { proxies } = context.index.topology;
  return flow.from.proxies.flatMap((name) => {
    const proxy = proxies.find((candidate) => candidate.name === name);
    const policy = context.proxies.get(name);
    if (proxy === undefined || policy === undefined) return [];
    return [proveOverProxy(context, requirement, flow, proxy, policy)];
  });
}

/** The first leg alone: whether the client reaches the proxy's port. */
export function proveToProxy(context: ProofContext, from: Component, proxy: ProxyNode): PathVerdict {
  const host = context.index.components.get(proxy.component) as Component;
  return bestDirect(context, { from, to: host, services: [proxyService(proxy)] });
}

/** The verdict for one proxy, to which the client speaks `transport`; `before`: proxies that handed the request on. */
export function proveOverProxy(
  context: ProofContext,
  requirement: FlowRequirement,
  flow: ServiceFlow,
  proxy: ProxyNode,
  policy: ProxyPolicy,
  transport: ProxyListener["transport"] = "http",
  before: readonly string[] = [],
): ProxyVerdict {
  const host = context.index.components.get(proxy.component) as Component;
  const toProxy = proveToProxy(context, flow.from, proxy);
  const asked = requiredRequests(context, requirement, flow, toProxy.arriving);
  const toTarget = proveOnward(policy, toProxy.path, asked, {
    direct: () => {
      const names = requestedNames(requirement, flow.to);
      return bestDirect(context, { from: host, to: flow.to, services: flow.services }, names);
    },
    over: (parent) =>
      proveOverParent(context, requirement, { ...flow, from: host }, flow.from, parent, [...before, proxy.name]),
  });
  const path: PathDescription = {
    kind: "proxy",
    nodes: [...toProxy.path.nodes, proxy.name, ...toTarget.path.nodes],
  };
  const rules = judgeRequests({ flow, proxy, policy, path, hears: hearsAll(toProxy.arriving) }, asked, transport);
  const steps = [toProxy, ...rules, toTarget];
  const common = { path, proxy: proxy.name, asked };
  const open = steps.find((step) => step.kind === "refuted") ?? steps.find((step) => step.kind === "undecided");
  if (open !== undefined) return { ...open, ...common };
  const hops = [...toProxy.hops, requestHop(proxy, passProxy(policy, asked.requests, asked)), ...toTarget.hops];
  return { ...toTarget, hops, ...common };
}

// A parent that is no proxy of the topology has rules nobody gave.
function proveOverParent(
  context: ProofContext,
  requirement: FlowRequirement,
  flow: ServiceFlow,
  client: Component,
  { host, port, transport, login, at }: ProxyParent,
  before: readonly string[],
): PathVerdict {
  const path: PathDescription = { kind: "proxy", nodes: [] };
  const proxy = proxyAt(context, host, port);
  const policy = proxy && context.proxies.get(proxy.name);
  if (proxy === undefined || policy === undefined) {
    const because: Doubt[] = [{ condition: `rules of the parent proxy ${host}:${port}`, at }];
    const explanation = "the proxy may hand the request to another proxy";
    return { ...refusedVerdict(path, "blocked", explanation), kind: "undecided", because };
  }
  if (before.includes(proxy.name)) {
    return refusedVerdict(path, "blocked", `proxies hand the request round: ${[...before, proxy.name].join(", ")}`);
  }
  const accounts = login.kind === "account" ? [login.account] : login.kind === "client" ? client.accounts : [];
  const from = { ...flow.from, accounts };
  return proveOverProxy(context, requirement, { ...flow, from }, proxy, policy, transport, before);
}

/** What clients speak to a proxy. */
export function proxyService(proxy: ProxyNode): NamedService {
  const port = { first: proxy.port, last: proxy.port };
  const service = { protocol: PROTOCOL_NUMBERS.tcp, destinationPorts: [port] };
  return { name: `tcp/${proxy.port}`, services: [service] };
}

// What a proxy decides about requests is a hop too; it has no packets to tell of.
function requestHop({ name: device }: ProxyNode, accepted: readonly RequestBranch[]): FlowHop {
  const decisions = [...new Map(accepted.map(({ decidedBy }) => [JSON.stringify(decidedBy.at), decidedBy])).values()];
  const nothing = { before: PacketSet.none, after: PacketSet.none, doubts: [] };
  return { device, direction: "forward", leg: "first", disposition: "accept", decisions, ...nothing };
}

// The two legs of a proxied flow are ordinary transport flows and may take any direct path.
function bestDirect(context: ProofContext, flow: ServiceFlow, names: readonly string[] = []): PathVerdict {
  const { paths } = context.pathsBetween(flow.from.networks, flow.to.networks);
  const verdicts = paths.map((path) => proveForNames(context, flow, path, names));
  const rank = { proved: 2, undecided: 1, refuted: 0 };
  const best = [...verdicts].sort((a, b) => rank[b.kind] - rank[a.kind] || b.progress - a.progress)[0];
  return best ?? unreachable(flow);
}

function unreachable(flow: ServiceFlow): PathVerdict {
  const explanation = `the topology has no path from \`${flow.from.name}\` to \`${flow.to.name}\``;
  return refusedVerdict({ kind: "lan", nodes: [] }, "no-path", explanation);
}

/** A flow and the proxy it is put to. */
export interface ProxyStep {
  readonly flow: ServiceFlow;
  readonly proxy: ProxyNode;
  /** Whether a listener on an address (absent: on all) counts as one that hears the source. */
  readonly hears: (listening: AddressRange | undefined) => boolean;
  readonly policy: ProxyPolicy;
  readonly path: PathDescription;
}

// Empty iff the proxy surely accepts every request of the requirement.
function judgeRequests(step: ProxyStep, asked: RequiredRequests, transport: ProxyListener["transport"]): PathVerdict[] {
  const { policy, path, flow } = step;
  const unheard = unheardVerdict(step);
  if (unheard !== undefined) return [unheard];
  const complaint = complaintOf(step, asked, transport);
  if (complaint !== undefined) return [refusedVerdict(path, "blocked", complaint)];
  const branches = passProxy(policy, asked.requests, { names: asked.names });
  const open = branches.filter((branch) => branch.disposition !== "accept");
  if (open.length === 0) return [];
  const accepted = unionOfRequests(branches.filter((branch) => branch.disposition === "accept"));
  const failing = subtractRequests(asked.requests, accepted);
  if (isEmptyRequests(failing)) {
    const because = uniqueDoubts(open.flatMap((branch) => branch.doubts));
    return [{ ...refusedVerdict(path, "blocked", "the proxy may refuse the request"), kind: "undecided", because }];
  }
  const { refusing, witness } = clearestRefusal(open, accepted);
  const request = { decision: refusing.decidedBy, failing: formatRequests(failing), witness };
  return [{ ...refusedVerdict(path, "blocked", explainRefusal(refusing, flow, policy)), request }];
}

function listenersFor({ proxy, hears, policy }: ProxyStep): readonly ProxyListener[] {
  return policy.listeners.filter(({ port, address }) => port === proxy.port && hears(address));
}

/** Undefined iff the proxy listens where the topology says; undecided while something not given may open the port. */
export function unheardVerdict(step: ProxyStep): PathVerdict | undefined {
  const { proxy, policy, path } = step;
  if (listenersFor(step).length > 0) return undefined;
  const isElsewhere = policy.listeners.some(({ port }) => port === proxy.port);
  const refused = refusedVerdict(path, "blocked", notListening(proxy, policy, isElsewhere));
  return policy.openListeners.length === 0 ? refused : { ...refused, kind: "undecided", because: policy.openListeners };
}

// What keeps a request from being put to the rules of a listening proxy; undefined iff nothing does.
function complaintOf(step: ProxyStep, asked: RequiredRequests, spoken: ProxyListener["transport"]): string | undefined {
  const { proxy, flow } = step;
  if (!listenersFor(step).some(({ transport }) => transport === spoken)) {
    const [wants, speaks] = spoken === "http" ? ["TLS", "plain HTTP"] : ["plain HTTP", "TLS"];
    return `\`${proxy.name}\` wants ${wants} on port ${proxy.port}, and clients speak ${speaks} to it`;
  }
  if (asked.unproxied.length > 0) return `a proxy does not carry ${asked.unproxied.join(", ")}`;
  if (isEmptyRequests(asked.requests)) return `\`${flow.to.name}\` has no name or address to ask a proxy for`;
  return undefined;
}

// The proxy's host may have other addresses, which those packets are not sent to.
function hearsAll(arriving: PacketSet): ProxyStep["hears"] {
  return (listening) =>
    listening === undefined ||
    (!arriving.isEmpty && PacketSet.fromFields({ destinations: [listening] }).includes(arriving));
}

function notListening(proxy: ProxyNode, policy: ProxyPolicy, isElsewhere: boolean): string {
  if (isElsewhere) return `\`${proxy.name}\` listens on port ${proxy.port} of another address only`;
  const ports = policy.listeners.map((listener) => listener.port).join(", ");
  return `\`${proxy.name}\` does not listen on port ${proxy.port}; it listens on ${ports || "none"}`;
}

// The rule that refuses with the fewest doubts, of those that refuse requests nothing may accept.
function clearestRefusal(
  open: readonly RequestBranch[],
  accepted: RequestSet,
): { refusing: RequestBranch; witness: Witness } {
  const refusals = open.flatMap((refusing) => {
    const request = someRequest(subtractRequests(refusing.requests, accepted));
    return request === undefined ? [] : [{ refusing, witness: { kind: "request" as const, request } }];
  });
  return refusals.reduce((best, each) => (each.refusing.doubts.length < best.refusing.doubts.length ? each : best));
}

function explainRefusal(branch: RequestBranch, flow: ServiceFlow, policy: ProxyPolicy): string {
  if (branch.disposition === "drop") return `the rules of \`${policy.name}\` refuse the request`;
  const has = flow.from.accounts.length === 0 ? "has no account" : `has only ${flow.from.accounts.join(", ")}`;
  return `\`${policy.name}\` demands credentials, and \`${flow.from.name}\` ${has} to answer with`;
}

/** All requests of some branches. */
export function unionOfRequests(branches: readonly RequestBranch[]): RequestSet {
  return branches.reduce<RequestSet>((union, branch) => uniteRequests(union, branch.requests), { boxes: [] });
}

/** The doubts, each once. */
export function uniqueDoubts(doubts: readonly Doubt[]): Doubt[] {
  return [...new Map(doubts.map((doubt) => [JSON.stringify(doubt), doubt])).values()];
}
