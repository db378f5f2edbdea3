import type { LinkKind, PathKind } from "../model/topology.js";
import type { TopologyGraph } from "./build-graph.js";

/** A simple way through the graph; it starts and ends with a network. */
export interface Path {
  readonly kind: Exclude<PathKind, "proxy">;
  readonly nodes: readonly string[];
}

/** Paths found, shortest first; `complete` iff there are no others. */
export interface PathSearch {
  readonly paths: readonly Path[];
  readonly complete: boolean;
}

/** Bounds of the search: a dense graph has more simple paths than anyone can wait for. */
export interface PathLimits {
  readonly paths: number;
  readonly expansions: number;
}

const DEFAULT_PATH_LIMITS: PathLimits = { paths: 64, expansions: 200_000 };

/** The kind of a path over the given ways: internet if it crosses the internet, else vpn if it uses a vpn, else lan. */
function pathKind(kinds: readonly LinkKind[]): Path["kind"] {
  if (kinds.includes("internet")) return "internet";
  return kinds.includes("vpn") ? "vpn" : "lan";
}

/** Every simple path from one of the networks `from` to one of `to`, within the limits. */
export function findPaths(
  graph: TopologyGraph,
  from: readonly string[],
  to: readonly string[],
  limits: PathLimits = DEFAULT_PATH_LIMITS,
): PathSearch {
  const distances = distancesTo(graph, to);
  const search: Search = { graph, targets: new Set(to), distances, limits, found: [], expansions: 0 };
  for (const start of [...new Set(from)].sort()) if (distances.has(start)) extend(search, [start], new Set([start]));
  const paths = search.found
    .sort((a, b) => a.length - b.length || a.join("\n").localeCompare(b.join("\n"), "en"))
    .slice(0, limits.paths)
    .map((nodes) => ({ nodes, kind: pathKind(waysOf(graph, nodes)) }));
  return { paths, complete: search.expansions < limits.expansions && search.found.length <= limits.paths };
}

interface Search {
  readonly graph: TopologyGraph;
  readonly targets: ReadonlySet<string>;
  readonly distances: ReadonlyMap<string, number>;
  readonly limits: PathLimits;
  readonly found: string[][];
  expansions: number;
}

// Nearest nodes first, so that the paths a cut-off search keeps are the short ones.
function extend(search: Search, path: readonly string[], visited: Set<string>): void {
  if (++search.expansions >= search.limits.expansions || search.found.length > 4 * search.limits.paths) return;
  const last = path[path.length - 1] as string;
  if (search.targets.has(last)) search.found.push([...path]);
  const distance = (node: string): number => search.distances.get(node) as number;
  const next = (search.graph.neighbors(last) ?? [])
    .filter((node) => !visited.has(node) && search.distances.has(node))
    .sort((a, b) => distance(a) - distance(b) || a.localeCompare(b, "en"));
  for (const node of next) {
    visited.add(node);
    extend(search, [...path, node], visited);
    visited.delete(node);
  }
}

function distancesTo(graph: TopologyGraph, targets: readonly string[]): Map<string, number> {
  const distances = new Map(targets.map((node) => [node, 0]));
  const queue = [...distances.keys()];
  for (const node of queue) {
    for (const neighbor of graph.neighbors(node) ?? []) {
      if (distances.has(neighbor)) continue;
      distances.set(neighbor, (distances.get(node) as number) + 1);
      queue.push(neighbor);
    }
  }
  return distances;
}

function waysOf(graph: TopologyGraph, nodes: readonly string[]): LinkKind[] {
  return nodes.flatMap((name) => {
    const node = graph.node(name);
    return node.type === "way" ? [node.kind] : [];
  });
}
