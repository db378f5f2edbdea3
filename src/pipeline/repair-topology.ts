/** Repairs the exports of a topology: puts in the rules that refuted requirements lack, and proves that nothing else changes. */
import { packetsOfFault } from "../generate/fault.js";
import { bindRoles } from "../intent/bind-roles.js";
import type { Repair, RepairAnalysis } from "../model/allow-analysis.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { ProveInputs } from "../model/inputs.js";
import type { DeviceNode, ProxyNode } from "../model/topology.js";
import type { RequirementInstance, Verdict } from "../model/verdict.js";
import type { ProofContext } from "../prove/proof-context.js";
import { unprovedAmong } from "../prove/prove-together.js";
import { describeSet } from "../sets/describe.js";
import { collectMissing, collectSurplus, type PlacedFault } from "./collect-faults.js";
import { collectNeeds } from "./collect-needs.js";
import { loadTopology } from "./load-topology.js";
import { type DevicePatch, patchDevice } from "./patch-device.js";
import { type ProxyPatch, patchProxy } from "./patch-proxy.js";
import { isSoundPatch } from "./prove-patch.js";
import { vendorOf } from "./targets.js";
import { tellUnheldNames, type UnheldNames, unheldNames } from "./unheld-names.js";
import { warnOfWidening } from "./widened-lists.js";

/** The repairs, or (undefined) every mistake that keeps the inputs from being used. */
export interface RepairRun {
  readonly analysis: RepairAnalysis | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Errors among the analysis' diagnostics are requirements that stay unproved; no repair is given that changes anything else.
 * `only`: the one device whose exports may change.
 */
export function repairTopology(inputs: ProveInputs, only?: string): RepairRun {
  const { topology, catalogues, context, diagnostics } = loadTopology(inputs);
  const binding = bindRoles(topology, catalogues, { only: [] });
  const all = [...diagnostics, ...binding.diagnostics];
  if (context === undefined || all.some(({ severity }) => severity === "error")) {
    return { analysis: undefined, diagnostics: all };
  }
  const { repairs, repaired, unsound, unplaced, widened } = repairInRounds(
    context,
    binding.value.instances,
    inputs,
    only,
  );
  const unproved = unprovedAmong(repaired, binding.value.instances);
  const told = [
    ...tellUnheldNames(namesOpenedBy(repairs, context, binding.value.instances), "widen"),
    ...[...widened].map(([node, fields]) => tellWidening(context, node, [...fields])),
    ...unsound.map(changesMore),
    ...unplaced.flatMap(cannotPlace),
    ...unproved.map((verdict) => stillUnproved(verdict, only)),
  ];
  return { analysis: { repairs, diagnostics: told }, diagnostics: all };
}

/** The names for which repairs let every public address through. */
function namesOpenedBy(
  repairs: readonly Repair[],
  context: ProofContext,
  instances: readonly RequirementInstance[],
): UnheldNames[] {
  return repairs.flatMap(({ device, requirements }) => {
    const vendor = vendorOf(context.devices.get(device)?.device.vendor);
    if (vendor === undefined) return [];
    const repaired = instances.filter(({ requirement }) => requirements.includes(requirement.id));
    const needs = collectNeeds(context, repaired).packets.filter((need) => need.device === device);
    return unheldNames(needs, vendor);
  });
}

function tellWidening({ devices }: ProofContext, { name, at }: DeviceNode, fields: readonly string[]): Diagnostic {
  return warnOfWidening(name, devices.get(name)?.device.vendor ?? "", fields, at);
}

interface Outcome {
  readonly repairs: readonly Repair[];
  readonly repaired: ProofContext;
  readonly unsound: readonly (DeviceNode | ProxyNode)[];
  /** The last round's patches, with what they leave. */
  readonly unplaced: readonly DevicePatch[];
  /** What requirements say and the repairs of a device cannot. */
  readonly widened: ReadonlyMap<DeviceNode, ReadonlySet<string>>;
}

// What one repair lets through may be stopped at the next thing, which nothing told before.
const ROUNDS = 4;

function repairInRounds(
  context: ProofContext,
  instances: readonly RequirementInstance[],
  inputs: ProveInputs,
  only: string | undefined,
): Outcome {
  let state: State = { context, inputs, failing: unprovedAmong(context, instances) };
  let repairs: readonly Repair[] = [];
  let unplaced: readonly DevicePatch[] = [];
  const unsound = new Map<string, DeviceNode | ProxyNode>();
  const widened = new Map<DeviceNode, Set<string>>();
  for (let round = 0; round < ROUNDS && state.failing.length > 0; round++) {
    const patches = patchDevices(state.context, state.failing, state.inputs, only);
    const written = patches.filter(({ texts }) => texts.size > 0);
    const sound = written.filter((patch) => isSound(state.context, patch));
    const proxies = patchProxies(state.context, state.failing, state.inputs, only);
    const { next, kept } = applyHarmless(state, [...sound, ...proxies.filter((patch) => patch.isSound)], instances);
    for (const { node } of [...written, ...proxies].filter((patch) => !kept.includes(patch)))
      unsound.set(node.name, node);
    unplaced = patches;
    if (kept.length === 0) break;
    state = next;
    repairs = joinRepairs([...repairs, ...kept.flatMap((patch) => patch.repairs)]);
    for (const { node, widening } of sound.filter((patch) => kept.includes(patch) && patch.widening.length > 0))
      widened.set(node, new Set([...(widened.get(node) ?? []), ...widening]));
  }
  return { repairs, repaired: state.context, unsound: [...unsound.values()], unplaced, widened };
}

interface State {
  readonly context: ProofContext;
  readonly inputs: ProveInputs;
  readonly failing: readonly Verdict[];
}

type Patch = Pick<DevicePatch, "texts" | "repairs" | "node"> | ProxyPatch;

/** The state with those patches that break no requirement which is proved: all at once, else one after the other. */
function applyHarmless<P extends Patch>(
  state: State,
  patches: readonly P[],
  instances: readonly RequirementInstance[],
): { readonly next: State; readonly kept: readonly P[] } {
  const whole = apply(state, patches, instances);
  if (whole !== undefined) return { next: whole, kept: patches };
  let next = state;
  const kept: P[] = [];
  for (const patch of patches) {
    const tried = apply(next, [patch], instances);
    if (tried === undefined) continue;
    next = tried;
    kept.push(patch);
  }
  return { next, kept };
}

/** Undefined iff a requirement that is proved no longer would be, or the texts cannot be read. */
function apply(
  { inputs, failing }: State,
  patches: readonly Patch[],
  instances: readonly RequirementInstance[],
): State | undefined {
  const exports = new Map([...inputs.exports, ...patches.flatMap(({ texts }) => [...texts])]);
  const patched = { ...inputs, exports };
  const { context } = loadTopology(patched);
  if (context === undefined) return undefined;
  const unproved = unprovedAmong(context, instances);
  const known = new Set(failing.map(instanceKey));
  return unproved.every((verdict) => known.has(instanceKey(verdict)))
    ? { context, inputs: patched, failing: unproved }
    : undefined;
}

function instanceKey({ requirement, from, to }: RequirementInstance): string {
  return JSON.stringify([requirement.id, requirement.at, from, to]);
}

function isSound({ devices, names }: ProofContext, patch: DevicePatch): boolean {
  const device = devices.get(patch.node.name)?.device;
  if (device === undefined) throw new Error(`device ${patch.node.name} is not compiled`);
  return isSoundPatch(device, patch, names);
}

/** One repair for each file: later ones of a file continue the earlier. */
export function joinRepairs(repairs: readonly Repair[]): Repair[] {
  const byFile = new Map<string, Repair>();
  for (const repair of repairs) {
    const earlier = byFile.get(repair.file);
    byFile.set(
      repair.file,
      earlier === undefined
        ? repair
        : {
            ...repair,
            before: earlier.before,
            commands: [...earlier.commands, ...repair.commands],
            requirements: [...new Set([...earlier.requirements, ...repair.requirements])],
          },
    );
  }
  return [...byFile.values()];
}

function patchDevices(
  context: ProofContext,
  failing: readonly Verdict[],
  inputs: ProveInputs,
  only: string | undefined,
): DevicePatch[] {
  const { topology } = context.index;
  const isChangeable = ({ device }: PlacedFault): boolean => only === undefined || device === only;
  const patch = (node: DeviceNode, faults: readonly PlacedFault[]): DevicePatch[] => {
    const device = context.devices.get(node.name)?.device;
    const own = faults.filter((fault) => fault.device === node.name).map(({ fault }) => fault);
    if (device === undefined || own.length === 0) return [];
    return [patchDevice(node, device, own, inputs)];
  };
  const surplus = collectSurplus(context, failing).flatMap((alternatives) => {
    const sizes = alternatives.map((faults) => {
      const patches = topology.devices.flatMap((node) => patch(node, faults.filter(isChangeable)));
      const sound = patches.filter((each) => isSound(context, each));
      const size = sound.flatMap(({ repairs }) => repairs.flatMap(({ commands }) => commands)).length;
      return { faults, size };
    });
    // The change with the fewest commands; of equal ones that of the first device on the way.
    const able = sizes.filter(({ size }) => size > 0).sort((a, b) => a.size - b.size);
    return able[0]?.faults ?? [];
  });
  const faults = [...collectMissing(context, failing), ...surplus].filter(isChangeable);
  return topology.devices.flatMap((node) => patch(node, faults));
}

function patchProxies(
  context: ProofContext,
  failing: readonly Verdict[],
  inputs: ProveInputs,
  only: string | undefined,
): ProxyPatch[] {
  const { requests } = collectNeeds(context, failing);
  return context.index.topology.proxies.flatMap((node) => {
    const policy = context.proxies.get(node.name);
    if (policy === undefined || (only !== undefined && node.name !== only)) return [];
    return patchProxy(node, policy, requests, inputs) ?? [];
  });
}

function changesMore({ name, at }: DeviceNode | ProxyNode): Diagnostic {
  const message = `the rules \`${name}\` lacks cannot be put in without changing more than them`;
  return { code: "allow/changes-more", severity: "error", message, at, effect: "none" };
}

const WORDS = { accept: "accepts", drop: "drops", translate: "translates the sources of" } as const;

function cannotPlace({ node, unplaced }: DevicePatch): Diagnostic[] {
  return unplaced.map((fault) => {
    const what = WORDS[fault.action.kind as keyof typeof WORDS];
    const packets = describeSet(packetsOfFault(fault)).join("; ");
    const message = `in the form of its exports no rule can be put into \`${node.name}\` that ${what} ${packets}`;
    return { code: "allow/no-place", severity: "error", message, at: fault.place.at, effect: "none" };
  });
}

function stillUnproved(verdict: Verdict, only: string | undefined): Diagnostic {
  const { requirement, from, to, kind } = verdict;
  const why = verdict.kind === "proved" ? "" : verdict.explanation;
  const added = only === undefined ? "added rule" : `rule added to \`${only}\``;
  const decided = verdict.kind === "refuted" ? verdict.decidedBy?.at : undefined;
  const help =
    decided === undefined ? undefined : "look at the rule that decides: it may have to be narrowed or removed";
  return {
    ...(help !== undefined && { help }),
    code: "allow/not-repaired",
    severity: "error",
    message: `no ${added} proves \`${requirement.id}\` from \`${from}\` to \`${to}\`, which stays ${kind}: ${why}`,
    at: decided ?? requirement.at,
    effect: "none",
  };
}
