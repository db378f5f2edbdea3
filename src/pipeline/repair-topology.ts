/** Repairs the exports of a topology: puts in the rules that refuted requirements lack, and proves that nothing else changes. */
import { compileDevice } from "../compile/compile-device.js";
import { acceptedByFilters } from "../generate/accepted-by-filters.js";
import { aceOfEntry } from "../generate/acl-of-list.js";
import { packetsOfEntry } from "../generate/entries-of-packets.js";
import { findMissing, type MissingPackets } from "../generate/find-missing.js";
import { DIRECTIONS, mapStages } from "../generate/open-device.js";
import { bindRoles } from "../intent/bind-roles.js";
import type { Repair, RepairAnalysis } from "../model/allow-analysis.js";
import type { PatchedText } from "../model/allow-list.js";
import type { Device } from "../model/device.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { ProveInputs, TextInput } from "../model/inputs.js";
import type { DeviceNode } from "../model/topology.js";
import type { RequirementInstance, Verdict } from "../model/verdict.js";
import type { ProofContext } from "../prove/proof-context.js";
import { proveRequirement } from "../prove/prove-requirement.js";
import { PacketSet } from "../sets/packet-set.js";
import { vendors } from "../vendors/registry.js";
import { collectNeeds } from "./collect-needs.js";
import { loadTopology } from "./load-topology.js";

/** The repairs, or (undefined) every mistake that keeps the inputs from being used. */
export interface RepairRun {
  readonly analysis: RepairAnalysis | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Errors among the analysis' diagnostics are requirements that stay unproved; no repair is given that changes anything else. */
export function repairTopology(inputs: ProveInputs): RepairRun {
  const { topology, catalogues, context, diagnostics } = loadTopology(inputs);
  const binding = bindRoles(topology, catalogues, { only: [] });
  const all = [...diagnostics, ...binding.diagnostics];
  if (context === undefined || all.some(({ severity }) => severity === "error")) {
    return { analysis: undefined, diagnostics: all };
  }
  const { instances } = binding.value;
  const failing = proveAll(context, instances).filter(({ kind }) => kind !== "proved");
  const patches = patchDevices(context, failing, inputs);
  const wrong = patches.flatMap((patch) => provePatch(context, patch));
  const sound = patches.filter(({ node }) => !wrong.some(({ device }) => device === node.name));
  const exports = new Map([...inputs.exports, ...sound.flatMap(({ texts }) => [...texts])]);
  const repaired = loadTopology({ ...inputs, exports }).context;
  const unproved = proveAll(repaired ?? context, instances).filter(({ kind }) => kind !== "proved");
  const told = [...wrong.map(({ diagnostic }) => diagnostic), ...unproved.map(stillUnproved)];
  return { analysis: { repairs: sound.flatMap(({ repairs }) => repairs), diagnostics: told }, diagnostics: all };
}

function proveAll(context: ProofContext, instances: readonly RequirementInstance[]): Verdict[] {
  return instances.map((instance) => proveRequirement(context, instance, () => true));
}

/** What is changed about one device, and the device as its changed exports make it. */
interface Patch {
  readonly node: DeviceNode;
  readonly missing: readonly MissingPackets[];
  readonly repairs: readonly Repair[];
  readonly texts: ReadonlyMap<string, TextInput>;
  readonly patched: Device;
}

function patchDevices(context: ProofContext, failing: readonly Verdict[], inputs: ProveInputs): Patch[] {
  const needs = collectNeeds(context, failing).packets;
  return context.index.topology.devices.flatMap((node) => {
    const device = context.devices.get(node.name)?.device;
    const own = needs.filter((need) => need.device === node.name);
    if (device === undefined || own.length === 0 || node.exports.length === 0) return [];
    const missing = findMissing(device, own, { names: context.names });
    return patchDevice(node, device, missing, inputs);
  });
}

// From the last line to the first, so that the lines that are still to be found stay where they are.
function patchDevice(
  node: DeviceNode,
  { vendor: id }: Device,
  missing: readonly MissingPackets[],
  inputs: ProveInputs,
): Patch[] {
  const texts = new Map<string, TextInput>();
  const commands = new Map<string, string[]>();
  const inserted: MissingPackets[] = [];
  for (const one of [...missing].sort((a, b) => b.place.at.line - a.place.at.line)) {
    for (const [name, input] of candidates(node, one, inputs)) {
      const current = texts.get(name) ?? input;
      const patch = insert(id, current, one);
      if (patch === undefined) continue;
      texts.set(name, { ...current, text: patch.text });
      commands.set(name, [...(commands.get(name) ?? []), ...patch.commands]);
      inserted.push(one);
      break;
    }
  }
  if (texts.size === 0) return [];
  const exports = new Map([...inputs.exports, ...texts]);
  const patched = loadTopology({ ...inputs, exports }).context?.devices.get(node.name)?.device;
  if (patched === undefined) return [];
  const requirements = requirementsOf(inserted);
  const repairs = [...texts].map(([name, { file, text }]): Repair => {
    const before = inputs.exports.get(name)?.text ?? "";
    return { device: node.name, file, before, after: text, commands: commands.get(name) ?? [], requirements };
  });
  return [{ node, missing: inserted, repairs, texts, patched }];
}

function requirementsOf(missing: readonly MissingPackets[]): string[] {
  const reasons = missing.flatMap(({ entries }) => entries.flatMap((entry) => entry.reasons));
  return [...new Set(reasons.map(({ requirement }) => requirement))];
}

// The file that holds the line which decides, then the device's others: defaults may be told apart from the rules.
function candidates(node: DeviceNode, { place }: MissingPackets, inputs: ProveInputs): [string, TextInput][] {
  const own = node.exports.flatMap(({ file }): [string, TextInput][] => {
    const input = inputs.exports.get(file);
    return input === undefined ? [] : [[file, input]];
  });
  const isDeciding = ([, { file }]: [string, TextInput]): boolean => file === place.at.file;
  return [...own.filter(isDeciding), ...own.filter((each) => !isDeciding(each))];
}

function insert(
  id: string,
  { text }: TextInput,
  { direction, state, entries, place, narrowing }: MissingPackets,
): PatchedText | undefined {
  const { acl: name, ace, at } = place;
  const aces = narrowing?.isEnough ? [] : entries.map((entry) => aceOfEntry(entry, state));
  const acl = { name, aces, defaultAction: { kind: "drop" }, evaluation: "first-match", at } as const;
  const vendor = vendors.find((each) => each.id === id);
  return vendor?.insertAces?.(text, {
    ...{ direction, acl, at },
    ...(ace !== undefined && { stoppedBy: ace }),
    ...(narrowing && { instead: narrowing.aces }),
  });
}

interface Unsound {
  readonly device: string;
  readonly diagnostic: Diagnostic;
}

// INVARIANT: what the filters accept grows by packets of the inserted entries alone, in both bounds.
function provePatch(context: ProofContext, { node, missing, patched }: Patch): Unsound[] {
  const device = context.devices.get(node.name)?.device;
  if (device === undefined) throw new Error(`device ${node.name} is not compiled`);
  const [before, after] = [device, patched].map((each) =>
    compileDevice(
      mapStages(each, (stages) => stages.filter(({ kind }) => kind === "filter")),
      { names: context.names },
    ),
  ) as [ReturnType<typeof compileDevice>, ReturnType<typeof compileDevice>];
  const asked = device.tracking === "implicit" ? PacketSet.fromFields({ states: ["new"] }) : PacketSet.all;
  const changed = DIRECTIONS.some((direction) => {
    const possible = asked.intersect(POSSIBLE[direction]);
    const added = possible.intersect(insertedPackets(missing.filter((one) => one.direction === direction)));
    const rest = possible.subtract(added);
    const old = acceptedByFilters(before, direction, rest);
    const now = acceptedByFilters(after, direction, rest);
    const lacks = added.subtract(acceptedByFilters(after, direction, added).surely);
    return !old.surely.equals(now.surely) || !old.possibly.equals(now.possibly) || !lacks.isEmpty;
  });
  return changed ? [{ device: node.name, diagnostic: unsound(node) }] : [];
}

const ARRIVING = PacketSet.fromFields({ egressInterfaces: [{ name: "" }] });
const LEAVING = PacketSet.fromFields({ ingressInterfaces: [{ name: "" }] });
const POSSIBLE = { forward: PacketSet.all, input: ARRIVING, output: LEAVING } as const;

function insertedPackets(missing: readonly MissingPackets[]): PacketSet {
  return PacketSet.unionOf(
    missing.flatMap(({ entries, state }) =>
      entries
        .map(packetsOfEntry)
        .map((packets) =>
          state === undefined ? packets : packets.intersect(PacketSet.fromFields({ states: [state] })),
        ),
    ),
  );
}

function unsound({ name, at }: DeviceNode): Diagnostic {
  const message = `the rules \`${name}\` lacks cannot be put in without changing more than them`;
  return { code: "allow/changes-more", severity: "error", message, at, effect: "none" };
}

function stillUnproved(verdict: Verdict): Diagnostic {
  const { requirement, from, to, kind } = verdict;
  const why = verdict.kind === "proved" ? "" : verdict.explanation;
  const decided = verdict.kind === "refuted" ? verdict.decidedBy?.at : undefined;
  const help =
    decided === undefined ? undefined : "look at the rule that decides: it may have to be narrowed or removed";
  return {
    ...(help !== undefined && { help }),
    code: "allow/not-repaired",
    severity: "error",
    message: `no added rule proves \`${requirement.id}\` from \`${from}\` to \`${to}\`, which stays ${kind}: ${why}`,
    at: decided ?? requirement.at,
    effect: "none",
  };
}
