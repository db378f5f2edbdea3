/** Generates the allow-lists of a topology's devices: what its requirements need, in each target's words, proved. */

import { type Need, planAllowLists, withoutNames } from "../generate/plan-allow-lists.js";
import { planRequestList, type RequestNeed } from "../generate/plan-request-lists.js";
import { planSettingsLists } from "../generate/plan-settings-lists.js";
import { widened } from "../generate/widen-list.js";
import { bindRoles } from "../intent/bind-roles.js";
import type { AllowAnalysis, WrittenDevice } from "../model/allow-analysis.js";
import type { AllowList } from "../model/allow-list.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { ProveInputs } from "../model/inputs.js";
import { helpForName } from "../model/near-names.js";
import type { RequestList } from "../model/request-list.js";
import type { SettingsList } from "../model/settings-list.js";
import type { Component, DeviceNode, ProxyNode } from "../model/topology.js";
import { UsageError } from "../model/usage-error.js";
import type { Vendor } from "../model/vendor.js";
import type { ProofContext } from "../prove/proof-context.js";
import { collectNeeds } from "./collect-needs.js";
import { expiredRequirements } from "./expired-requirements.js";
import { loadTopology } from "./load-topology.js";
import { proveWithLists } from "./prove-with-lists.js";
import { notationOf, targetNamed, vendorOf } from "./targets.js";
import { isRefused, type NameTreatment, tellUnheldNames, type UnheldNames, unheldNames } from "./unheld-names.js";
import { tellWidened } from "./widened-lists.js";
import { type ProvedTexts, writeAllowLists } from "./write-allow-lists.js";
import { type ProvedRequests, readIn, writeRequestList } from "./write-request-lists.js";
import { writeSettingsList } from "./write-settings-list.js";

export interface AllowOptions {
  /** Only this device or proxy. */
  readonly device?: string;
  /** Vendor id to write for; absent: that of each device's own exports. */
  readonly target?: string;
  /** `YYYY-MM-DD`: requirements that ended before are told; absent: none is. */
  readonly today?: string;
  /** Id of another notation of the targets that have it; devices of other targets are left out. */
  readonly notation?: string;
  /** Of destinations whose addresses nobody stated, where a target holds no names; absent: `refuse`. */
  readonly names?: NameTreatment;
}

/** The options with what counts where none is given. */
type Settled = AllowOptions & Required<Pick<AllowOptions, "names">>;

/** The lists, or (undefined) every mistake that keeps the inputs from being used. */
export interface AllowRun {
  readonly analysis: AllowAnalysis | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Throws a `UsageError` where the options name a device or target that does not exist. */
export function generateAllowLists(inputs: ProveInputs, given: AllowOptions): AllowRun {
  const options: Settled = { names: "refuse", ...given };
  const { topology, catalogues, context, diagnostics } = loadTopology(inputs);
  const binding = bindRoles(topology, catalogues, { only: [] });
  const all = [...diagnostics, ...binding.diagnostics];
  if (context === undefined || all.some(({ severity }) => severity === "error")) {
    return { analysis: undefined, diagnostics: all };
  }
  const { instances } = binding.value;
  const needs = collectNeeds(context, instances);
  const holders = chooseHolders(context, options);
  const forDevices = holders.devices.map((node) => generateFor(context, node, needs.packets, options));
  const forProxies = holders.proxies.flatMap((node) => generateForProxy(context, node, needs.requests, options));
  const forClients = generateForClients(context, holders.clients, needs.requests, inputs, options);
  const written = {
    devices: forDevices.flatMap((result) => result.written ?? []),
    proxies: forProxies.flatMap((result) => result.written ?? []),
  };
  const unheld = forDevices.flatMap((result) => result.unheld ?? []);
  const aboutNames = tellUnheldNames(unheld, options.names);
  const failed = [...forDevices, ...forProxies, ...forClients].flatMap((result) => result.diagnostics);
  const isWritten = failed.length === 0 && aboutNames.every(({ severity }) => severity !== "error");
  const isWhole = isWritten && options.device === undefined && options.target === undefined;
  const placed = { ...written, proxies: written.proxies.map((each) => inPlace(inputs, context, each)) };
  const proof = isWhole ? proveWithLists(context, placed, instances) : [];
  const analysis: AllowAnalysis = {
    topology: topology.name,
    lists: forDevices.flatMap(({ lists }) => lists),
    requests: forProxies.map(({ list }) => list),
    settings: forClients.map(({ list }) => list),
    written: [
      ...[...written.devices, ...written.proxies].flatMap((each) => shownIn(each, options.notation)),
      ...forClients.flatMap((result) => result.written ?? []),
    ],
    diagnostics: [
      ...needs.diagnostics,
      ...expiredRequirements(instances, options.today ?? ""),
      ...aboutNames,
      ...forDevices.flatMap(({ widening }) => widening ?? []),
      ...failed,
      ...proof,
    ],
  };
  return { analysis, diagnostics: all };
}

/** The lists of every device whose own format can hold them or wider ones, with what was read back of each. */
export function writtenLists(context: ProofContext, needs: readonly Need[]): ProvedTexts[] {
  const options = { names: "tell" } as const;
  return chooseHolders(context, {}).devices.flatMap((node) => generateFor(context, node, needs, options).written ?? []);
}

// What else a proxy's exports say stands around the list: a program that rewrites requests, a parent.
function inPlace({ exports }: ProveInputs, { index }: ProofContext, proved: ProvedRequests): ProvedRequests {
  const files = index.topology.proxies.find(({ name }) => name === proved.device)?.exports ?? [];
  const own = files.flatMap(({ file }) => exports.get(file) ?? []);
  return { ...proved, readBack: readIn(own, proved) ?? proved.readBack };
}

interface Holders {
  readonly devices: readonly DeviceNode[];
  readonly proxies: readonly ProxyNode[];
  /** Components whose settings are written; only a target for them chooses any. */
  readonly clients: readonly Component[];
}

function chooseHolders({ index, devices }: ProofContext, { device: wanted, target: id }: AllowOptions): Holders {
  const { topology } = index;
  const target = id === undefined ? undefined : targetNamed(id);
  if (wanted === undefined) {
    const isRead = ({ name }: DeviceNode): boolean => vendorOf(devices.get(name)?.device.vendor) !== undefined;
    return {
      clients: target?.settingsLists === undefined ? [] : topology.components,
      devices: target !== undefined && target.allowLists === undefined ? [] : topology.devices.filter(isRead),
      proxies: target !== undefined && target.requestLists === undefined ? [] : topology.proxies,
    };
  }
  const node = index.devices.get(wanted);
  if (node !== undefined && (target !== undefined || node.exports.length > 0))
    return { devices: [node], proxies: [], clients: [] };
  const proxy = topology.proxies.find(({ name }) => name === wanted);
  if (proxy !== undefined) return { devices: [], proxies: [proxy], clients: [] };
  const client = target?.settingsLists && topology.components.find(({ name }) => name === wanted);
  if (client !== undefined) return { devices: [], proxies: [], clients: [client] };
  if (node !== undefined)
    throw new UsageError(`\`${wanted}\` has no export that tells its format`, "give a `--target`");
  const names = [...topology.devices, ...topology.proxies].map(({ name }) => name);
  throw new UsageError(`the topology has no device \`${wanted}\``, helpForName(wanted, names));
}

// Everything is written and proved; shown is what has the notation that is asked for.
function shownIn(
  { device, target, texts }: WrittenDevice & { readonly readBack: unknown },
  id: string | undefined,
): WrittenDevice[] {
  return id === undefined || notationOf(target, id) !== undefined ? [{ device, target, texts }] : [];
}

interface Generated {
  /** With names, whatever the target can hold. */
  readonly lists: readonly AllowList[];
  readonly written?: ProvedTexts;
  /** Absent: the target holds every name. */
  readonly unheld?: readonly UnheldNames[];
  /** Warnings that what is written accepts more than the lists. */
  readonly widening?: readonly Diagnostic[];
  readonly diagnostics: readonly Diagnostic[];
}

function generateFor(
  { devices, names }: ProofContext,
  node: DeviceNode,
  needs: readonly Need[],
  options: Settled,
): Generated {
  const device = devices.get(node.name)?.device;
  if (device === undefined) throw new Error(`device ${node.name} is not compiled`);
  const vendor = vendorOf(device.vendor);
  const target = options.target === undefined ? (vendor as Vendor) : targetNamed(options.target);
  const tracking = target.allowLists?.tracking ?? device.tracking;
  const point = { device, tracking, ...(vendor && { vendor: vendor.id }) };
  const own = needs.filter((need) => need.device === node.name);
  const lists = planAllowLists(point, own, { names });
  if (lists.length === 0) return { lists, diagnostics: [] };
  const unheld = unheldNames(own, target);
  const named = unheld.length === 0 ? lists : lists.map(withoutNames);
  const held = named.map((list) => widened(list, target.allowLists?.widens ?? []));
  const notation = options.notation === undefined ? undefined : notationOf(target.id, options.notation);
  // Also where names are refused: what else is in the way is worth knowing before anybody widens them.
  const { value, diagnostics } = writeAllowLists(held, target, node.at, notation);
  if (value === undefined || isRefused(unheld, options.names)) return { lists, unheld, diagnostics };
  const widening = options.names === "tell" ? [] : tellWidened(named, target, node.at);
  return { lists, unheld, written: value, widening, diagnostics };
}

interface GeneratedRequests {
  readonly list: RequestList;
  readonly written?: ProvedRequests;
  readonly diagnostics: readonly Diagnostic[];
}

// Without a target, a proxy whose format is not written gets its list all the same: for the request to another team.
function generateForProxy(
  { proxies }: ProofContext,
  node: ProxyNode,
  needs: readonly RequestNeed[],
  options: AllowOptions,
): GeneratedRequests[] {
  const current = proxies.get(node.name);
  if (current === undefined) throw new Error(`proxy ${node.name} is not loaded`);
  const list = planRequestList(node.name, current.vendor, needs);
  if (list.entries.length === 0) return [];
  const own = vendorOf(current.vendor) as Vendor;
  const target = options.target === undefined ? own : targetNamed(options.target);
  if (options.target === undefined && target.requestLists === undefined) return [{ list, diagnostics: [] }];
  const { value, diagnostics } = writeRequestList(list, current, target, node.at);
  return [{ list, diagnostics, ...(value && { written: value }) }];
}

interface GeneratedSettings {
  readonly list: SettingsList;
  readonly written?: WrittenDevice;
  readonly diagnostics: readonly Diagnostic[];
}

function generateForClients(
  { index }: ProofContext,
  clients: readonly Component[],
  needs: readonly RequestNeed[],
  { scripts }: ProveInputs,
  options: AllowOptions,
): GeneratedSettings[] {
  const lists = planSettingsLists(index.topology, needs);
  return clients.flatMap(({ name, at }) => {
    const list = lists.find(({ client }) => client === name);
    if (list === undefined) return [];
    const { value, diagnostics } = writeSettingsList(list, targetNamed(options.target as string), scripts, at);
    return [{ list, diagnostics, ...(value && { written: value }) }];
  });
}
