/** What every proof over one topology shares: compiled devices, proxies and the paths found so far. */

import { type CompiledDevice, compileDevice } from "../compile/compile-device.js";
import type { AddressRange } from "../model/address.js";
import type { Device } from "../model/device.js";
import type { AnyOf, Endpoint } from "../model/matches.js";
import type { ProxyPolicy } from "../model/proxy.js";
import type { ProxySettings, ScriptEngine } from "../model/proxy-settings.js";
import type { Topology } from "../model/topology.js";
import { type HostSet, isEmptyHosts, parseHostSet } from "../sets/host-set.js";
import { buildGraph, type TopologyGraph } from "../topology/build-graph.js";
import { findPaths, type PathSearch } from "../topology/find-paths.js";
import { type Crossing, indexTopology, type TopologyIndex } from "../topology/list-crossings.js";
import { stateDevice } from "../topology/state-device.js";

export interface ProofContext {
  readonly index: TopologyIndex;
  readonly graph: TopologyGraph;
  /** Compiled devices by the name of their node in the topology. */
  readonly devices: ReadonlyMap<string, CompiledDevice>;
  /** Access rules by the name of the proxy in the topology. */
  readonly proxies: ReadonlyMap<string, ProxyPolicy>;
  /** How components choose their proxies, by the component's name; where there is none, the topology's list holds. */
  readonly choosing: Choosing;
  /** Addresses of names, as the topology states them. */
  readonly names: ReadonlyMap<string, readonly AddressRange[]>;
  /** Steps of work one requirement may take on one path before the answer is `too complex`. */
  readonly budget: number;
  /** Devices compiled for flows that ask for some names, by those names. */
  readonly asking: Map<string, ReadonlyMap<string, CompiledDevice>>;
  /** Devices as packets for one component meet them, where that makes a difference. */
  readonly towards: Map<string, CompiledDevice>;
  /** What was put into words so far, by the hash of the set. */
  readonly descriptions: Map<string, readonly string[]>;
  readonly pathsBetween: (from: readonly string[], to: readonly string[]) => PathSearch;
}

/** Settings by the component's name, and what runs the scripts among them. */
export interface Choosing {
  readonly settings: ReadonlyMap<string, ProxySettings>;
  readonly scripts?: ScriptEngine;
}

export const DEFAULT_BUDGET = 1_000_000;

export function createProofContext(
  topology: Topology,
  devices: ReadonlyMap<string, CompiledDevice>,
  proxies: ReadonlyMap<string, ProxyPolicy>,
  budget: number = DEFAULT_BUDGET,
  choosing: Choosing = { settings: new Map() },
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
    choosing,
    names: topology.names,
    budget,
    asking: new Map(),
    towards: new Map(),
    descriptions: new Map(),
    pathsBetween,
  };
}

/**
 * The device at a crossing. Endpoints whose public address is not known yet may each have any, so that a device that
 * states some is another one for each component packets are meant for.
 */
export function deviceAt(
  { index, devices, names, towards }: ProofContext,
  { device: node, towards: to }: Extract<Crossing, { kind: "device" }>,
): CompiledDevice {
  const compiled = devices.get(node.name);
  if (compiled === undefined) throw new Error(`device ${node.name} is not compiled`);
  const isStated = node.exports.length === 0;
  if (!isStated || node.mappedEndpoints.every((one) => one.publicAddress !== undefined)) return compiled;
  const key = JSON.stringify([node.name, to]);
  const known = towards.get(key) ?? compileDevice(stateDevice(index, node, undefined, to), { names });
  towards.set(key, known);
  return known;
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
export function looksInside({ acls }: Device): boolean {
  return acls.some(({ aces }) => aces.some(({ matches }) => (matches.destination ?? []).some(namesRequests)));
}

function namesRequests({ operands }: AnyOf<Endpoint>): boolean {
  return operands.some((operand) => "literal" in operand && "requested" in operand.literal);
}
