/** Collapses components that a reader need not tell apart into one group. */
import { formatAddressRange } from "../model/address.js";
import type { Component, Topology } from "../model/topology.js";
import type { Verdict } from "../model/verdict.js";
import { flowRoutes } from "./flow-route.js";
import { nameList } from "./name-list.js";

/** Components of the same networks that play the same roles and got the same answers. Never empty. */
export interface ComponentGroup {
  readonly id: string;
  readonly title: string;
  /** Names or addresses, then roles. */
  readonly lines: readonly string[];
  readonly members: readonly Component[];
  /** Name of where it is, for a group that no role names. */
  readonly place: string;
  /** Equal iff groups in different places are alike. */
  readonly likeness: string;
}

/**
 * What components of the same networks must share to be one group: `stops`, roles, answers and the devices that stop
 * their flows; `answers`, roles and answers; `roles`; `networks`, nothing else.
 */
export type Likeness = "stops" | "answers" | "roles" | "networks";

/** The groups in the order of their first members; a component that runs a proxy stays alone. */
export function groupComponents(topology: Topology, verdicts: readonly Verdict[], by: Likeness): ComponentGroup[] {
  const answers =
    by === "stops" || by === "answers" ? answersByComponent(verdicts, by) : new Map<string, Set<string>>();
  const groups = new Map<string, { members: Component[]; likeness: string }>();
  for (const component of topology.components) {
    const isProxy = topology.proxies.some((proxy) => proxy.component === component.name);
    const likeness = likenessOf(component, answers.get(component.name) ?? new Set(), by);
    const key = isProxy ? component.name : JSON.stringify([[...component.networks].sort(), likeness]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { members: [component], likeness });
    else known.members.push(component);
  }
  return [...groups.values()].map(({ members, likeness }) =>
    describeGroup(members, members[0]?.networks[0] ?? "", likeness),
  );
}

/** One group of all the members of several, named by `place` where no role names it. */
export function mergeGroups(groups: readonly [ComponentGroup, ...ComponentGroup[]], place?: string): ComponentGroup {
  const [first] = groups;
  return describeGroup(
    groups.flatMap(({ members }) => members),
    place ?? first.place,
    first.likeness,
  );
}

// The other end of a flow is left out: it may itself be any member of a group.
function answersByComponent(verdicts: readonly Verdict[], by: Likeness): Map<string, Set<string>> {
  const answers = new Map<string, Set<string>>();
  for (const verdict of verdicts) {
    const stops = flowRoutes(verdict).map(({ kind, stop }) => [kind, by === "stops" ? stop?.device : "", stop?.leg]);
    for (const end of ["from", "to"] as const) {
      const answer = JSON.stringify([verdict.requirement.id, end, verdict.kind, stops]);
      const known = answers.get(verdict[end]) ?? new Set();
      answers.set(verdict[end], known.add(answer));
    }
  }
  return answers;
}

function likenessOf(component: Component, answers: ReadonlySet<string>, by: Likeness): string {
  const roles = by === "networks" ? [] : component.roles.map(({ name }) => name).sort();
  return JSON.stringify([roles, [...answers].sort()]);
}

function describeGroup(members: readonly Component[], place: string, likeness: string): ComponentGroup {
  const [first] = members as [Component];
  const id = `component:${first.name}`;
  const roles = [...new Set(members.flatMap((member) => member.roles.map(({ name }) => name)))];
  // Of many roles the place says more than the first of them.
  const shownRoles = roles.length <= SHOWN_ROLES ? roles.join(", ") : place;
  if (members.length === 1) {
    const lines = [...addressLine(first), ...(shownRoles === "" || shownRoles === first.title ? [] : [shownRoles])];
    return { id, title: first.title, lines, members, place, likeness };
  }
  const lines = [nameList(members.map(({ name }) => name))];
  return { id, title: shownRoles === "" ? first.title : shownRoles, lines, members, place, likeness };
}

const SHOWN_ROLES = 3;

function addressLine({ addresses }: Component): string[] {
  const all = [...addresses.ranges.map(formatAddressRange), ...addresses.names];
  if (all.length === 0) return [];
  return [all.length === 1 ? (all[0] as string) : `${all[0]} and ${all.length - 1} more`];
}
