/** Turns the way of a flow into the nodes of the picture that it visits. */

import type { FlowRoute } from "./flow-route.js";
import type { Places } from "./places.js";

/** A route as it is drawn: at least two nodes, the last being where it arrives or is stopped. */
export interface Walk {
  readonly route: FlowRoute;
  readonly nodes: readonly string[];
  /** The node whose device stops the flow, or may; absent iff none does. */
  readonly marked?: string;
}

/** The nodes a route visits, cut where it is stopped. */
export function walkFlow(route: FlowRoute, places: Places): Walk {
  const nodes = visitedNodes(route, places);
  const marked = markedNode(route, nodes, places);
  if (marked === undefined) return { route, nodes: foldWalk(nodes, places) };
  // A flow that its own host stops still needs an edge to be seen on.
  const length = Math.max(2, nodes.lastIndexOf(marked) + 1);
  return { route, nodes: foldWalk(nodes.slice(0, length), places), marked: places.foldOf(marked) };
}

/** The walk over folded places; one within a single place leads back to it. */
function foldWalk(nodes: readonly string[], { foldOf }: Places): string[] {
  const folded = nodes.map(foldOf).filter((node, index, all) => node !== all[index - 1]);
  return folded.length === 1 ? [...folded, ...folded] : folded;
}

function visitedNodes({ verdict, nodes, stop }: FlowRoute, places: Places): string[] {
  const ends = [verdict.from, verdict.to].map((name) => places.endOf.get(name) ?? `component:${name}`);
  const gates = [nodes[0], nodes.at(-1)].map((network) => places.gatesOf.get(network ?? "") ?? []);
  const stopGates = gates[0]?.filter((gate) => isDrawnAs(places, stop?.device, gate)) ?? [];
  const isLocal = nodes.length === 1;
  const between = nodes.flatMap((name) => places.nodeOf.get(name) ?? []);
  const all = isLocal
    ? [ends[0], ...stopGates, ends[1]]
    : [ends[0], ...(gates[0] ?? []), ...between, ...(gates[1] ?? []), ends[1]];
  return all as string[];
}

function markedNode(route: FlowRoute, nodes: readonly string[], places: Places): string | undefined {
  const { stop, hops, verdict } = route;
  const source = nodes[0] as string;
  if (verdict.kind === "refuted" && verdict.reason === "not-routable") return internetNode(nodes, places);
  if (route.end === "arrives" || stop === undefined) return undefined;
  if (hops[0]?.device === stop.device && isDrawnAs(places, stop.device, source)) return source;
  return nodes.slice(1).find((node) => isDrawnAs(places, stop.device, node));
}

function isDrawnAs(places: Places, device: string | undefined, node: string): boolean {
  if (device === undefined) return false;
  return places.nodeOf.get(device) === node || (places.nodesOfDevice.get(device) ?? []).includes(node);
}

function internetNode(nodes: readonly string[], places: Places): string | undefined {
  const internet = new Set(
    places.nodes.filter(({ path, shape }) => shape === "way" && path === "internet").map(({ id }) => id),
  );
  return nodes.find((node) => internet.has(places.foldOf(node)));
}
