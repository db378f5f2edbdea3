/** Proposes narrower rules for those that accept more than a topology's requirements need, and proves that none of them breaks. */
import { auditDevice } from "../audit/audit-device.js";
import { overPermissive } from "../audit/checks/over-permissive.js";
import { compileDevice } from "../compile/compile-device.js";
import { usedParts } from "../compile/needed-packets.js";
import { acceptedByFilters } from "../generate/accepted-by-filters.js";
import { DIRECTIONS, mapStages } from "../generate/open-device.js";
import type { Need } from "../generate/plan-allow-lists.js";
import { type Tightening, tightenAce } from "../generate/tighten-ace.js";
import { bindRoles } from "../intent/bind-roles.js";
import type { Device, Direction } from "../model/device.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { Finding } from "../model/finding.js";
import type { ProveInputs } from "../model/inputs.js";
import type { DeviceNode } from "../model/topology.js";
import type { RequirementInstance } from "../model/verdict.js";
import type { ProofContext } from "../prove/proof-context.js";
import { proveRequirement } from "../prove/prove-requirement.js";
import { Budget } from "../sets/budget.js";
import { PacketSet } from "../sets/packet-set.js";
import { demandOf } from "./audit-topology.js";
import { collectNeeds } from "./collect-needs.js";
import { loadTopology } from "./load-topology.js";
import { type Changed, replaceAces } from "./patch-device.js";
import { joinRepairs, type RepairRun } from "./repair-topology.js";
import { vendorOf } from "./targets.js";

/**
 * Remarks among the analysis' diagnostics are rules that are left as they are, and why. Every requirement that is proved
 * stays proved, and nothing is accepted that was not. `only`: the one device whose exports may change.
 */
export function tightenTopology(inputs: ProveInputs, only?: string): RepairRun {
  const { topology, catalogues, context, diagnostics } = loadTopology(inputs);
  const binding = bindRoles(topology, catalogues, { only: [] });
  const all = [...diagnostics, ...binding.diagnostics];
  if (context === undefined || all.some(({ severity }) => severity === "error")) {
    return { analysis: undefined, diagnostics: all };
  }
  const { instances } = binding.value;
  const { packets } = collectNeeds(context, instances, "every way");
  const nodes = topology.devices.filter(
    ({ name, exports }) => exports.length > 0 && (only === undefined || name === only),
  );
  const tightened = new Tightener(context, instances, inputs).tightenAll(nodes, packets);
  return { analysis: tightened, diagnostics: all };
}

class Tightener {
  readonly #proved: readonly RequirementInstance[];
  readonly #diagnostics: Diagnostic[] = [];

  constructor(
    private readonly context: ProofContext,
    instances: readonly RequirementInstance[],
    private inputs: ProveInputs,
  ) {
    this.#proved = instances.filter((instance) => isProved(context, instance));
  }

  tightenAll(nodes: readonly DeviceNode[], needs: readonly Need[]): NonNullable<RepairRun["analysis"]> {
    const patches = nodes.flatMap((node) => this.#tightenDevice(node, needs));
    return { repairs: joinRepairs(patches.flatMap(({ repairs }) => repairs)), diagnostics: this.#diagnostics };
  }

  // All rules at once, which is what it mostly comes to; else one after the other, without those that would break something.
  #tightenDevice(node: DeviceNode, needs: readonly Need[]): Changed[] {
    const device = this.context.devices.get(node.name)?.device;
    if (device === undefined) throw new Error(`device ${node.name} is not compiled`);
    const rules = this.#narrowerRules(node, device, needs);
    const whole = this.#apply(node, device, rules);
    if (whole !== undefined) return [whole];
    // From the last line to the first, so that the lines of the others stay where they are.
    return rules.flatMap((rule) => {
      const patch = this.#apply(node, device, [rule]);
      if (patch === undefined) this.#leave(rule.ace.at, "no narrower rule in its place can be shown to break nothing");
      return patch === undefined ? [] : [patch];
    });
  }

  #narrowerRules(node: DeviceNode, device: Device, needs: readonly Need[]): Tightening[] {
    const { names } = this.context;
    const own = needs.filter((need) => need.device === node.name);
    const demand = demandOf(this.context, node, own);
    const { findings } = auditDevice(device, [overPermissive], { names, demand });
    const compiled = compileDevice(device, { names });
    const used = usedParts(compiled, own, new Budget(USED_BUDGET));
    const rules = findings.flatMap((finding): Tightening[] => {
      const rule = used && tightenAce(compiled, finding.subject, used);
      if (rule === undefined)
        this.#leave(
          finding.subject,
          "it has conditions that a narrower rule would lose, or would come apart in too many",
        );
      else if (rule.instead.length > 0 || this.#isIdle(device, finding)) return [rule];
      return [];
    });
    return rules.sort((a, b) => b.ace.at.line - a.ace.at.line);
  }

  // A rule that no requirement needs goes only where the export's own counter says that nobody else needs it either.
  #isIdle({ vendor }: Device, { subject }: Finding): boolean {
    const input = [...this.inputs.exports.values()].find(({ file }) => file === subject.file);
    const lines = input?.text.split("\n") ?? [];
    const countedAt = (line: string): number | undefined => vendorOf(vendor)?.countedPackets?.(line);
    const counted = countedAt(lines[subject.line - 1] ?? "");
    // Where nothing was counted yet, the counters have only just begun.
    const hasCounted = lines.some((line) => (countedAt(line) ?? 0) > 0);
    if (counted === 0 && hasCounted) return true;
    const came = counted ? `${counted} packets came to it` : "the export has counted none of its packets";
    this.#tell(subject, `no requirement needs this rule; since ${came}, it stays`);
    return false;
  }

  #apply(node: DeviceNode, device: Device, rules: readonly Tightening[]): Changed | undefined {
    if (rules.length === 0) return undefined;
    const patch = replaceAces(node, device, rules, this.inputs);
    if (patch === undefined || patch.texts.size === 0 || !isNarrower(device, patch.patched)) return undefined;
    const inputs = { ...this.inputs, exports: new Map([...this.inputs.exports, ...patch.texts]) };
    const { context } = loadTopology(inputs);
    if (context === undefined || !this.#proved.every((instance) => isProved(context, instance))) return undefined;
    this.inputs = inputs;
    return patch;
  }

  #leave(at: Diagnostic["at"], why: string): void {
    this.#tell(at, `accepts more than requirements need, and stays: ${why}`);
  }

  #tell(at: Diagnostic["at"], message: string): void {
    this.#diagnostics.push({ code: "allow/stays", severity: "info", message, at, effect: "none" });
  }
}

const USED_BUDGET = 20_000_000;

function isProved(context: ProofContext, instance: RequirementInstance): boolean {
  return proveRequirement(context, instance, () => true).kind === "proved";
}

/** True iff in every direction both bounds of what the filters accept lie within what they accepted before. */
function isNarrower(before: Device, after: Device): boolean {
  const [old, now] = [before, after].map((device) =>
    compileDevice(mapStages(device, (stages) => stages.filter(({ kind }) => kind === "filter"))),
  ) as [ReturnType<typeof compileDevice>, ReturnType<typeof compileDevice>];
  return DIRECTIONS.every((direction: Direction) => {
    const [was, is] = [old, now].map((compiled) => acceptedByFilters(compiled, direction, PacketSet.all));
    return was?.surely.includes(is?.surely as PacketSet) && was.possibly.includes(is?.possibly as PacketSet);
  });
}
