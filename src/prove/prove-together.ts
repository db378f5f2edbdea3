/** Proves many requirements by pushing the packets of all that take one path at once. */
import type { Component } from "../model/topology.js";
import type { RequirementInstance, Verdict } from "../model/verdict.js";
import { PacketSet } from "../sets/packet-set.js";
import type { Path } from "../topology/find-paths.js";
import { type Crossing, listCrossings } from "../topology/list-crossings.js";
import { looksInside, type ProofContext } from "./proof-context.js";
import { proveRequirement } from "./prove-requirement.js";
import { pushFlows } from "./push-flows.js";
import { areDelivered, requiredPackets } from "./requirement-packets.js";

interface Member {
  readonly instance: RequirementInstance;
  readonly required: PacketSet;
}

interface Group {
  readonly crossings: readonly Crossing[];
  readonly members: Member[];
}

/** Of each requirement that is not proved, what `proveRequirement` says; those that are proved together are not asked for. */
export function unprovedAmong(context: ProofContext, instances: readonly RequirementInstance[]): Verdict[] {
  const proved = provedTogether(context, instances);
  return instances
    .filter((instance) => !proved.has(instance))
    .map((instance) => proveRequirement(context, instance, () => true))
    .filter(({ kind }) => kind !== "proved");
}

/**
 * `allow` requirements that are surely proved by their first direct path. Says nothing about those left out: on that path
 * their packets are translated, may be stopped, or depend on names inside connections or on proxy settings.
 */
export function provedTogether(
  context: ProofContext,
  instances: readonly RequirementInstance[],
): ReadonlySet<RequirementInstance> {
  if ([...context.devices.values()].some(({ device }) => looksInside(device))) return new Set();
  const groups = new Map<string, Group>();
  for (const instance of instances) addTo(groups, context, instance);
  return new Set([...groups.values()].flatMap((group) => provedIn(context, group)));
}

function addTo(groups: Map<string, Group>, context: ProofContext, instance: RequirementInstance): void {
  const { requirement } = instance;
  const [from, to] = [instance.from, instance.to].map((name) => context.index.components.get(name)) as [
    Component,
    Component,
  ];
  const isChosen = requirement.paths.includes("proxy") && context.choosing.settings.has(from.name);
  const path = context
    .pathsBetween(from.networks, to.networks)
    .paths.find(({ kind }) => requirement.paths.includes(kind));
  if (requirement.expect !== "allow" || isChosen || path === undefined) return;
  const { packets, unknownDestination } = requiredPackets(context, from, to, requirement.services, path);
  if (packets.isEmpty || unknownDestination !== undefined) return;
  // What nothing translates is delivered iff it is for the destination from the beginning.
  if (!areDelivered(context, to, requirement.services, packets)) return;
  const key = placesOn(context, from, path, to);
  const group = groups.get(key) ?? { crossings: listCrossings(context.index, from, path, to), members: [] };
  groups.set(key, group);
  group.members.push({ instance, required: packets });
}

// Flows with the same key meet the same crossings: those of one path, and the guards of both ends.
function placesOn({ index }: ProofContext, from: Component, path: Path, to: Component): string {
  const guards = [from, to].map(({ name }) => index.guardsOfComponent.get(name)?.map((guard) => guard.name));
  // A device without exports that states endpoints is another one for each component, wherever it stands.
  const isStated = index.topology.devices.some((node) => node.exports.length === 0 && node.mappedEndpoints.length > 0);
  const towards = isStated ? to.name : "";
  return JSON.stringify([path.kind, path.nodes, guards, towards]);
}

function provedIn(context: ProofContext, { crossings, members }: Group): RequirementInstance[] {
  const all = PacketSet.unionOf(members.map(({ required }) => required));
  const budget = context.budget * members.length;
  const { arrived, stopped } = pushFlows({ ...context, budget }, all, crossings, "whole");
  const untouched = arrived.filter(({ flows, packets }) => flows.equals(packets));
  const doubtful = PacketSet.unionOf([
    ...stopped.map(({ flows }) => flows),
    ...arrived.filter((progress) => !untouched.includes(progress)).map(({ flows }) => flows),
  ]);
  const sure = PacketSet.unionOf(untouched.map(({ flows }) => flows)).subtract(doubtful);
  const isWhole = sure.includes(all);
  return members.filter(({ required }) => isWhole || sure.includes(required)).map(({ instance }) => instance);
}
