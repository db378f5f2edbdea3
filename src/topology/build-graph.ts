import { Graph } from "@dagrejs/graphlib";
import type { LinkKind, Topology } from "../model/topology.js";

/** What a node of the graph is; a `way` (network or link) has a kind, a device forwards between ways. */
export type GraphNode = { readonly type: "way"; readonly kind: LinkKind } | { readonly type: "device" };

/**
 * The undirected graph a flow can move in: networks, links and forwarding devices, named as in the topology. Components
 * are not part of it: they end paths and never forward.
 */
export type TopologyGraph = Graph<unknown, GraphNode, unknown>;

/** Graph of the topology; an edge stands for a direct attachment. */
export function buildGraph(topology: Topology): TopologyGraph {
  const graph: TopologyGraph = new Graph({ directed: false });
  for (const way of [...topology.networks, ...topology.links]) graph.setNode(way.name, { type: "way", kind: way.kind });
  for (const device of topology.devices) graph.setNode(device.name, { type: "device" });
  for (const link of topology.links) for (const end of link.between) graph.setEdge(link.name, end);
  for (const device of topology.devices) {
    for (const attachment of device.attachments) graph.setEdge(device.name, attachment.to);
  }
  return graph;
}
