/** Turns a topology into what an audit finds in the exports of its devices, knowing what has to pass them. */
import { auditDevice, type DeviceAudit } from "../audit/audit-device.js";
import type { Demand } from "../audit/check.js";
import type { Need } from "../generate/plan-allow-lists.js";
import { bindRoles } from "../intent/bind-roles.js";
import type { Direction } from "../model/device.js";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { AuditReport } from "../model/finding.js";
import type { ProveInputs } from "../model/inputs.js";
import type { DeviceNode } from "../model/topology.js";
import { UsageError } from "../model/usage-error.js";
import type { ProofContext } from "../prove/proof-context.js";
import { guardedPackets } from "../topology/guarded-packets.js";
import { type AuditPlan, type AuditRequest, checkOptions, planAudit, reportAudit } from "./audit-report.js";
import { collectNeeds } from "./collect-needs.js";
import { loadTopology } from "./load-topology.js";

/**
 * The audit of the devices of which `isWanted` an export, by its file; undefined, with errors, iff the inputs cannot be
 * used. Throws a `UsageError` where it is none.
 */
export function auditTopology(
  inputs: ProveInputs,
  isWanted: (file: string) => boolean,
  request: AuditRequest,
): Parsed<AuditReport | undefined> {
  const { value: plan, diagnostics: aboutPlan } = planAudit(request, true);
  const { topology, catalogues, context, coverage, diagnostics: aboutInputs, sources } = loadTopology(inputs);
  const binding = bindRoles(topology, catalogues, { only: [] });
  const diagnostics = [...aboutPlan, ...aboutInputs, ...binding.diagnostics];
  if (plan === undefined || context === undefined || diagnostics.some(({ severity }) => severity === "error")) {
    return { value: undefined, diagnostics };
  }
  const nodes = topology.devices.filter((node) => exportsOf(node, inputs).some(isWanted));
  if (nodes.length === 0) throw new UsageError("no device of the topology has such an export");
  const { packets, diagnostics: aboutNeeds } = collectNeeds(context, binding.value.instances, "every way");
  const files = new Set(nodes.flatMap((node) => exportsOf(node, inputs)));
  const isOther = (file: string) => coverage.some((one) => one.file === file) && !files.has(file);
  const audited = {
    audits: nodes.map((node) => auditNode(context, node, packets, plan)),
    proxies: [],
    coverage: coverage.filter(({ file }) => files.has(file)),
    diagnostics: [...diagnostics, ...aboutNeeds.map(asRemark)].filter(({ at }) => !isOther(at.file)),
    sources,
  };
  const value = reportAudit(audited, plan);
  return { value, diagnostics: value.diagnostics };
}

/** The names of a device's exports as its SourceRefs carry them. */
function exportsOf({ exports }: DeviceNode, inputs: ProveInputs): string[] {
  return exports.map(({ file }) => inputs.exports.get(file)?.file ?? file);
}

function auditNode(context: ProofContext, node: DeviceNode, packets: readonly Need[], plan: AuditPlan): DeviceAudit {
  const device = context.devices.get(node.name)?.device;
  if (device === undefined) throw new Error(`device ${node.name} is not compiled`);
  const demand = demandOf(context, node, packets);
  const { names } = context;
  return auditDevice(device, plan.checks, { names, demand, ...checkOptions(plan) });
}

/** What the topology tells an audit of the device. */
export function demandOf({ index }: ProofContext, node: DeviceNode, packets: readonly Need[]): Demand {
  const possible = (direction: Direction) => guardedPackets(index.topology, node, direction);
  return {
    needs: packets.filter((need) => need.device === node.name),
    possible: { input: possible("input"), forward: possible("forward"), output: possible("output") },
  };
}

/** A requirement that no rules make provable needs nothing that is known: worth knowing, and no reason to stop. */
function asRemark(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, severity: "warning" };
}
