/** Decides a requirement over the ways that the source's proxy settings choose for its requests. */
import { formatAddressRange } from "../model/address.js";
import type { ProxyRoute, ProxySettings } from "../model/proxy-settings.js";
import type { FlowRequirement, NamedService } from "../model/requirement.js";
import { PROTOCOL_NUMBERS, type Service } from "../model/service.js";
import type { Doubt } from "../model/verdict.js";
import type { Path } from "../topology/find-paths.js";
import { routesFor, type Target } from "./choose-routes.js";
import { contextAsking, type ProofContext } from "./proof-context.js";
import { flowTowards } from "./prove-for-names.js";
import { type PathVerdict, proveOnPath, refusedVerdict, type ServiceFlow } from "./prove-path.js";
import { proveOverProxy, proveToProxy } from "./prove-via-proxy.js";
import { proxyAt } from "./proxy-at.js";
import { requestedNames } from "./required-requests.js";
import { knownRanges } from "./requirement-packets.js";

/**
 * The ways of all requests if each is proved, else the verdict that decides. A client takes the first route of a list;
 * it falls back to the next one only where it surely cannot reach the proxy.
 */
export function proveBySettings(
  context: ProofContext,
  requirement: FlowRequirement,
  flow: ServiceFlow,
  settings: ProxySettings,
  direct: readonly Path[],
): PathVerdict[] {
  const prover = new SettingsProver(context, requirement, flow, settings, direct);
  const verdicts = prover.targets().map((target) => prover.prove(target));
  const worst = verdicts.find(({ kind }) => kind === "refuted") ?? verdicts.find(({ kind }) => kind === "undecided");
  if (worst !== undefined) return [worst];
  return verdicts.length > 0 ? [...new Map(verdicts.map((each) => [each.path.nodes.join(), each])).values()] : [];
}

const NOWHERE = { kind: "proxy", nodes: [] } as const;

class SettingsProver {
  private readonly known = new Map<string, PathVerdict>();

  constructor(
    private readonly context: ProofContext,
    private readonly requirement: FlowRequirement,
    private readonly flow: ServiceFlow,
    private readonly settings: ProxySettings,
    private readonly direct: readonly Path[],
  ) {}

  /** Every host and port the requirement names; a service that is no single TCP port counts as port 0. */
  targets(): Target[] {
    const { requirement, flow, context } = this;
    const names = requestedNames(requirement, flow.to);
    const asked = names.length > 0 ? names : knownRanges(context, flow.to).map(formatAddressRange);
    const hosts = asked.flatMap((host) => (host.startsWith(".") ? [host.slice(1), `*${host}`] : [host]));
    const ports = [...new Set(flow.services.flatMap(({ services }) => services.flatMap(singlePorts)))];
    return hosts.flatMap((host) => ports.map((port) => ({ host: host.toLowerCase(), port })));
  }

  prove(target: Target): PathVerdict {
    const { from } = this.flow;
    if (target.port === 0) return this.open("which requests stand for a service that is no single TCP port");
    const answer = routesFor(this.context, this.settings, from, target);
    if (answer.kind === "open") return this.open(answer.reason);
    const verdicts = answer.outcomes.map((routes) => this.proveList(target, routes));
    const failed = verdicts.find(({ kind }) => kind !== "proved");
    if (failed === undefined) return verdicts[0] as PathVerdict;
    // Only what fails whatever the settings answer fails for certain.
    if (verdicts.every(({ kind }) => kind === "refuted")) return failed;
    const because = answer.doubts.map((condition) => ({ condition, at: this.settings.at }));
    return { ...failed, kind: "undecided", because: [...because, ...failed.because] };
  }

  private open(condition: string): PathVerdict {
    const because: Doubt[] = [{ condition, at: this.settings.at }];
    const explanation = `the proxy settings of \`${this.flow.from.name}\` do not tell which way the requests go`;
    return { ...refusedVerdict(NOWHERE, "blocked", explanation), kind: "undecided", because };
  }

  private proveList(target: Target, routes: readonly ProxyRoute[]): PathVerdict {
    let last: PathVerdict | undefined;
    for (const route of routes) {
      last = this.proveRoute(target, route);
      if (last.kind === "proved" || !this.fallsBack(route)) break;
    }
    return last ?? this.open("a list without routes");
  }

  private proveRoute(target: Target, route: ProxyRoute): PathVerdict {
    const key = JSON.stringify([target, route]);
    const known =
      this.known.get(key) ?? (route.kind === "direct" ? this.proveDirect(target) : this.proveProxy(target, route));
    this.known.set(key, known);
    return known;
  }

  private proveDirect(target: Target): PathVerdict {
    const context = contextAsking(this.context, [target.host]);
    const names = requestedNames(this.requirement, this.flow.to);
    const flow = flowTowards(target.host, names, this.narrowed(target));
    const verdicts = this.direct.map((path) => proveOnPath(context, flow, path));
    const best = (["proved", "undecided", "refuted"] as const).flatMap((kind) =>
      verdicts.filter((verdict) => verdict.kind === kind),
    )[0];
    const { from, to } = this.flow;
    const explanation = `the settings of \`${from.name}\` send requests for \`${target.host}\` directly, and the requirement permits no direct path to \`${to.name}\``;
    return best ?? refusedVerdict(NOWHERE, "no-path", explanation);
  }

  private proveProxy(target: Target, route: Extract<ProxyRoute, { kind: "proxy" }>): PathVerdict {
    const proxy = proxyAt(this.context, route.host, route.port);
    const policy = proxy && this.context.proxies.get(proxy.name);
    if (proxy === undefined || policy === undefined) {
      const explanation = `requests for \`${target.host}\` are sent to \`${route.host}:${route.port}\`, which is no proxy of the topology`;
      return refusedVerdict(NOWHERE, "no-path", explanation);
    }
    const { transport } = route;
    if (transport === "socks4" || transport === "socks5") return this.open(`what \`${proxy.name}\` does with SOCKS`);
    const requirement = { ...this.requirement, hosts: [target.host] };
    return proveOverProxy(this.context, requirement, this.narrowed(target), proxy, policy, transport);
  }

  private narrowed({ port }: Target): ServiceFlow {
    const service: Service = { protocol: PROTOCOL_NUMBERS.tcp, destinationPorts: [{ first: port, last: port }] };
    const services: NamedService[] = [{ name: `tcp/${port}`, services: [service] }];
    return { ...this.flow, services };
  }

  // A proxy that answers, if only with a refusal, is not passed over.
  private fallsBack(route: ProxyRoute): boolean {
    const proxy = route.kind === "proxy" ? proxyAt(this.context, route.host, route.port) : undefined;
    if (proxy === undefined) return false;
    const { kind, required, failing } = proveToProxy(this.context, this.flow.from, proxy);
    return kind === "refuted" && required.subtract(failing).isEmpty;
  }
}

function singlePorts({ protocol, destinationPorts }: Service): number[] {
  if (protocol !== PROTOCOL_NUMBERS.tcp || destinationPorts === undefined) return [0];
  return destinationPorts.map(({ first, last }) => (first === last ? first : 0));
}
