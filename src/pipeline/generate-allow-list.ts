/** Generates the allow-lists of a topology's devices: what its requirements need, in each target's words, proved. */

import { type Need, planAllowLists } from "../generate/plan-allow-lists.js";
import { bindRoles } from "../intent/bind-roles.js";
import type { AllowAnalysis, AllowList, Notation, WrittenDevice } from "../model/allow-list.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { ProveInputs } from "../model/inputs.js";
import { nearNames } from "../model/near-names.js";
import type { DeviceNode } from "../model/topology.js";
import { UsageError } from "../model/usage-error.js";
import type { Vendor } from "../model/vendor.js";
import type { ProofContext } from "../prove/proof-context.js";
import { vendors } from "../vendors/registry.js";
import { collectNeeds } from "./collect-needs.js";
import { loadTopology } from "./load-topology.js";
import { proveWithLists } from "./prove-with-lists.js";
import { type ProvedTexts, writeAllowLists } from "./write-allow-lists.js";

export interface AllowOptions {
  /** Only this device. */
  readonly device?: string;
  /** Vendor id to write for; absent: that of each device's own exports. */
  readonly target?: string;
  /** Id of another notation of the targets that have it; devices of other targets are left out. */
  readonly notation?: string;
}

/** The lists, or (undefined) every mistake that keeps the inputs from being used. */
export interface AllowRun {
  readonly analysis: AllowAnalysis | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Throws a `UsageError` where the options name a device or target that does not exist. */
export function generateAllowLists(inputs: ProveInputs, options: AllowOptions): AllowRun {
  const { topology, catalogues, context, diagnostics } = loadTopology(inputs);
  const binding = bindRoles(topology, catalogues, { only: [] });
  const all = [...diagnostics, ...binding.diagnostics];
  if (context === undefined || all.some(({ severity }) => severity === "error")) {
    return { analysis: undefined, diagnostics: all };
  }
  const { instances } = binding.value;
  const needs = collectNeeds(context, instances);
  const results = chooseDevices(context, options).map((node) => generateFor(context, node, needs.packets, options));
  const written = results.flatMap((result) => (result.written === undefined ? [] : [result.written]));
  const failed = results.flatMap((result) => result.diagnostics);
  const isWhole = failed.length === 0 && options.device === undefined && options.target === undefined;
  const proof = isWhole ? proveWithLists(context, written, instances) : [];
  const analysis: AllowAnalysis = {
    topology: topology.name,
    lists: results.flatMap(({ lists }) => lists),
    written: written.flatMap(({ readBack: _, ...rest }) => inNotation(rest, options.notation)),
    diagnostics: [...needs.diagnostics, ...failed, ...proof],
  };
  return { analysis, diagnostics: all };
}

/** The lists of every device whose own format can hold them, with what was read back of each. */
export function writtenLists(context: ProofContext, needs: readonly Need[]): ProvedTexts[] {
  return chooseDevices(context, {}).flatMap((node) => generateFor(context, node, needs, {}).written ?? []);
}

function chooseDevices({ index, devices }: ProofContext, { device: wanted, target }: AllowOptions): DeviceNode[] {
  const nodes = index.topology.devices;
  if (target !== undefined) targetNamed(target);
  if (wanted === undefined) return nodes.filter(({ name }) => vendorOf(devices.get(name)?.device.vendor) !== undefined);
  const node = index.devices.get(wanted);
  if (node !== undefined && (target !== undefined || node.exports.length > 0)) return [node];
  if (node !== undefined)
    throw new UsageError(`\`${wanted}\` has no export that tells its format`, "give a `--target`");
  const names = nodes.map(({ name }) => name);
  const near = nearNames(wanted, names);
  const help = `${near.length > 0 ? `did you mean \`${near[0]}\`? ` : ""}there are: ${names.join(", ")}`;
  throw new UsageError(`the topology has no device \`${wanted}\``, help);
}

function vendorOf(id: string | undefined): Vendor | undefined {
  return vendors.find((vendor) => vendor.id === id);
}

function targetNamed(id: string): Vendor {
  const vendor = vendorOf(id);
  if (vendor?.allowLists !== undefined) return vendor;
  const able = vendors.filter(({ allowLists }) => allowLists !== undefined).map((each) => each.id);
  throw new UsageError(`allow-lists cannot be written for \`${id}\``, `targets: ${able.join(", ")}`);
}

/** Every notation a text can be written in besides the target's own. */
export const NOTATIONS: readonly Notation[] = vendors.flatMap(({ allowLists }) => allowLists?.notations ?? []);

// The texts are proved by then: a notation says the same rules in other words.
function inNotation(written: WrittenDevice, id: string | undefined): WrittenDevice[] {
  if (id === undefined) return [written];
  const notation = vendorOf(written.target)?.allowLists?.notations.find((each) => each.id === id);
  if (notation === undefined) return [];
  const { ending } = notation;
  const texts = written.texts.map(({ text }) => ({ ending, text: notation.translate(text, written.device) }));
  return [{ ...written, texts }];
}

interface Generated {
  readonly lists: readonly AllowList[];
  readonly written?: ProvedTexts;
  readonly diagnostics: readonly Diagnostic[];
}

function generateFor(
  { devices, names }: ProofContext,
  node: DeviceNode,
  needs: readonly Need[],
  options: AllowOptions,
): Generated {
  const device = devices.get(node.name)?.device;
  if (device === undefined) throw new Error(`device ${node.name} is not compiled`);
  const own = vendorOf(device.vendor);
  const target = options.target === undefined ? (own as Vendor) : targetNamed(options.target);
  const tracking = target.allowLists?.tracking ?? device.tracking;
  const point = { device, tracking, ...(own && { vendor: own.id }) };
  const lists = planAllowLists(
    point,
    needs.filter((need) => need.device === node.name),
    { names },
  );
  if (lists.length === 0) return { lists, diagnostics: [] };
  const { value, diagnostics } = writeAllowLists(lists, target, vendors, node.at);
  return { lists, diagnostics, ...(value && { written: value }) };
}
