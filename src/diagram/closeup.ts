/** Turns an analysis into pictures of one thing: a requirement with its ways, or a device with what crosses it. */
import type { Analysis } from "../model/analysis.js";
import type { Hop, Verdict } from "../model/verdict.js";
import type { Diagram, DiagramNode, Frame } from "./diagram.js";
import { type FlowRoute, flowRoutes } from "./flow-route.js";
import { diagramOf, finestPlaces, isReadable } from "./overview.js";
import type { Places } from "./places.js";
import { countVerdicts } from "./verdict-words.js";

/** The flows of a requirement (with its parts, `ID-part`), only the places they visit, and what decides there. */
export function requirementDiagram(analysis: Analysis, id: string): Diagram {
  const verdicts = analysis.verdicts.filter((verdict) => isOrPartOf(verdict, id));
  const title = verdicts[0] === undefined ? id : `${id}: ${verdicts[0].requirement.title}`;
  const routes = verdicts.flatMap(flowRoutes);
  return closeUp({ ...analysis, verdicts }, routes, title);
}

/** True iff the verdict is on the requirement or on a part of it. */
export function isOrPartOf({ requirement }: Verdict, id: string): boolean {
  return requirement.id === id || requirement.id.startsWith(`${id}-`);
}

/** The flows that come to a device, its attachments, and the places on their ways. */
export function deviceDiagram(analysis: Analysis, name: string): Diagram {
  const crosses = (route: FlowRoute): boolean => route.hops.some(({ device }) => device === name);
  const verdicts = analysis.verdicts.filter((verdict) => flowRoutes(verdict).some(crosses));
  const device = analysis.topology.devices.find((node) => node.name === name);
  const routes = verdicts.flatMap(flowRoutes).filter(crosses);
  const diagram = closeUp({ ...analysis, verdicts }, routes, `What crosses ${device?.title ?? name}`, name);
  const attachments = (device?.attachments ?? []).map(({ interface: port, to }) => `${port} → ${to}`);
  const attach = (node: DiagramNode): DiagramNode =>
    node.id === `device:${name}` ? { ...node, lines: [...node.lines, ...attachments] } : node;
  return { ...diagram, nodes: diagram.nodes.map(attach) };
}

function closeUp(analysis: Analysis, routes: readonly FlowRoute[], title: string, kept?: string): Diagram {
  const device = `device:${kept}`;
  const drawn = (places: Places): Diagram => {
    const diagram = diagramOf(analysis, routes, places);
    // A flow that is stopped still has somewhere it was for.
    const ends = analysis.verdicts.flatMap(({ from, to }) => [from, to].map((end) => places.groupOf.get(end)?.id));
    const shown = new Set([...ends, ...diagram.edges.flatMap(({ from, to }) => [from, to]), device]);
    const nodes = diagram.nodes.filter(({ id }) => shown.has(id));
    return {
      ...diagram,
      title,
      description: `${title}. ${countVerdicts(analysis.verdicts)}`,
      nodes: nodes.map((node) => tellDecisions(node, routes)),
      frames: framesAround(nodes, diagram.frames),
    };
  };
  return drawn(finestPlaces(analysis, [device], (places) => isReadable(drawn(places))));
}

function framesAround(nodes: readonly DiagramNode[], frames: readonly Frame[]): Frame[] {
  const around = new Set(nodes.map(({ frame }) => frame));
  for (const { id, parent } of [...frames].reverse()) if (around.has(id)) around.add(parent);
  return frames.filter(({ id }) => around.has(id));
}

const SHOWN_DECISIONS = 3;

function tellDecisions(node: DiagramNode, routes: readonly FlowRoute[]): DiagramNode {
  const hops = routes.flatMap((route) => route.hops);
  const badges = node.badges.map((badge) => {
    const told = badge.devices.flatMap((device) => decisionsAt(hops, device));
    return told.length === 0 ? badge : { ...badge, text: `${badge.text}: ${told.join(", ")}` };
  });
  const device = /^(?:device:|gate:)(.*?)(?:@[^@]*)?$/.exec(node.id)?.[1];
  const told = device === undefined ? [] : decisionsAt(hops, device);
  const hidden = told.length - SHOWN_DECISIONS;
  const more = hidden > 0 ? [`and ${hidden} more`] : [];
  return { ...node, badges, lines: [...node.lines, ...told.slice(0, SHOWN_DECISIONS), ...more] };
}

/** What decided at a device about first packets, each rule once, e.g. "rule 11: accept". */
function decisionsAt(hops: readonly Hop[], device: string): string[] {
  const here = hops.filter((hop) => hop.device === device && hop.leg === "first");
  const told = here.flatMap(({ decisions, disposition }) => {
    const last = decisions.at(-1);
    const counts = disposition === "accept" ? (decisions.findLast(({ ace }) => ace !== undefined) ?? last) : last;
    return counts === undefined ? [] : [`${counts.ace ?? `default of ${counts.acl}`}: ${counts.disposition}`];
  });
  return [...new Set(told)];
}
