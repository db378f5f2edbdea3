/** Follows one packet between two components, over every path between them, and the reply back. */
import type { Packet } from "../model/flow.js";
import type { Service } from "../model/service.js";
import type { Component } from "../model/topology.js";
import type { PacketVerdict, TracedPath, TraceHop } from "../model/trace.js";
import { PacketSet } from "../sets/packet-set.js";
import type { Path } from "../topology/find-paths.js";
import { listCrossings } from "../topology/list-crossings.js";
import type { ProofContext } from "./proof-context.js";
import { type FlowHop, pushFlows, type Stop } from "./push-flows.js";
import { requiredPackets } from "./requirement-packets.js";

/** The packet to follow on a path; undefined iff nothing can be sent there. */
export type PacketForPath = (path: Path) => Packet | undefined;

/** What happens on each path, shortest path first; replies are followed iff the packet opens a connection. */
export function traceFlow(
  context: ProofContext,
  from: Component,
  to: Component,
  packetFor: PacketForPath,
): TracedPath[] {
  const { paths } = context.pathsBetween(from.networks, to.networks);
  return paths.flatMap((path) => {
    const packet = packetFor(path);
    return packet === undefined ? [] : [tracePath(context, from, to, packet, path)];
  });
}

/** The first packet of a service between two components, from a given source port where one is given. */
export function packetOfService(
  context: ProofContext,
  from: Component,
  to: Component,
  service: Service,
  path: Path,
): Packet | undefined {
  const named = { name: "", services: [service] };
  return requiredPackets(context, from, to, [named], path).packets.witness();
}

function tracePath(context: ProofContext, from: Component, to: Component, packet: Packet, path: Path): TracedPath {
  const crossings = listCrossings(context.index, from, path, to);
  const conversation = packet.state === "new" ? "whole" : "first-packet";
  const sent = PacketSet.fromPacket(packet).forget(["ingressInterfaces", "egressInterfaces"]);
  const { arrived, stopped } = pushFlows(context, sent, crossings, conversation);
  const hops = stopped[0]?.hops ?? arrived[0]?.hops ?? [];
  const explanation = arrived.length === 0 ? stopped[0]?.explanation : undefined;
  return {
    path: { kind: path.kind, nodes: path.nodes },
    packet,
    ...(explanation !== undefined && { explanation }),
    verdict: verdictOf(arrived.length > 0, stopped),
    hops: asTravelled(hops).map(traceHop),
  };
}

// Packets on the way there, then replies on the way back, as far as they come.
function asTravelled(hops: readonly FlowHop[]): readonly FlowHop[] {
  const replies = hops.filter(({ leg }) => leg === "reply").reverse();
  const all = [...hops.filter(({ leg }) => leg !== "reply"), ...replies];
  const end = all.findIndex(({ disposition }) => disposition !== "accept");
  return end < 0 ? all : all.slice(0, end + 1);
}

function verdictOf(hasArrived: boolean, stopped: readonly Stop[]): PacketVerdict {
  const stop = stopped[0];
  if (stop === undefined) return "accept";
  if (hasArrived) return "undecided";
  const last = stop.hops[stop.hops.length - 1];
  return last !== undefined && last.disposition !== "accept" ? last.disposition : "drop";
}

function traceHop(hop: FlowHop): TraceHop {
  const { device, direction, leg, disposition, decisions, doubts } = hop;
  const after = disposition === "accept" ? examplePacket(hop.after) : undefined;
  return {
    device,
    direction,
    leg,
    verdict: disposition,
    decisions,
    before: examplePacket(hop.before) as Packet,
    ...(after && { after }),
    doubts,
  };
}

// Where the topology does not tell an interface the set holds many names, and any one of them would be made up.
function examplePacket(packets: PacketSet): Packet | undefined {
  const packet = packets.witness();
  if (packet === undefined) return undefined;
  const { ingressInterface, egressInterface } = packet;
  const mayEnter = packets.contains({ ...packet, ingressInterface: `${ingressInterface}9` });
  const mayLeave = packets.contains({ ...packet, egressInterface: `${egressInterface}9` });
  return { ...packet, ...(mayEnter && { ingressInterface: "" }), ...(mayLeave && { egressInterface: "" }) };
}
