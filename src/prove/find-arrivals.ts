/** Finds the ways on which the packets of a requirement fare otherwise than it demands, for reasons no acceptance mends. */
import type { Component } from "../model/topology.js";
import type { RequirementInstance } from "../model/verdict.js";
import type { PacketSet } from "../sets/packet-set.js";
import type { Path } from "../topology/find-paths.js";
import { listCrossings } from "../topology/list-crossings.js";
import { contextAsking, type ProofContext } from "./proof-context.js";
import { proveOnPath, refuseOnPath, type ServiceFlow } from "./prove-path.js";
import { type FlowHop, pushFlows } from "./push-flows.js";
import { requestedNames } from "./required-requests.js";
import { FROM_PUBLIC, TO_PUBLIC } from "./requirement-packets.js";

/** For each direct path on which packets of a `deny` requirement arrive: what each device on it accepts of them. */
export function findArrivals(context: ProofContext, instance: RequirementInstance): FlowHop[][] {
  const flow = flowOf(context, instance);
  return permittedPaths(context, instance, flow).flatMap((path) => {
    const { failing } = refuseOnPath(context, flow, path);
    if (failing.isEmpty) return [];
    const crossings = listCrossings(context.index, flow.from, path, flow.to);
    return [pushFlows(context, failing, crossings, "first-packet").arrived.flatMap(({ hops }) => hops)];
  });
}

/** A device that packets leave towards the internet with private sources, and these packets. */
export interface Untranslated {
  readonly device: string;
  readonly direction: FlowHop["direction"];
  readonly packets: PacketSet;
}

/** Where, on the first path whose only fault it is, the sources of an `allow` requirement's packets lack a translation. */
export function findUntranslated(context: ProofContext, instance: RequirementInstance): Untranslated | undefined {
  const flow = flowOf(context, instance);
  const asking = contextAsking(context, requestedNames(instance.requirement, flow.to));
  for (const path of permittedPaths(context, instance, flow)) {
    const { reason, kind, hops } = proveOnPath(asking, flow, path);
    const last = hops.at(-1);
    if (kind !== "refuted" || reason !== "not-routable" || last === undefined) continue;
    const packets = last.after.intersect(TO_PUBLIC).subtract(FROM_PUBLIC);
    if (!packets.isEmpty) return { device: last.device, direction: last.direction, packets };
  }
  return undefined;
}

function flowOf({ index }: ProofContext, { requirement, from, to }: RequirementInstance): ServiceFlow {
  const [source, target] = [from, to].map((name) => index.components.get(name)) as [Component, Component];
  return { from: source, to: target, services: requirement.services };
}

function permittedPaths(context: ProofContext, { requirement }: RequirementInstance, flow: ServiceFlow): Path[] {
  const { paths } = context.pathsBetween(flow.from.networks, flow.to.networks);
  return paths.filter((path) => requirement.paths.includes(path.kind));
}
