/** Finds the way a requirement takes where no filter stops it: what an allow-list has to let through. */
import type { FlowRequirement } from "../model/requirement.js";
import type { Component } from "../model/topology.js";
import type { PathDescription, RequirementInstance } from "../model/verdict.js";
import type { ProofContext } from "./proof-context.js";
import { type PathVerdict, proveOnPath, type ServiceFlow } from "./prove-path.js";
import { type ProxyVerdict, proveViaProxy } from "./prove-via-proxy.js";
import type { FlowHop } from "./push-flows.js";
import { type RequiredRequests, requestedNames } from "./required-requests.js";
import { unknownName } from "./requirement-packets.js";

/** What a requirement meets on its way. */
export interface Passage {
  readonly kind: "found";
  readonly path: PathDescription;
  /** The first packets at each device, in order. */
  readonly hops: readonly FlowHop[];
  /** The requests it makes at a proxy, where it goes over one. */
  readonly proxied?: { readonly proxy: string; readonly requests: RequiredRequests };
  /** Names of the destination, where nothing but its name is known of it. */
  readonly unknownDestination?: {
    readonly name: string;
    /** What the connections ask for inside, in the notation of requirements. */
    readonly hosts: readonly string[];
  };
}

/** Why no allow-list helps, for people. */
export interface NoPassage {
  readonly kind: "none";
  readonly explanation: string;
}

/**
 * The first way on which every packet of an `allow` requirement arrives, in a context whose filters and proxies accept
 * everything: over the source's proxy where it has one and may use it, else the shortest path.
 */
export function findPassage(context: ProofContext, instance: RequirementInstance): Passage | NoPassage {
  const from = context.index.components.get(instance.from) as Component;
  const to = context.index.components.get(instance.to) as Component;
  const { paths: kinds, services } = instance.requirement;
  const flow: ServiceFlow = { from, to, services };
  const viaProxy = kinds.includes("proxy") ? proveViaProxy(context, instance.requirement, flow) : [];
  const proxied = viaProxy.find(({ kind }) => kind === "proved");
  if (proxied !== undefined) return passageOf(context, proxied, instance.requirement, to);
  const refusals: PathVerdict[] = [...viaProxy];
  for (const path of context.pathsBetween(from.networks, to.networks).paths) {
    if (!kinds.includes(path.kind)) continue;
    const verdict = proveOnPath(context, flow, path);
    if (verdict.kind === "proved") return passageOf(context, verdict, instance.requirement, to);
    refusals.push(verdict);
  }
  const explanation = refusals.map((refusal) => refusal.explanation).find((text) => text !== "");
  return { kind: "none", explanation: explanation ?? `no ${kinds.join(" or ")} path leads there` };
}

function passageOf(
  context: ProofContext,
  verdict: PathVerdict | ProxyVerdict,
  requirement: FlowRequirement,
  to: Component,
): Passage {
  const name = unknownName(context, to);
  return {
    kind: "found",
    path: verdict.path,
    hops: verdict.hops.filter(({ leg }) => leg === "first"),
    ...("asked" in verdict && { proxied: { proxy: verdict.proxy, requests: verdict.asked } }),
    ...(name !== undefined && { unknownDestination: { name, hosts: requestedNames(requirement, to) } }),
  };
}
