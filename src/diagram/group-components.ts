/** Collapses components that a reader need not tell apart into one group. */
import { formatAddressRange } from "../model/address.js";
import type { Component, Topology } from "../model/topology.js";
import type { Verdict } from "../model/verdict.js";
import { flowRoutes } from "./flow-route.js";

/** Components of the same networks that play the same roles and got the same answers. Never empty. */
export interface ComponentGroup {
  readonly id: string;
  readonly title: string;
  /** Names or addresses, then roles. */
  readonly lines: readonly string[];
  readonly members: readonly Component[];
}

/** The groups in the order of their first members; a component that runs a proxy stays alone. */
export function groupComponents(topology: Topology, verdicts: readonly Verdict[]): ComponentGroup[] {
  const answers = answersByComponent(verdicts);
  const groups = new Map<string, Component[]>();
  for (const component of topology.components) {
    const isProxy = topology.proxies.some((proxy) => proxy.component === component.name);
    const key = isProxy ? component.name : likeness(component, answers.get(component.name) ?? new Set());
    groups.set(key, [...(groups.get(key) ?? []), component]);
  }
  return [...groups.values()].map(describeGroup);
}

// The other end of a flow is left out: it may itself be any member of a group.
function answersByComponent(verdicts: readonly Verdict[]): Map<string, Set<string>> {
  const answers = new Map<string, Set<string>>();
  for (const verdict of verdicts) {
    const stops = flowRoutes(verdict).map(({ kind, stop }) => [kind, stop?.device, stop?.leg]);
    for (const end of ["from", "to"] as const) {
      const answer = JSON.stringify([verdict.requirement.id, end, verdict.kind, stops]);
      const known = answers.get(verdict[end]) ?? new Set();
      answers.set(verdict[end], known.add(answer));
    }
  }
  return answers;
}

function likeness(component: Component, answers: ReadonlySet<string>): string {
  const roles = component.roles.map(({ name }) => name).sort();
  return JSON.stringify([[...component.networks].sort(), roles, [...answers].sort()]);
}

function describeGroup(members: readonly Component[]): ComponentGroup {
  const [first] = members as [Component];
  const id = `component:${first.name}`;
  const roles = first.roles.map(({ name }) => name).join(", ");
  if (members.length === 1) {
    const lines = [...addressLine(first), ...(roles === "" || roles === first.title ? [] : [roles])];
    return { id, title: first.title, lines, members };
  }
  return { id, title: roles === "" ? first.title : roles, lines: [memberNames(members)], members };
}

function addressLine({ addresses }: Component): string[] {
  const all = [...addresses.ranges.map(formatAddressRange), ...addresses.names];
  if (all.length === 0) return [];
  return [all.length === 1 ? (all[0] as string) : `${all[0]} and ${all.length - 1} more`];
}

function memberNames(members: readonly Component[]): string {
  const names = members.map(({ name }) => name);
  return names.length <= 3 ? names.join(", ") : `${names[0]}, ${names[1]} … ${names.at(-1)}`;
}
