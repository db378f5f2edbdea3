/** Turns an analysis into the picture of its components and networks, with the proof results as edges. */
import type { Analysis } from "../model/analysis.js";
import type { Diagram, DiagramNode } from "./diagram.js";
import { type FlowRoute, flowRoutes } from "./flow-route.js";
import { mergeFlows } from "./merge-flows.js";
import { placesOf } from "./places.js";
import { countVerdicts, undrawnNotes, worstTone } from "./verdict-words.js";
import { type Walk, walkFlow } from "./walk-flow.js";

/** The picture of everything: what is where, and which flows arrive, are stopped, or may be stopped where. */
export function overviewDiagram(analysis: Analysis): Diagram {
  return diagramOf(analysis, analysis.verdicts.flatMap(flowRoutes));
}

/** The picture of a topology with some of the ways that its flows take. */
export function diagramOf({ topology, verdicts }: Analysis, routes: readonly FlowRoute[]): Diagram {
  const places = placesOf(topology, verdicts);
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
    const tones = here.filter(({ stop }) => stop?.device === badge.device).map(({ tone }) => tone);
    return { ...badge, tone: worstTone(tones) };
  });
  return { ...node, badges, tone: worstTone(here.map(({ tone }) => tone)) };
}
