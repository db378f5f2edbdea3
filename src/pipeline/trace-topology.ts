/** Follows one packet through a topology. */
import { parsePacketLine } from "../intent/parse-packet.js";
import { isInRange } from "../model/address.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { Packet } from "../model/flow.js";
import type { ProveInputs } from "../model/inputs.js";
import { helpForName } from "../model/near-names.js";
import type { Service } from "../model/service.js";
import type { Component } from "../model/topology.js";
import type { Trace, TraceQuery } from "../model/trace.js";
import { UsageError } from "../model/usage-error.js";
import type { ProofContext } from "../prove/proof-context.js";
import { packetOfService, traceFlow } from "../prove/trace-flow.js";
import { listAssumptions } from "./list-assumptions.js";
import { loadTopology } from "./load-topology.js";

/** The trace, or (undefined) every mistake that keeps the inputs from being used. */
export interface TraceRun {
  readonly trace: Trace | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Throws a `UsageError` where the query names a component that is not there. */
export function traceTopology(inputs: ProveInputs, query: TraceQuery): TraceRun {
  const { topology, context, diagnostics, sources } = loadTopology(inputs);
  if (context === undefined) return { trace: undefined, diagnostics };
  const { from, to, paths } = query.kind === "service" ? traceService(context, query) : tracePacket(context, query);
  const assumptions = listAssumptions(topology);
  return { trace: { from: from.name, to: to.name, paths, assumptions, diagnostics, sources }, diagnostics };
}

type Traced = { from: Component; to: Component; paths: Trace["paths"] };

function traceService(context: ProofContext, query: Extract<TraceQuery, { kind: "service" }>): Traced {
  const from = componentNamed(context, query.from);
  const to = componentNamed(context, query.to);
  const service: Service = {
    protocol: query.protocol,
    ...(query.destinationPort !== undefined && { destinationPorts: [only(query.destinationPort)] }),
    ...(query.sourcePort !== undefined && { sourcePorts: [only(query.sourcePort)] }),
  };
  const paths = traceFlow(context, from, to, (path) => {
    const packet = packetOfService(context, from, to, service, path);
    return packet && { ...packet, state: query.state };
  });
  return { from, to, paths };
}

function only(port: number): { first: number; last: number } {
  return { first: port, last: port };
}

function tracePacket(context: ProofContext, query: Extract<TraceQuery, { kind: "packet" }>): Traced {
  const parsed = parsePacketLine(query.text, "--packet", 1);
  const packet = parsed.value?.probe.packet;
  if (packet === undefined)
    throw new UsageError(parsed.diagnostics[0]?.message ?? "not a packet", parsed.diagnostics[0]?.help);
  const from = query.from === undefined ? holder(context, packet, "source") : componentNamed(context, query.from);
  const to = query.to === undefined ? holder(context, packet, "destination") : componentNamed(context, query.to);
  return { from, to, paths: traceFlow(context, from, to, () => packet) };
}

function componentNamed(context: ProofContext, name: string): Component {
  const { components } = context.index;
  const component = components.get(name);
  if (component !== undefined) return component;
  throw new UsageError(`the topology has no component \`${name}\``, helpForName(name, [...components.keys()]));
}

function holder(context: ProofContext, packet: Packet, side: "source" | "destination"): Component {
  const found = context.index.topology.components.find(({ addresses }) =>
    addresses.ranges.some((range) => isInRange(packet[side], range)),
  );
  if (found !== undefined) return found;
  throw new UsageError(`no component has the packet's ${side} address`, "name one with `--from` and `--to`");
}
