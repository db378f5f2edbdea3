/** Turns a verdict into the ways its flows take through the topology and the place where they stop. */
import type { PathKind } from "../model/topology.js";
import type { Hop, PathDescription, ProvedPath, Verdict } from "../model/verdict.js";
import type { EdgeEnd, Tone } from "./diagram.js";

/** One way of a verdict's flows. */
export interface FlowRoute {
  readonly verdict: Verdict;
  readonly kind: PathKind;
  readonly tone: Exclude<Tone, "plain">;
  /** Names of networks, links, devices and proxies in order; empty iff nothing connects the two ends. */
  readonly nodes: readonly string[];
  readonly hops: readonly Hop[];
  readonly end: Exclude<EdgeEnd, "none">;
  /** The last of `hops` that counts: what the flows do not pass, or may not. */
  readonly stop?: Hop;
}

/**
 * The ways to draw for a verdict: of a proved one the shortest of each kind of path, of another the one it names.
 * None iff there is nothing to draw: no path, or a forbidden flow that does not arrive.
 */
export function flowRoutes(verdict: Verdict): FlowRoute[] {
  if (verdict.kind === "proved")
    return isForbidden(verdict) ? [] : firstOfEachKind(verdict.paths).map(provedRoute(verdict));
  return verdict.path === undefined ? [] : [openRoute(verdict, verdict.path)];
}

/** True iff the requirement is that nothing arrives. */
export function isForbidden({ requirement }: Verdict): boolean {
  return requirement.expect === "deny";
}

function firstOfEachKind(paths: readonly ProvedPath[]): ProvedPath[] {
  return paths.filter(({ path }, index) => paths.findIndex((other) => other.path.kind === path.kind) === index);
}

function provedRoute(verdict: Verdict) {
  return ({ path, hops }: ProvedPath): FlowRoute => {
    return { verdict, kind: path.kind, tone: "proved", nodes: path.nodes, hops, end: "arrives" };
  };
}

function openRoute(verdict: Exclude<Verdict, { kind: "proved" }>, path: PathDescription): FlowRoute {
  const { kind: tone, hops } = verdict;
  const route = { verdict, kind: path.kind, tone, nodes: path.nodes, hops };
  if (tone === "undecided") {
    const hop = hops.findLast(({ doubts }) => doubts.length > 0) ?? hops.at(-1);
    return { ...route, end: "unsure", ...(hop && { stop: hop }) };
  }
  if (verdict.reason === "reachable") return { ...route, end: "arrives" };
  const hop = hops.findLast(({ disposition }) => disposition !== "accept") ?? hops.at(-1);
  return { ...route, end: "stopped", ...(hop && { stop: hop }) };
}
