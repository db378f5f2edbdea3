/** What every proof over one topology shares: compiled devices, proxies and the paths found so far. */

import { type CompiledDevice, compileDevice } from "../compile/compile-device.js";
import type { AddressRange } from "../model/address.js";
import type { Device } from "../model/device.js";
import type { AnyOf, Endpoint } from "../model/matches.js";
import type { ProxyPolicy } from "../model/proxy.js";
import type { Topology } from "../model/topology.js";
import { type HostSet, isEmptyHosts, parseHostSet } from "../sets/host-set.js";
import { buildGraph, type TopologyGraph } from "../topology/build-graph.js";
import { findPaths, type PathSearch } from "../topology/find-paths.js";
import { indexTopology, type TopologyIndex } from "../topology/list-crossings.js";

export interface ProofContext {
  readonly index: TopologyIndex;
  readonly graph: TopologyGraph;
  /** Compiled devices by the name of their node in the topology. */
  readonly devices: ReadonlyMap<string, CompiledDevice>;
  /** Access rules by the name of the proxy in the topology. */
  readonly proxies: ReadonlyMap<string, ProxyPolicy>;
  /** Addresses of names, as the topology states them. */
  readonly names: ReadonlyMap<string, readonly AddressRange[]>;
  /** Steps of work one requirement may take on one path before the answer is `too complex`. */
  readonly budget: number;
  /** Devices compiled for flows that ask for some names, by those names. */
  readonly asking: Map<string, ReadonlyMap<string, CompiledDevice>>;
  /** What was put into words so far, by the hash of the set. */
  readonly descriptions: Map<string, readonly string[]>;
  readonly pathsBetween: (from: readonly string[], to: readonly string[]) => PathSearch;
}

export const DEFAULT_BUDGET = 1_000_000;

export function createProofContext(
  topology: Topology,
  devices: ReadonlyMap<string, CompiledDevice>,
  proxies: ReadonlyMap<string, ProxyPolicy>,
  budget: number = DEFAULT_BUDGET,
): ProofContext {
  const graph = buildGraph(topology);
  const found = new Map<string, PathSearch>();
  const pathsBetween = (from: readonly string[], to: readonly string[]): PathSearch => {
    const key = JSON.stringify([from, to]);
    const known = found.get(key);
    if (known !== undefined) return known;
    const search = findPaths(graph, from, to);
    found.set(key, search);
    return search;
  };
  return {
    index: indexTopology(topology),
    graph,
    devices,
    proxies,
    names: topology.names,
    budget,
    asking: new Map(),
    descriptions: new Map(),
    pathsBetween,
  };
}

/** The same proof for flows that ask for these hosts inside their connections; none: nothing is known of that. */
export function contextAsking(context: ProofContext, hosts: readonly string[]): ProofContext {
  const requested = parseHostSet(hosts);
  if (isEmptyHosts(requested)) return context;
  const key = JSON.stringify(hosts);
  const devices = context.asking.get(key) ?? devicesAsked(context, requested);
  context.asking.set(key, devices);
  return { ...context, devices };
}

function devicesAsked({ devices, names }: ProofContext, requested: HostSet): Map<string, CompiledDevice> {
  return new Map(
    [...devices].map(([name, compiled]) => [
      name,
      looksInside(compiled.device) ? compileDevice(compiled.device, { names, requested }) : compiled,
    ]),
  );
}

/** True iff some rule of the device is about names that clients ask for. */
function looksInside({ acls }: Device): boolean {
  return acls.some(({ aces }) => aces.some(({ matches }) => (matches.destination ?? []).some(namesRequests)));
}

function namesRequests({ operands }: AnyOf<Endpoint>): boolean {
  return operands.some((operand) => "literal" in operand && "requested" in operand.literal);
}
