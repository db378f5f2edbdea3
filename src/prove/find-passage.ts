/** Finds the way a requirement takes where no filter stops it: what an allow-list has to let through. */
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
  const refusals: (PathVerdict | ProxyVerdict)[] = [];
  for (const way of waysOf(context, instance)) {
    if (way.kind === "proved") return passageOf(context, way, instance);
    refusals.push(way);
  }
  return noPassage(refusals, instance);
}

/** Every way on which an `allow` requirement's packets arrive, the first as `findPassage` says; or why there is none. */
export function findPassages(
  context: ProofContext,
  instance: RequirementInstance,
): readonly [Passage, ...Passage[]] | NoPassage {
  const ways = [...waysOf(context, instance)];
  const [first, ...others] = ways
    .filter(({ kind }) => kind === "proved")
    .map((way) => passageOf(context, way, instance));
  return first === undefined ? noPassage(ways, instance) : [first, ...others];
}

/** The permitted ways, each with what becomes of the packets on it. */
function* waysOf(context: ProofContext, instance: RequirementInstance): Generator<PathVerdict | ProxyVerdict> {
  const from = context.index.components.get(instance.from) as Component;
  const to = context.index.components.get(instance.to) as Component;
  const { paths: kinds, services } = instance.requirement;
  const flow: ServiceFlow = { from, to, services };
  const viaProxy = kinds.includes("proxy") ? proveViaProxy(context, instance.requirement, flow) : [];
  yield* [...viaProxy].sort((a, b) => Number(b.kind === "proved") - Number(a.kind === "proved"));
  for (const path of context.pathsBetween(from.networks, to.networks).paths) {
    if (kinds.includes(path.kind)) yield proveOnPath(context, flow, path);
  }
}

function noPassage(refusals: readonly PathVerdict[], { requirement }: RequirementInstance): NoPassage {
  const explanation = refusals.map((refusal) => refusal.explanation).find((text) => text !== "");
  return { kind: "none", explanation: explanation ?? `no ${requirement.paths.join(" or ")} path leads there` };
}

function passageOf(context: ProofContext, verdict: PathVerdict | ProxyVerdict, instance: RequirementInstance): Passage {
  const to = context.index.components.get(instance.to) as Component;
  const name = unknownName(context, to);
  return {
    kind: "found",
    path: verdict.path,
    hops: verdict.hops.filter(({ leg }) => leg === "first"),
    ...("asked" in verdict && { proxied: { proxy: verdict.proxy, requests: verdict.asked } }),
    ...(name !== undefined && { unknownDestination: { name, hosts: requestedNames(instance.requirement, to) } }),
  };
}
