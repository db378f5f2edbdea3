/** Decides a requirement over the application proxies of its source: client to proxy, the proxy's rules, proxy to target. */
import { passProxy, type RequestBranch } from "../compile/compile-proxy.js";
import type { KnownAddresses } from "../compile/name-knowledge.js";
import { type AddressRange, compareAddresses, PUBLIC_RANGES } from "../model/address.js";
import type { ProxyPolicy } from "../model/proxy.js";
import type { FlowRequirement, NamedService } from "../model/requirement.js";
import { type PortRange, PROTOCOL_NUMBERS } from "../model/service.js";
import type { Component, ProxyNode } from "../model/topology.js";
import type { Doubt, PathDescription, Witness } from "../model/verdict.js";
import { addressSetOf } from "../sets/address-set.js";
import { wordsOf } from "../sets/choice-set.js";
import { parseHostSet } from "../sets/host-set.js";
import { PacketSet } from "../sets/packet-set.js";
import { portSetOf } from "../sets/port-set.js";
import {
  formatRequests,
  isEmptyRequests,
  NO_USER,
  type RequestSet,
  requestSetOf,
  someRequest,
  subtractRequests,
  uniteRequests,
} from "../sets/request-set.js";
import type { ProofContext } from "./proof-context.js";
import { type PathVerdict, proveOnPath, type ServiceFlow } from "./prove-path.js";
import { knownRanges } from "./requirement-packets.js";

/** One verdict for each proxy the source is set to use. */
export function proveViaProxy(context: ProofContext, requirement: FlowRequirement, flow: ServiceFlow): PathVerdict[] {
  const { proxies } = context.index.topology;
  return flow.from.proxies.flatMap((name) => {
    const proxy = proxies.find((candidate) => candidate.name === name);
    const policy = context.proxies.get(name);
    if (proxy === undefined || policy === undefined) return [];
    return [proveOverProxy(context, requirement, flow, proxy, policy)];
  });
}

function proveOverProxy(
  context: ProofContext,
  requirement: FlowRequirement,
  flow: ServiceFlow,
  proxy: ProxyNode,
  policy: ProxyPolicy,
): PathVerdict {
  const host = context.index.components.get(proxy.component) as Component;
  const toProxy = bestDirect(context, { from: flow.from, to: host, services: [proxyService(proxy)] });
  const toTarget = bestDirect(context, { from: host, to: flow.to, services: flow.services });
  const path: PathDescription = {
    kind: "proxy",
    nodes: [...toProxy.path.nodes, proxy.name, ...toTarget.path.nodes],
  };
  const rules = judgeRequests(context, requirement, flow, proxy, policy, path);
  const steps = [toProxy, ...rules, toTarget];
  const decisive = steps.find((step) => step.kind === "refuted") ??
    steps.find((step) => step.kind === "undecided") ?? { ...toTarget, hops: [...toProxy.hops, ...toTarget.hops] };
  return { ...decisive, path };
}

function proxyService(proxy: ProxyNode): NamedService {
  const port = { first: proxy.port, last: proxy.port };
  const service = { protocol: PROTOCOL_NUMBERS.tcp, destinationPorts: [port] };
  return { name: `tcp/${proxy.port}`, services: [service] };
}

// The two legs of a proxied flow are ordinary transport flows and may take any direct path.
function bestDirect(context: ProofContext, flow: ServiceFlow): PathVerdict {
  const { paths } = context.pathsBetween(flow.from.networks, flow.to.networks);
  const verdicts = paths.map((path) => proveOnPath(context, flow, path));
  const rank = { proved: 2, undecided: 1, refuted: 0 };
  const best = [...verdicts].sort((a, b) => rank[b.kind] - rank[a.kind] || b.progress - a.progress)[0];
  return best ?? unreachable(flow);
}

function unreachable(flow: ServiceFlow): PathVerdict {
  const explanation = `the topology has no path from \`${flow.from.name}\` to \`${flow.to.name}\``;
  const nothing = { required: PacketSet.none, failing: PacketSet.none, hops: [], because: [], progress: 0 };
  return { ...nothing, kind: "refuted", path: { kind: "lan", nodes: [] }, reason: "no-path", explanation };
}

// Empty iff the proxy surely accepts every request of the requirement and connects to the target itself.
function judgeRequests(
  context: ProofContext,
  requirement: FlowRequirement,
  flow: ServiceFlow,
  proxy: ProxyNode,
  policy: ProxyPolicy,
  path: PathDescription,
): PathVerdict[] {
  const listener = policy.listeners.find(({ port }) => port === proxy.port);
  if (listener === undefined) return [notListening(proxy, policy, path)];
  const requests = requiredRequests(context, requirement, flow);
  const branches = passProxy(policy, requests, { names: knowledgeOf(context, hostsOf(requirement, flow)) });
  const open = branches.filter((branch) => branch.disposition !== "accept");
  if (open.length === 0) return onwardVerdict(policy, path);
  const accepted = unionOfRequests(branches.filter((branch) => branch.disposition === "accept"));
  const failing = subtractRequests(requests, accepted);
  const base = {
    path,
    required: PacketSet.none,
    failing: PacketSet.none,
    hops: [],
    progress: 1,
    reason: "blocked" as const,
  };
  if (isEmptyRequests(failing)) {
    const because = uniqueDoubts(open.flatMap((branch) => branch.doubts));
    return [{ ...base, kind: "undecided", explanation: "the proxy may refuse the request", because }];
  }
  const { refusing, witness } = clearestRefusal(open, accepted);
  const request = { decision: refusing.decidedBy, failing: formatRequests(failing), witness };
  return [{ ...base, kind: "refuted", explanation: explainRefusal(refusing, flow, policy), because: [], request }];
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

/** What the topology states of names; the names asked for, where it states nothing, have public addresses. */
function knowledgeOf(context: ProofContext, hosts: readonly string[]): Map<string, KnownAddresses> {
  const asked = hosts.flatMap((host) => (host.startsWith(".") ? [host.slice(1), `*${host}`] : [host]));
  const unknown = asked.map((host): [string, KnownAddresses] => [host.toLowerCase(), { within: PUBLIC_RANGES }]);
  return new Map([...unknown, ...[...context.names].map(knownAddresses)]);
}

// Single addresses are all that a name has; a range holds them, whichever they are.
function knownAddresses([name, ranges]: [string, readonly AddressRange[]]): [string, KnownAddresses] {
  const isEach = ranges.every(({ first, last }) => compareAddresses(first, last) === 0);
  return [name, isEach ? { exactly: ranges.map(({ first }) => first) } : { within: ranges }];
}

function explainRefusal(branch: RequestBranch, flow: ServiceFlow, policy: ProxyPolicy): string {
  if (branch.disposition === "drop") return `the rules of \`${policy.name}\` refuse the request`;
  const has = flow.from.accounts.length === 0 ? "has no account" : `has only ${flow.from.accounts.join(", ")}`;
  return `\`${policy.name}\` demands credentials, and \`${flow.from.name}\` ${has} to answer with`;
}

// A proxy that hands requests to another one reaches the target over that one, whose rules are not here.
function onwardVerdict(policy: ProxyPolicy, path: PathDescription): PathVerdict[] {
  if (policy.onward === "direct") return [];
  const because: Doubt[] = policy.parents.map((parent) => ({
    condition: `rules of the parent proxy ${parent.host}:${parent.port}`,
    at: parent.at,
  }));
  const base = {
    path,
    required: PacketSet.none,
    failing: PacketSet.none,
    hops: [],
    progress: 1,
    reason: "blocked" as const,
  };
  return [{ ...base, kind: "undecided", explanation: "the proxy may hand the request to another proxy", because }];
}

function notListening(proxy: ProxyNode, policy: ProxyPolicy, path: PathDescription): PathVerdict {
  const ports = policy.listeners.map((listener) => listener.port).join(", ");
  const explanation = `\`${proxy.name}\` does not listen on port ${proxy.port}; it listens on ${ports || "none"}`;
  const nothing = { required: PacketSet.none, failing: PacketSet.none, hops: [], because: [], progress: 1 };
  return { ...nothing, kind: "refuted", path, reason: "blocked", explanation };
}

/** What the source asks of the proxy: a tunnel for every port but 80, which is asked for in the clear. */
function requiredRequests(context: ProofContext, requirement: FlowRequirement, flow: ServiceFlow): RequestSet {
  const ports = flow.services.flatMap(({ services }) => services.flatMap((service) => service.destinationPorts ?? []));
  const common = {
    clients: addressSetOf(knownRanges(context, flow.from)),
    hosts: parseHostSet(hostsOf(requirement, flow)),
    users: wordsOf([accountOf(requirement, flow.from)]),
  };
  const isWeb = ({ first, last }: PortRange): boolean => first === 80 && last === 80;
  const tunnelled = requestSetOf({
    ...common,
    methods: wordsOf(["CONNECT"]),
    ports: portSetOf(ports.filter((range) => !isWeb(range))),
  });
  const plain = requestSetOf({
    ...common,
    methods: wordsOf(["GET", "POST"]),
    schemes: wordsOf(["http"]),
    ports: portSetOf(ports.filter(isWeb)),
  });
  return uniteRequests(tunnelled, plain);
}

function hostsOf(requirement: FlowRequirement, flow: ServiceFlow): readonly string[] {
  return requirement.hosts.length > 0 ? requirement.hosts : flow.to.addresses.names;
}

function accountOf(requirement: FlowRequirement, from: Component): string {
  if (requirement.account !== undefined)
    return from.accounts.includes(requirement.account) ? requirement.account : NO_USER;
  return from.accounts[0] ?? NO_USER;
}

function unionOfRequests(branches: readonly RequestBranch[]): RequestSet {
  return branches.reduce<RequestSet>((union, branch) => uniteRequests(union, branch.requests), { boxes: [] });
}

function uniqueDoubts(doubts: readonly Doubt[]): Doubt[] {
  return [...new Map(doubts.map((doubt) => [JSON.stringify(doubt), doubt])).values()];
}
