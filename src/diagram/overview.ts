/** Turns an analysis into the picture of its components and networks, with the proof results as edges. */
import type { Analysis } from "../model/analysis.js";
import type { Topology } from "../model/topology.js";
import type { Diagram, DiagramNode } from "./diagram.js";
import { type FlowRoute, flowRoutes } from "./flow-route.js";
import { foldAlike, foldSites } from "./fold-places.js";
import type { Likeness } from "./group-components.js";
import { mergeFlows } from "./merge-flows.js";
import { type Places, placesOf } from "./places.js";
import { countVerdicts, undrawnNotes, worstTone } from "./verdict-words.js";
import { type Walk, walkFlow } from "./walk-flow.js";

/** More than a reader can take in at once: then what is alike is drawn once. */
const MOST_PLACES = 48;
const MOST_EDGES = 90;

/** What components of a group share, and what is drawn once for many. */
interface Detail {
  readonly by: Likeness;
  readonly folds: readonly ((places: Places, topology: Topology, apart: readonly string[]) => Places)[];
}

const DETAILS: readonly [Detail, ...Detail[]] = [
  { by: "stops", folds: [] },
  { by: "answers", folds: [foldAlike] },
  { by: "roles", folds: [foldAlike] },
  { by: "networks", folds: [] },
  { by: "networks", folds: [foldSites] },
  { by: "networks", folds: [foldAlike] },
  { by: "networks", folds: [foldSites, foldAlike] },
];

/** A picture, and the places that it shows. */
export interface Overview {
  readonly diagram: Diagram;
  readonly places: Places;
}

/** The picture of everything: what is where, and which flows arrive, are stopped, or may be stopped where. */
export function overviewOf(analysis: Analysis): Overview {
  const routes = analysis.verdicts.flatMap(flowRoutes);
  const drawn = (places: Places): Diagram => diagramOf(analysis, routes, places);
  const places = finestPlaces(analysis, [], (some) => some.nodes.length <= MOST_PLACES && isReadable(drawn(some)));
  return { places, diagram: drawn(places) };
}

export function overviewDiagram(analysis: Analysis): Diagram {
  return overviewOf(analysis).diagram;
}

/** True iff a reader can take in the picture at once. */
export function isReadable({ nodes, edges }: Diagram): boolean {
  return nodes.length <= MOST_PLACES && edges.length <= MOST_EDGES;
}

/** The first of ever coarser places that `isEnough`, or the coarsest; those in `apart` are not folded. */
export function finestPlaces(
  analysis: Analysis,
  apart: readonly string[],
  isEnough: (places: Places) => boolean,
  [{ by, folds }, ...coarser]: readonly [Detail, ...Detail[]] = DETAILS,
): Places {
  const { topology, verdicts } = analysis;
  const places = folds.reduce((all, fold) => fold(all, topology, apart), placesOf(topology, verdicts, by));
  const [next, ...rest] = coarser;
  return next === undefined || isEnough(places) ? places : finestPlaces(analysis, apart, isEnough, [next, ...rest]);
}

/** The picture of a topology with some of the ways that its flows take. */
export function diagramOf({ topology, verdicts }: Analysis, routes: readonly FlowRoute[], places: Places): Diagram {
  const walks = routes.map((route) => walkFlow(route, places));
  return {
    title: topology.title,
    description: `Components and networks of ${topology.title}. ${countVerdicts(verdicts)}`,
    frames: places.frames,
    nodes: places.nodes.map((node) => markNode(node, walks)),
    edges: mergeFlows(walks, places),
    notes: undrawnNotes(verdicts),
  };
}

/** The node with the marks of the flows that stop, or may stop, at it. */
function markNode(node: DiagramNode, walks: readonly Walk[]): DiagramNode {
  const here = walks.filter(({ marked }) => marked === node.id).map(({ route }) => route);
  if (here.length === 0) return node;
  const badges = node.badges.map((badge) => {
    const tones = here
      .filter(({ stop }) => stop !== undefined && badge.devices.includes(stop.device))
      .map(({ tone }) => tone);
    return { ...badge, tone: worstTone(tones) };
  });
  return { ...node, badges, tone: worstTone(here.map(({ tone }) => tone)) };
}
