/** Merges the walks of many flows into the edges a reader can follow. */
import type { Service } from "../model/service.js";
import type { PathKind } from "../model/topology.js";
import type { DiagramEdge, EdgeEnd } from "./diagram.js";
import type { Places } from "./places.js";
import { serviceLabels } from "./service-label.js";
import type { Walk } from "./walk-flow.js";

interface Strand {
  readonly edge: Omit<DiagramEdge, "labels">;
  /** Services by the title of the group the flows are for; empty text where the edge itself leads there. */
  readonly services: Map<string, Service[]>;
}

/** Edges between neighbouring nodes of the walks; flows alike in verdict, kind of path and ending share one. */
export function mergeFlows(walks: readonly Walk[], places: Places): DiagramEdge[] {
  const strands = new Map<string, Strand>();
  for (const walk of walks) {
    walk.nodes.slice(1).forEach((to, index) => {
      const edge = edgeOf(walk, index, to);
      const key = JSON.stringify(edge);
      const strand = strands.get(key) ?? { edge, services: new Map<string, Service[]>() };
      strands.set(key, strand);
      if (index === 0) addServices(strand, walk, places);
    });
  }
  return [...strands.values()].map(({ edge, services }) => ({ ...edge, labels: labelsOf(services, edge.path) }));
}

function edgeOf({ route, nodes }: Walk, index: number, to: string): Strand["edge"] {
  const isLast = index === nodes.length - 2;
  const end: EdgeEnd = isLast ? route.end : "none";
  return { from: nodes[index] as string, to, tone: route.tone, path: route.kind, end };
}

function addServices({ services }: Strand, { route, nodes }: Walk, places: Places): void {
  const target = places.groupOf.get(route.verdict.to);
  const isAlone = target?.members.length === 1;
  const name = target === undefined || isAlone ? route.verdict.to : target.title;
  const title = nodes.length === 2 && nodes[1] === target?.id ? "" : name;
  const added = route.verdict.requirement.services.flatMap((named) => named.services);
  services.set(title, [...(services.get(title) ?? []), ...added]);
}

const SHOWN_LABELS = 5;

/** A line for each target; of every path but the ordinary one it names the kind. */
function labelsOf(services: ReadonlyMap<string, readonly Service[]>, path: PathKind): string[] {
  const kind = path === "lan" ? "" : `${path} `;
  const all = [...services].flatMap(([title, list]) => {
    const labels = serviceLabels(list);
    return title === "" ? labels.map((label) => kind + label) : [`${kind}→ ${title}: ${labels.join(" · ")}`];
  });
  return all.length <= SHOWN_LABELS
    ? all
    : [...all.slice(0, SHOWN_LABELS - 1), `and ${all.length - SHOWN_LABELS + 1} more`];
}
